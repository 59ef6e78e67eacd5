"""The mirror: items as the tracker last showed them; an older look never wins."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from hashlib import sha256
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from connector.store.chunks import chunks
from connector.store.tables import Item, ItemTag, Match, Source, UnreadableItem
from connector.work import WorkItem
from integrations.tracker import Unreadable
from sync.people.seen import Mark, store_accounts

COLUMNS = (
    "key",
    "title",
    "url",
    "status",
    "category",
    "type",
    "place",
    "level",
    "pull_request",
    "resolution",
    "parent_id",
    "parent_key",
    "assignee",
    "created_at",
    "updated_at",
    "state_at",
)


@dataclass(frozen=True, slots=True)
class Stored:
    """What one page did to the mirror."""

    seen: frozenset[str]
    changed: frozenset[int]


Authority = Callable[[str, str], bool]
"""(source, tag or number field) -> whether what an item shows there is all there is of it."""


def store_items(
    session: Session,
    source: Source,
    items: Sequence[WorkItem],
    *,
    authority: Authority = lambda _source, _name: True,
    mark: Mark | None = None,
) -> Stored:
    """Insert or update items of a source; idempotent, whatever the order of pages.

    What the source is no authority of stays as another one told it. ``mark`` makes the marks of
    assignees' e-mails; without it none are kept.
    """
    newest: dict[str, WorkItem] = {}
    for item in items:
        held = newest.get(item.external_id)
        if held is None or held.updated_at <= item.updated_at:
            newest[item.external_id] = item
    query = select(Item).where(
        Item.connection_id == source.connection_id, Item.external_id.in_(newest)
    )
    rows = {row.external_id: row for row in session.scalars(query)}
    told = partial(authority, source.key)
    at_home = _at_home(session, source, rows.values())
    changed = [
        _store(session, source, item, rows.get(external_id), told=told, at_home=at_home)
        for external_id, item in newest.items()
    ]
    found = [row for row in changed if row is not None]
    session.flush()
    every = {**rows, **{row.external_id: row for row in found}}
    retagged = _store_tags(session, every, newest, told)
    _readable(session, source, newest)
    store_accounts(session, source.connection_id, newest.values(), mark)
    return Stored(frozenset(newest), frozenset({row.id for row in found} | retagged))


def _at_home(session: Session, source: Source, rows: Iterable[Item]) -> frozenset[int]:
    """The items that are read by the source of their own place, and so stay with it."""
    others = {row.source_id for row in rows} - {source.id}
    if not others:
        return frozenset()
    query = select(Source.id, Source.key).where(Source.id.in_(others))
    keys = {row[0]: row[1] for row in session.execute(query)}
    return frozenset(row.id for row in rows if keys.get(row.source_id) == row.place)


def _store(
    session: Session,
    source: Source,
    item: WorkItem,
    row: Item | None,
    *,
    told: Callable[[str], bool],
    at_home: Collection[int],
) -> Item | None:
    """The row when it was written, None when nothing changed or the look is an old one."""
    wanted: dict[str, Any] = {name: getattr(item, name) for name in COLUMNS}
    kept = {name: size for name, size in (row.numbers if row else {}).items() if not told(name)}
    wanted |= {"labels": list(item.labels), "numbers": {**kept, **item.numbers}}
    stays = row is not None and row.id in at_home and row.gone_at is None
    wanted["source_id"] = row.source_id if row is not None and stays else source.id
    wanted |= {"gone_at": None, "gone_reason": None}
    if row is None:
        row = Item(connection_id=source.connection_id, external_id=item.external_id, **wanted)
        session.add(row)
        return row
    if item.updated_at < row.updated_at:
        return None
    changed = {name: value for name, value in wanted.items() if getattr(row, name) != value}
    if changed:
        changed["unreckoned"] = True
    for name, value in changed.items():
        setattr(row, name, value)
    return row if changed else None


def _store_tags(
    session: Session,
    rows: dict[str, Item],
    items: dict[str, WorkItem],
    told: Callable[[str], bool],
) -> set[int]:
    held: dict[int, set[str]] = defaultdict(set)
    ids = [row.id for row in rows.values()]
    for tag in session.scalars(select(ItemTag).where(ItemTag.item_id.in_(ids))):
        held[tag.item_id].add(tag.tag)
    changed = set()
    added: list[dict[str, Any]] = []
    for external_id, item in items.items():
        row = rows[external_id]
        tags = item.tags | {tag for tag in held[row.id] if not told(tag)}
        if item.updated_at < row.updated_at or held[row.id] == tags:
            continue
        changed.add(row.id)
        row.unreckoned = True
        gone = held[row.id] - tags
        if gone:
            session.execute(delete(ItemTag).where(ItemTag.item_id == row.id, ItemTag.tag.in_(gone)))
        added += [{"item_id": row.id, "tag": tag} for tag in sorted(tags - held[row.id])]
    if added:
        session.execute(insert(ItemTag), added)
    return changed


def _readable(session: Session, source: Source, items: Iterable[str]) -> None:
    mine = UnreadableItem.source_id == source.id
    set_aside = set(session.scalars(select(UnreadableItem.external_id).where(mine)))
    again = set_aside & set(items)
    if again:
        session.execute(delete(UnreadableItem).where(mine, UnreadableItem.external_id.in_(again)))


def set_aside(session: Session, source: Source, found: Iterable[Unreadable], now: datetime) -> None:
    """Remember items that could not be understood; their last good state stays."""
    for each in found:
        row = session.get(UnreadableItem, (source.id, each.external_id))
        if row is None:
            row = UnreadableItem(source_id=source.id, external_id=each.external_id, since=now)
            session.add(row)
        row.key, row.field, row.message = each.key, each.field, each.message


def store_matches(session: Session, source: Source, query: str, found: frozenset[str]) -> bool:
    """Store which items a query lists; returns whether that changed."""
    digest = query_hash(query)
    mine = (Match.source_id == source.id, Match.query_hash == digest)
    held = set(session.scalars(select(Match.external_id).where(*mine)))
    if held == found:
        return False
    for external_id in held - found:
        session.execute(delete(Match).where(*mine, Match.external_id == external_id))
    added = [
        {"source_id": source.id, "query_hash": digest, "external_id": each}
        for each in sorted(found - held)
    ]
    if added:
        session.execute(insert(Match), added)
    return True


def query_hash(query: str) -> str:
    """The short name of a query in the store."""
    return sha256(query.encode()).hexdigest()


def untag(session: Session, rows: Sequence[Item], told: Callable[[Item, str], bool]) -> set[int]:
    """Take away what was told by a source that no longer lists the items; returns those hit."""
    ids = {row.id: row for row in rows}
    hit: set[int] = set()
    for chunk in chunks(ids):
        for tag in session.scalars(select(ItemTag).where(ItemTag.item_id.in_(chunk))):
            if told(ids[tag.item_id], tag.tag):
                session.delete(tag)
                hit.add(tag.item_id)
    for item_id in hit:
        row = ids[item_id]
        row.numbers = {name: size for name, size in row.numbers.items() if not told(row, name)}
        row.unreckoned = True
    session.flush()
    return hit


def bury(rows: Iterable[Item], reason: str, now: datetime) -> int:
    """Mark items as gone; their history stays."""
    number = 0
    for row in rows:
        if row.gone_at is None:
            row.gone_at, row.gone_reason, row.unreckoned = now, reason, True
            number += 1
    return number
