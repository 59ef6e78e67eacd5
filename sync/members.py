"""Which items of the mirror lie in a link's scope."""

from collections.abc import Iterable, Iterator
from operator import attrgetter
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from connector.ledger import Candidate
from connector.scopes import Below, Matching, Tagged
from connector.store.tables import Item, ItemTag, Match
from sync import bulk, values
from sync.mirror import query_hash
from sync.sources import Bound, descendants
from sync.tags import tags_of

_TOLD = (
    Item.id,
    Item.external_id,
    Item.key,
    Item.title,
    Item.url,
    Item.status,
    Item.category,
    Item.type,
    Item.created_at,
    Item.updated_at,
    Item.state_at,
    Item.resolution,
    Item.place,
    Item.level,
    Item.pull_request,
    Item.parent_id,
    Item.parent_key,
    Item.assignee,
    Item.labels,
    Item.numbers,
)


def candidates(session: Session, bound: Bound, *, tags: bool = False) -> list[Candidate]:
    """The items in the scope of a link now, ordered by id; with their ``tags`` where asked."""
    return list(each_candidate(session, bound, tags=tags))


def each_candidate(session: Session, bound: Bound, *, tags: bool) -> Iterator[Candidate]:
    """The same one by one: who weighs them keeps none."""
    selector = bound.kind.select(bound.link.value)
    rows: Iterable[Any]
    if isinstance(selector, Below):
        rows = _below(session, bound, selector)
    else:
        # Columns are read much faster than objects, and nothing is written here.
        rows = bulk.rows(session, _listed(select(*_TOLD), bound, selector))
    ordered: list[Any] = sorted(rows, key=attrgetter("id"))
    named = tags_of(session, [row.id for row in ordered]) if tags else {}
    for row in ordered:
        yield Candidate(row.id, values.work_item(row, named.get(row.id, ())))


def member_ids(session: Session, bound: Bound) -> set[int]:
    """The ids of the items in the scope of a link now."""
    selector = bound.kind.select(bound.link.value)
    if isinstance(selector, Below):
        return {row.id for row in _below(session, bound, selector)}
    return set(session.scalars(_listed(select(Item.id), bound, selector)))


def members(session: Session, bound: Bound) -> Iterable[Item]:
    """The rows in the scope of a link now."""
    selector = bound.kind.select(bound.link.value)
    if isinstance(selector, Below):
        return _below(session, bound, selector)
    return session.scalars(_listed(select(Item), bound, selector))


def _below(session: Session, bound: Bound, selector: Below) -> Iterable[Item]:
    depth = values.rule(bound.link).depth
    return descendants(session, bound.link.connection_id or 0, selector.key, depth).values()


def _listed(query: Select[Any], bound: Bound, selector: Tagged | Matching) -> Select[Any]:
    """The query for items, narrowed to those in the scope."""
    mine = query.where(Item.connection_id == bound.link.connection_id, Item.gone_at.is_(None))
    if isinstance(selector, Tagged):
        return mine.join(ItemTag, ItemTag.item_id == Item.id).where(ItemTag.tag == selector.tag)
    listed = select(Match.external_id).where(
        Match.source_id == bound.link.source_id, Match.query_hash == query_hash(selector.query)
    )
    return mine.where(Item.external_id.in_(listed))
