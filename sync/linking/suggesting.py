"""Links suggested for key results without any: work whose title is like theirs. Never applied."""

from collections.abc import Callable, Collection
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from connector.errors import Refused, TrackerError
from connector.likeness import Corpus, Likeness, stems
from connector.store.tables import Connection, Cycle, Dismissal, KeyResult, Link
from sync.linking.finding import Offer, search
from sync.linking.known import Shelf, known
from sync.preview.wanted import stored
from sync.runtime import Runtime
from sync.said import Subject

Sees = Callable[[int | None], bool]
SHOWN = 3
MOST = 50
"""So many likenesses are looked at for those that may be shown."""
ASKED = 2
"""By so many words of a title each tracker is searched."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One scope that may belong to a key result; ``words`` is what their titles share."""

    offer: Offer
    words: tuple[str, ...]
    is_strong: bool


def unlinked(
    runtime: Runtime, session: Session, wanted: tuple[str, Collection[str]], *, sees: Sees
) -> dict[str, tuple[Suggestion, ...]]:
    """What is suggested for each of these key results that has no link, by its key.

    ``wanted`` is the cycle's key and those of the key results. ``sees`` tells which connections
    whoever asks may know of.
    """
    rows = _without_links(session, *wanted)
    if not rows:
        return {}
    shelf = known(runtime, session, session.get_one(Cycle, rows[0].cycle_id))
    no = _dismissed(session, [row.id for row in rows])
    return {row.key: _fitting(shelf, row, no.get(row.id, frozenset()), sees) for row in rows}


def searched(
    runtime: Runtime, subject: Subject, *, sees: Sees
) -> tuple[tuple[Suggestion, ...], tuple[str, ...]]:
    """The same with what the trackers' own searches find, and what they say where they fail.

    Trackers are asked one after the other, with no transaction open.
    """
    with runtime.store.read() as session:
        cycle, _, row = stored(session, subject.cycle, subject.key)
        shelf = known(runtime, session, cycle).known
        offers = {scope: each.offer for scope, each in shelf.items() if sees(each.connection_id)}
        names = [each.name for each in _connections(session) if sees(each.id)]
        no = _dismissed(session, [row.id]).get(row.id, frozenset())
        title = row.title
    words, problems = sorted(set(stems(title).values()), key=len, reverse=True)[:ASKED], []
    for name in names:
        for word in words:
            try:
                offers |= {each.scope: each for each in search(runtime, name, word)}
            except (Refused, TrackerError) as error:
                problems.append(f"{name}: {error}")
                break
    corpus = Corpus({scope: each.title for scope, each in offers.items()})
    found = (each for each in corpus.alike(title, 12) if each.of not in no)
    return tuple(_suggestion(each, offers[each.of]) for each in found)[:5], tuple(problems)


def dismiss(runtime: Runtime, subject: Subject, scope: str) -> None:
    """Suggest a scope for a key result no more; raises ``Refused`` when there is none of it."""
    with runtime.store.write() as session:
        _, _, row = stored(session, subject.cycle, subject.key)
        if session.get(Dismissal, (row.id, scope)) is None:
            said = {"made_at": runtime.clock(), "author": subject.author}
            session.add(Dismissal(key_result_id=row.id, scope=scope, **said))


def recall(runtime: Runtime, subject: Subject, scope: str) -> None:
    """Suggest it again, after all."""
    with runtime.store.write() as session:
        _, _, row = stored(session, subject.cycle, subject.key)
        said = session.get(Dismissal, (row.id, scope))
        if said is not None:
            session.delete(said)


def _without_links(session: Session, cycle: str, keys: Collection[str]) -> list[KeyResult]:
    linked = select(Link.id).where(Link.key_result_id == KeyResult.id, Link.ended_at.is_(None))
    query = (
        select(KeyResult)
        .join(Cycle, Cycle.id == KeyResult.cycle_id)
        .where(Cycle.key == cycle, KeyResult.key.in_(keys), ~linked.exists())
        .where(KeyResult.progress_from != "supports", ~KeyResult.retired)
    )
    return list(session.scalars(query))


def _fitting(
    shelf: Shelf, row: KeyResult, no: Collection[str], sees: Sees
) -> tuple[Suggestion, ...]:
    found = []
    for each in shelf.corpus.alike(row.title, MOST):
        there = shelf.known[each.of]
        # Whose value people type may well be measured elsewhere: only what is clear is told.
        is_clear = each.is_strong or row.value is None
        if each.of not in no and is_clear and sees(there.connection_id):
            found.append(_suggestion(each, there.offer))
    return tuple(found[:SHOWN])


def _suggestion(found: Likeness[str], offer: Offer) -> Suggestion:
    return Suggestion(offer, found.words, found.is_strong)


def _dismissed(session: Session, ids: Collection[int]) -> dict[int, frozenset[str]]:
    query = select(Dismissal).where(Dismissal.key_result_id.in_(ids))
    found: dict[int, frozenset[str]] = {}
    for each in session.scalars(query):
        found[each.key_result_id] = found.get(each.key_result_id, frozenset()) | {each.scope}
    return found


def _connections(session: Session) -> list[Connection]:
    query = select(Connection).where(Connection.ended_at.is_(None), Connection.broken_at.is_(None))
    return list(session.scalars(query.order_by(Connection.id)))
