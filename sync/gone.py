"""What a drain found to be gone: deleted, hidden, or out of what only one source tells."""

from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from connector.scopes import Narrowed, Tagged
from connector.store.chunks import chunks
from connector.store.tables import Item, ItemTag, Source
from integrations.tracker import Look, Tracker
from sync import bulk
from sync.aside import out_of_sight, readable
from sync.ending import Ending
from sync.members import member_ids
from sync.mirror import bury
from sync.sources import Bound
from sync.tags import untag

_AT_ONCE = 1000
TOLD = "deleted in the tracker"
DELETED = "deleted in the tracker, or no longer visible with this token"
TRANSFERRED = "transferred to "
DELETION = "deleted "
"""Begins every reason that speaks of a deletion."""
UNLISTED = "no longer listed by the tracker: deleted, moved or no longer visible"


def is_deletion(reason: str | None) -> bool:
    """Whether a reason says for certain that the item was deleted."""
    return reason is not None and reason.startswith(DELETION) and reason != DELETED


def hidden(session: Session, links: Iterable[Bound], look: Look | None) -> set[int]:
    """The items of scopes that could not be read: not being listed says nothing of them."""
    broken = look.broken if look else {}
    lost = [each for each in links if each.scope in broken]
    return set().union(*(member_ids(session, each) for each in lost))


def bury_gone(ending: Ending, tracker: Tracker, hidden: set[int]) -> int:
    """Mark what is gone: not there when read by id, or not in a complete list.

    What its own place no longer lists is gone; what another place's source does not list may
    still be listed by a third. Where reading by id tells more, it was asked before this.
    """
    session, seen, now = ending.session, ending.seen, ending.now
    mine = select(Item).where(Item.source_id == ending.source.id, Item.gone_at.is_(None))
    gone = _bury_missing(ending, mine)
    if "absence" in tracker.spec.capabilities:
        return gone
    if seen.look is not None and seen.look.complete and ending.is_current:
        unlisted = _unlisted(ending) - hidden
        unseen = out_of_sight(session, ending.source) if unlisted else set[str]()
        for chunk in chunks(sorted(unlisted)):
            rows = session.scalars(mine.where(Item.id.in_(chunk))).all()
            elsewhere = _told_elsewhere(ending, tracker, rows)
            lost = (row for row in rows if row.id not in elsewhere)
            gone += bury((row for row in lost if row.external_id not in unseen), UNLISTED, now)
            session.flush()
    session.flush()
    return gone


def _unlisted(ending: Ending) -> set[int]:
    """The rows of a source's items that a complete look did not show."""
    mine = (Item.source_id == ending.source.id, Item.gone_at.is_(None))
    held = select(Item.id, Item.external_id).where(*mine)
    return {
        row.id
        for portion in bulk.portions(ending.session, held, _AT_ONCE)
        for row in portion
        if not ending.seen.has(row.external_id)
    }


def _bury_missing(ending: Ending, mine: Select[Item]) -> int:
    gone = 0
    for ref, reason in ending.seen.missing.items():
        named = Item.external_id == ref.external_id if ref.external_id else Item.key == ref.key
        rows = ending.session.scalars(mine.where(named)).all()
        gone += bury(rows, reason, ending.now)
        readable(ending.session, ending.source, [row.external_id for row in rows])
    ending.session.flush()
    return gone


def untag_left(
    ending: Ending, links: Iterable[Bound], tracker: Tracker, hidden: Collection[int]
) -> set[int]:
    """Of items that a complete list no longer holds, take away what only this source tells."""
    look, session = ending.seen.look, ending.session
    if look is None or not look.complete or not ending.is_current:
        return set()
    hit: set[int] = set()
    key, authority = ending.source.key, tracker.spec.authority
    for each in links:
        selector = each.selector
        if not isinstance(selector, Tagged | Narrowed) or each.scope in look.broken:
            continue
        where = (
            ItemTag.tag == selector.tag,
            Item.gone_at.is_(None),
            Item.connection_id == ending.source.connection_id,
        )
        places = select(Item.place).join(ItemTag, ItemTag.item_id == Item.id).where(*where)
        if all(authority(place, selector.tag) for place in session.scalars(places.distinct())):
            continue
        tagged = select(Item).join(ItemTag, ItemTag.item_id == Item.id).where(*where)
        rows = [
            row
            for row in session.scalars(tagged)
            if not ending.seen.has(row.external_id)
            and row.id not in hidden
            and not authority(row.place, selector.tag)
        ]
        hit |= untag(
            session,
            rows,
            lambda row, name: authority(key, name) and not authority(row.place, name),
        )
    return hit


def _told_elsewhere(ending: Ending, tracker: Tracker, rows: Collection[Item]) -> set[int]:
    """Of items from other places, those that another source still reads: not ours to end."""
    session, source, authority = ending.session, ending.source, tracker.spec.authority
    away = [row.id for row in rows if row.place != source.key]
    query = select(Source).where(
        Source.connection_id == source.connection_id, Source.id != source.id
    )
    siblings = [row.key for row in session.scalars(query) if row.need.get("scopes")] if away else []
    found: set[int] = set()
    for chunk in chunks(away) if siblings else ():
        for tag in session.scalars(select(ItemTag).where(ItemTag.item_id.in_(chunk))):
            others = any(authority(key, tag.tag) for key in siblings)
            if others and not authority(source.key, tag.tag):
                found.add(tag.item_id)
    return found


def came_from(
    session: Session, items: Iterable[Item], by: datetime | None = None
) -> dict[int, str]:
    """By item that the tracker made of another one (``by`` then): what it was before, in words."""
    found = {(item.connection_id, TRANSFERRED + item.key): item.id for item in items}
    connections = {connection_id for connection_id, _ in found}
    if not connections:
        return {}
    query = select(Item.connection_id, Item.gone_reason, Item.key).where(
        Item.connection_id.in_(connections), Item.gone_reason.startswith(TRANSFERRED)
    )
    if by is not None:
        query = query.where(Item.gone_at <= by)
    told = {(row[0], row[1]): row[2] for row in session.execute(query)}
    return {found[each]: f"transferred from {told[each]}" for each in found.keys() & told.keys()}
