"""Which links come along into another cycle: those that can be read, and whoever copies may see."""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from connector import scopes
from connector.errors import Refused
from connector.plans import CheckNotes, PlanLink
from connector.scopes import Scope
from connector.store.tables import Connection, Cycle, KeyResult, Link
from sync import sizing
from sync.names import placed
from sync.planning.drafting import Note, Taken
from sync.planning.scopes import checker, note_checker
from sync.planning.stored import planned
from sync.runtime import Runtime
from sync.sizing import Sized

Sees = Callable[[int | None], bool]


@dataclass(frozen=True, slots=True)
class _Ground:
    """What is connected, by id; trackers with several connections; what can be linked and noted."""

    rows: dict[int, Connection]
    several: Collection[str]
    check: Callable[[Scope], str | None]
    offered: CheckNotes


def carried(runtime: Runtime, cycle: str, *, of: Collection[str], sees: Sees) -> dict[str, Taken]:
    """By key result of these: its links as a person makes them anew, and a note of each other.

    Trackers are asked about the number fields that links measure by; no transaction may be open.
    """
    with runtime.store.read() as session:
        ground, held = _ground(runtime, session), _held(session, cycle, of)
    found = {key: _taken(ground, key, links, sees) for key, links in held.items()}
    return {key: _measured(runtime, key, each) for key, each in found.items()}


def _ground(runtime: Runtime, session: Session) -> _Ground:
    standing = select(Connection).where(Connection.ended_at.is_(None))
    rows = {row.id: row for row in session.scalars(standing)}
    number = Counter(row.tracker for row in rows.values())
    several = {tracker for tracker, each in number.items() if each > 1}
    check, offered = checker(session, runtime.trackers), note_checker(runtime.trackers)
    return _Ground(rows, several, check, offered)


def _held(session: Session, cycle: str, of: Collection[str]) -> dict[str, list[Link]]:
    query = (
        select(KeyResult.key, Link)
        .join(KeyResult, KeyResult.id == Link.key_result_id)
        .join(Cycle, Cycle.id == KeyResult.cycle_id)
        .where(Cycle.key == cycle, KeyResult.key.in_(of), Link.ended_at.is_(None))
        .order_by(Link.position, Link.id)
    )
    found: dict[str, list[Link]] = defaultdict(list)
    for key, link in session.execute(query):
        found[key].append(link)
    return found


def _taken(ground: _Ground, key: str, links: Sequence[Link], sees: Sees) -> Taken:
    seen = [link for link in links if sees(link.connection_id)]
    hidden = len(links) - len(seen)
    taken, notes = [], [Note("unseen", key, str(hidden))] if hidden else []
    for link in seen:
        made = _placed(ground, link)
        problem = _unread(ground, link, made.scope)
        if problem is not None:
            notes.append(Note("unread", key, link.scope, problem))
            continue
        unnoted = ground.offered(made.scope, made.write_back) if made.write_back else None
        if unnoted is not None:
            notes.append(Note("unnoted", key, link.scope, unnoted))
            made = replace(made, write_back=())
        taken.append(made)
    return Taken(tuple(taken), tuple(notes))


def _placed(ground: _Ground, link: Link) -> PlanLink:
    """A link as it is made anew: beside others its connection is named as it is called now."""
    made, row = planned(link), ground.rows.get(link.connection_id or 0)
    scope = made.scope
    if row is not None and (scope.connection is not None or row.tracker in ground.several):
        scope = scopes.parse(placed(scope.text, row.name))
    return replace(made, scope=scope, origin="person", line=0)


def _unread(ground: _Ground, link: Link, scope: Scope) -> str | None:
    """Why a link could not be read in the other cycle, if it could not."""
    if link.connection_id is not None and link.connection_id not in ground.rows:
        return "its connection is disconnected; connect it again, or link it anew"
    return ground.check(scope)


def _measured(runtime: Runtime, key: str, taken: Taken) -> Taken:
    """Without those whose number field their tracker says it has not."""
    links, notes = [], list(taken.notes)
    for link in taken.links:
        try:
            sizing.refuse_missing(runtime, [Sized(link.scope, link.rule)])
        except Refused as refused:
            notes.append(Note("unread", key, link.scope.text, str(refused)))
        else:
            links.append(link)
    return Taken(tuple(links), tuple(notes))
