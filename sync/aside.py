"""Items set aside: they could not be understood or seen, and stay as they were last known."""

from collections.abc import Callable, Collection, Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, delete, or_, select
from sqlalchemy.orm import Session

from connector.store.chunks import chunks
from connector.store.tables import Item, Source, UnreadableItem
from connector.work import Ref
from integrations.tracker import ENDED, OUT_OF_SIGHT, Unreadable
from sync.version import VERSION

__all__ = ["OUT_OF_SIGHT", "forget_left", "out_of_sight", "readable", "set_aside"]


def _of(source_id: Any, connection_id: Any) -> ColumnElement[bool]:
    """What a source set aside, and what is out of sight of any source of the connection."""
    sources = select(Source.id).where(Source.connection_id == connection_id)
    hidden = and_(UnreadableItem.source_id.in_(sources), UnreadableItem.field == OUT_OF_SIGHT)
    return or_(UnreadableItem.source_id == source_id, hidden)


# Asked for every page: put together once.
_ANY = select(UnreadableItem.external_id).where(_of(bindparam("source"), bindparam("connection")))
_ANY = _ANY.limit(1)


def out_of_sight(session: Session, source: Source) -> set[str]:
    """The items of a source that are there but not for us."""
    mine = (UnreadableItem.source_id == source.id, UnreadableItem.field == OUT_OF_SIGHT)
    return set(session.scalars(select(UnreadableItem.external_id).where(*mine)))


def set_aside_of(session: Session, source: Source) -> frozenset[str]:
    """Everything of a source that is set aside."""
    mine = select(UnreadableItem.external_id).where(UnreadableItem.source_id == source.id)
    return frozenset(session.scalars(mine))


def readable(session: Session, source: Source, external_ids: Collection[str]) -> None:
    """Forget that these items were set aside; what is seen by one source is hidden from none."""
    of = {"source": source.id, "connection": source.connection_id}
    if session.execute(_ANY, of).first() is None:
        return
    mine = _of(source.id, source.connection_id)
    for chunk in chunks(external_ids):
        session.execute(delete(UnreadableItem).where(mine, UnreadableItem.external_id.in_(chunk)))


def forget_left(session: Session, source: Source, has: Callable[[str], bool]) -> None:
    """After a look at everything: forget what could not be understood and is no longer there."""
    mine = (UnreadableItem.source_id == source.id, UnreadableItem.field != OUT_OF_SIGHT)
    held = session.scalars(select(UnreadableItem.external_id).where(*mine)).all()
    for chunk in chunks([each for each in held if not has(each)]):
        session.execute(delete(UnreadableItem).where(*mine, UnreadableItem.external_id.in_(chunk)))


def set_aside(session: Session, source: Source, found: Iterable[Unreadable], now: datetime) -> None:
    """Remember items that could not be understood; their last good state stays."""
    for each in found:
        external_id = each.external_id or _id_of(session, source, each.key)
        row = session.get(UnreadableItem, (source.id, external_id))
        if row is None:
            row = UnreadableItem(source_id=source.id, external_id=external_id, since=now)
            row.attempts = 0
            session.add(row)
        row.key, row.field, row.message = each.key, each.field, each.message
        row.attempts += each.field != ENDED  # those are counted where they are blamed
        row.version = VERSION


def again(session: Session, source: Source) -> list[Ref]:
    """What is to be tried again: a person asked for it, or this is another Worklift."""
    mine = (UnreadableItem.source_id == source.id, UnreadableItem.field != OUT_OF_SIGHT)
    query = select(UnreadableItem).where(*mine, UnreadableItem.version != VERSION)
    rows = session.scalars(query.order_by(UnreadableItem.external_id))
    # What goes by no id of an item is read with everything else, or not at all.
    return [Ref(row.external_id, row.key or None) for row in rows if row.external_id != row.key]


def not_there(session: Session, source: Source, missing: Iterable[Ref]) -> None:
    """Forget what was set aside and is not there any more."""
    ids = {ref.external_id for ref in missing if ref.external_id}
    mine = (UnreadableItem.source_id == source.id, UnreadableItem.field != OUT_OF_SIGHT)
    for chunk in chunks(ids):
        session.execute(delete(UnreadableItem).where(*mine, UnreadableItem.external_id.in_(chunk)))


def _id_of(session: Session, source: Source, key: str) -> str:
    """The id of the item that has a key, as far as the mirror knows."""
    mine = (Item.connection_id == source.connection_id, Item.gone_at.is_(None))
    known = session.scalars(select(Item.external_id).where(*mine, Item.key == key)).first()
    return known or key
