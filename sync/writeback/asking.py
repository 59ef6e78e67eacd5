"""Which links ask for notes, of which kinds those are made, and what each names."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from connector.scopes import Below
from connector.store.chunks import chunks
from connector.store.tables import Connection, Cycle, Item, KeyResult, Link, Objective, Source
from integrations.tracker import Tracker
from sync.sources import bound


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """A link that asks for notes, or whose notes are to be taken away.

    ``kinds`` are those asked for and allowed, none of a retired key result, nor of a draft: in a
    tracker everybody would read it. ``lasting`` says that it goes on asking. ``epic`` is the item
    that its scope names, None where it names none or it is not mirrored; ``place`` is what it names
    beside items, such as a milestone.
    """

    link_id: int
    key_result_id: int
    kinds: frozenset[str]
    lasting: bool
    notes_at: datetime
    epic: int | None
    place: str | None


def asking(session: Session, connection: Connection, tracker: Tracker) -> list[Asking]:
    """All of a connection's links that ask for notes or have some."""
    mine = (Link.connection_id == connection.id, Link.notes_at.is_not(None))
    silenced = or_(KeyResult.retired, Link.ended_at.is_not(None), undecided())
    query = (
        select(Link, silenced)
        .join(KeyResult, KeyResult.id == Link.key_result_id)
        .join(Objective, Objective.id == KeyResult.objective_id)
        .join(Cycle, Cycle.id == KeyResult.cycle_id)
        .where(*mine)
    )
    found = session.execute(query.order_by(Link.id)).all()
    links = [link for link, _ in found]
    silent = {link.id for link, is_silent in found if is_silent}
    named = {link.id: key for link in links if (key := named_key(link, tracker)) is not None}
    items = _items(session, connection.id, set(named.values()))
    allowed = frozenset(connection.write_back).intersection(tracker.spec.note_labels)
    return [
        Asking(
            link_id=link.id,
            key_result_id=link.key_result_id,
            kinds=frozenset() if link.id in silent else allowed.intersection(link.write_back),
            lasting=link.ended_at is None and bool(link.write_back),
            notes_at=link.notes_at,
            epic=items.get(named.get(link.id, "")),
            place=named_place(link, tracker),
        )
        for link in links
        if link.notes_at is not None
    ]


def undecided() -> ColumnElement[bool]:
    """The condition under which an objective is a draft, or its cycle is."""
    return or_(Objective.state.in_(("draft", "candidate")), Cycle.state == "draft")


UNSEEN = select(Source.id).where(Source.swept_at.is_(None))
"""Sources that were never looked at completely where they now are: after a connection was moved,
what is known of their items was read at another site, where their keys and ids are others."""


def is_seen() -> ColumnElement[bool]:
    """The condition under which a link's items are those of the site its connection now reads."""
    return or_(Link.source_id.is_(None), Link.source_id.not_in(UNSEEN))


def named_key(link: Link, tracker: Tracker) -> str | None:
    """The key of the issue that a link's scope names, or None."""
    selector = bound(link, tracker).selector
    return selector.key if isinstance(selector, Below) else None


def named_place(link: Link, tracker: Tracker) -> str | None:
    """What a link's scope names beside items, as it is called today, or None."""
    for each in tracker.spec.notes:
        if each.on == "place" and each.scope == link.kind:
            return each.place(link.today or link.value)
    return None


def _items(session: Session, connection_id: int, keys: Collection[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    mine = select(Item.key, Item.id).where(
        Item.connection_id == connection_id,
        Item.gone_at.is_(None),
        Item.source_id.not_in(UNSEEN),
    )
    for chunk in chunks(keys):
        found.update({row.key: row.id for row in session.execute(mine.where(Item.key.in_(chunk)))})
    return found
