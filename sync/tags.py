"""The tags of items in the mirror: the scopes an item lies in, as the item itself says."""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from connector.store.chunks import chunks
from connector.store.tables import Item, ItemTag
from sync import bulk

PORTION = 2000
"""Items whose tags are read together."""


def tags_of(session: Session, item_ids: Collection[int]) -> dict[int, set[str]]:
    """The tags of these items."""
    found: dict[int, set[str]] = defaultdict(set)
    for chunk in chunks(item_ids, size=PORTION):
        named = bulk.among(session, ItemTag.item_id, chunk)
        for row in bulk.rows(session, select(ItemTag.item_id, ItemTag.tag).where(named)):
            found[row.item_id].add(row.tag)
    return found


def store_tags(
    session: Session,
    wanted: Mapping[int, frozenset[str]],
    held: Mapping[int, set[str]],
    told: Callable[[str], bool],
) -> set[int]:
    """Give items (by row) their tags; what was ``told`` by another source stays. Returns those
    whose tags changed."""
    changed: set[int] = set()
    new: dict[frozenset[str], list[int]] = defaultdict(list)
    for item_id, shown in wanted.items():
        before = held.get(item_id)
        if not before:
            new[shown].append(item_id)
            continue
        tags = shown.union(tag for tag in before if not told(tag))
        if tags == before:
            continue
        changed.add(item_id)
        _drop(session, item_id, before - tags)
        new[tags - before].append(item_id)
    added: dict[str, list[int]] = defaultdict(list)
    for tags, ids in new.items():  # many items bear the same ones
        changed.update(ids if tags else ())
        for tag in tags:
            added[tag] += ids
    for ids in added.values():
        ids.sort()  # in the order of their key: neighbours are written together
    bulk.pair(session, ItemTag, ("tag", "item_id"), added)
    return changed


def _drop(session: Session, item_id: int, tags: set[str]) -> None:
    if tags:
        mine = (ItemTag.item_id == item_id, ItemTag.tag.in_(tags))
        session.execute(delete(ItemTag).where(*mine))


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
