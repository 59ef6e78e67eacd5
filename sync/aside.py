"""Items set aside: they could not be understood or seen, and stay as they were last known."""

from collections.abc import Callable, Collection, Iterable
from datetime import datetime

from sqlalchemy import and_, delete, or_, select
from sqlalchemy.orm import Session

from connector.store.chunks import chunks
from connector.store.tables import Item, Source, UnreadableItem
from integrations.tracker import OUT_OF_SIGHT, Unreadable

__all__ = ["OUT_OF_SIGHT", "forget_left", "out_of_sight", "readable", "set_aside"]


def out_of_sight(session: Session, source: Source) -> set[str]:
    """The items of a source that are there but not for us."""
    mine = (UnreadableItem.source_id == source.id, UnreadableItem.field == OUT_OF_SIGHT)
    return set(session.scalars(select(UnreadableItem.external_id).where(*mine)))


def readable(session: Session, source: Source, external_ids: Collection[str]) -> None:
    """Forget that these items were set aside; what is seen by one source is hidden from none."""
    sources = select(Source.id).where(Source.connection_id == source.connection_id)
    hidden = and_(UnreadableItem.source_id.in_(sources), UnreadableItem.field == OUT_OF_SIGHT)
    mine = or_(UnreadableItem.source_id == source.id, hidden)
    if session.scalars(select(UnreadableItem.external_id).where(mine).limit(1)).first() is None:
        return
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
            session.add(row)
        row.key, row.field, row.message = each.key, each.field, each.message


def _id_of(session: Session, source: Source, key: str) -> str:
    """The id of the item that has a key, as far as the mirror knows."""
    mine = (Item.connection_id == source.connection_id, Item.gone_at.is_(None))
    known = session.scalars(select(Item.external_id).where(*mine, Item.key == key)).first()
    return known or key
