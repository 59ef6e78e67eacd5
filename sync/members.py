"""Which items of the mirror lie in a link's scope."""

import json
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC
from operator import attrgetter, itemgetter
from typing import Any, TypeVar

from sqlalchemy import Select, Text, cast, select
from sqlalchemy.orm import Session

from connector.ledger import Candidate, Crowd, Member
from connector.scopes import Below, Matching, Narrowed, Tagged
from connector.store.tables import Item, ItemTag, Match, Source
from connector.work import WorkItem
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


_LIKENESS: tuple[Any, ...] = (
    Item.id,
    Item.key,
    Item.updated_at,
    Item.state_at,
    Item.status,
    Item.category,
    Item.type,
    Item.resolution,
    Item.place,
    Item.level,
    Item.pull_request,
    cast(Item.labels, Text).label("labels"),
    cast(Item.numbers, Text).label("numbers"),
)


PORTION = 1000
"""Items of a scope that are read and weighed together."""

_Row = TypeVar("_Row", bound=Any)
_NO_TAGS: frozenset[str] = frozenset()


def candidates(session: Session, bound: Bound, *, tags: bool = False) -> list[Candidate]:
    """The items in the scope of a link now, ordered by id; with their ``tags`` where asked."""
    selector = bound.selector
    rows: Iterable[Any]
    if isinstance(selector, Below):
        rows = _below(session, bound, selector)
    else:
        # Columns are read much faster than objects, and nothing is written here.
        rows = _meeting(
            session, bound, bulk.rows(session, _listed(select(*_TOLD), bound, selector))
        )
    ordered: list[Any] = sorted(rows, key=attrgetter("id"))
    named = tags_of(session, [row.id for row in ordered]) if tags else {}
    return [Candidate(row.id, values.work_item(row, named.get(row.id, ()))) for row in ordered]


def crowds(session: Session, bound: Bound, *, tags: bool) -> Iterable[Crowd]:
    """The same by what makes them weigh what they do, which is few things for many items; many
    are read some at a time, as often as they are gone through."""
    selector = bound.selector
    if isinstance(selector, Below):
        found = candidates(session, bound, tags=tags)
        return [
            Crowd([_member(each) for each in found], {each.item_id: each.item for each in found})
        ]
    query = _listed(select(*_LIKENESS), bound, selector)
    rows = bulk.rows(session, query.limit(PORTION + 1))
    if len(rows) > PORTION:
        return _Crowds(session, bound, query.order_by(Item.id), tags)
    return [_crowd(session, bound, sorted(rows, key=itemgetter(0)), tags=tags)]


@dataclass(frozen=True, slots=True)
class _Crowds:
    """The items of a big scope, by id."""

    session: Session
    bound: Bound
    query: Select[Any]
    tags: bool

    def __iter__(self) -> Iterator[Crowd]:
        for rows in bulk.portions(self.session, self.query, PORTION):
            yield _crowd(self.session, self.bound, rows, tags=self.tags)


def _crowd(session: Session, bound: Bound, found: Sequence[Any], *, tags: bool) -> Crowd:
    rows = _meeting(session, bound, found)
    named = tags_of(session, [row.id for row in rows]) if tags else {}
    members: list[Member] = []
    shown: dict[Hashable, WorkItem] = {}
    for row in rows:
        held = frozenset(named[row.id]) if tags and row.id in named else _NO_TAGS
        member = Member(row[0], row[1], row[2], row[3], (row[4:], held))
        members.append(member)
        if member.shown not in shown:
            shown[member.shown] = _alike(row, held)
    return Crowd(members, shown)


def _member(each: Candidate) -> Member:
    item = each.item
    return Member(each.item_id, item.key, item.updated_at, item.state_at, each.item_id)


def _alike(row: Any, tags: frozenset[str]) -> WorkItem:
    """An item that weighs what this one does; what it is called and where it is weigh nothing."""
    return WorkItem(
        external_id="",
        key=row.key,
        title="",
        url="",
        status=row.status,
        category=row.category,
        type=row.type,
        created_at=row.updated_at,
        updated_at=row.updated_at,
        state_at=row.state_at,
        resolution=row.resolution,
        place=row.place,
        level=row.level,
        pull_request=row.pull_request,
        labels=tuple(json.loads(row.labels)),
        tags=tags,
        numbers=json.loads(row.numbers),
    )


def member_ids(session: Session, bound: Bound) -> set[int]:
    """The ids of the items in the scope of a link now."""
    selector = bound.selector
    if isinstance(selector, Below):
        return {row.id for row in _below(session, bound, selector)}
    if isinstance(selector, Narrowed):
        rows = bulk.rows(session, _listed(select(Item.id, Item.numbers), bound, selector))
        return {row.id for row in _meeting(session, bound, rows)}
    return set(session.scalars(_listed(select(Item.id), bound, selector)))


def members(session: Session, bound: Bound) -> Iterable[Item]:
    """The rows in the scope of a link now."""
    selector = bound.selector
    if isinstance(selector, Below):
        return _below(session, bound, selector)
    return _meeting(session, bound, session.scalars(_listed(select(Item), bound, selector)).all())


def _below(session: Session, bound: Bound, selector: Below) -> Iterable[Item]:
    depth = values.rule(bound.link).depth
    connection_id = bound.link.connection_id or 0
    found = descendants(session, connection_id, selector, depth)
    if found or not selector.alone:
        return found.values()
    mine = (Item.connection_id == connection_id, Item.gone_at.is_(None))
    return session.scalars(select(Item).where(*mine, Item.key == selector.key)).all()


def _meeting(session: Session, bound: Bound, rows: Sequence[_Row]) -> list[_Row]:
    """Those of the rows that meet the conditions of the scope, as of the last look at its source:
    what is held of a scope and what a rebuild makes of it are of the same day."""
    selector = bound.selector
    if not isinstance(selector, Narrowed):
        return list(rows)
    source = session.get(Source, bound.link.source_id)
    if source is None or source.looked_at is None:
        return []
    day = source.looked_at.astimezone(UTC).date()
    tags = tags_of(session, [row.id for row in rows])
    return [row for row in rows if selector.holds(tags.get(row.id, ()), _numbers(row.numbers), day)]


def _numbers(held: str | Mapping[str, float]) -> Mapping[str, float]:
    found: Mapping[str, float] = json.loads(held) if isinstance(held, str) else held
    return found


def _listed(
    query: Select[Any], bound: Bound, selector: Tagged | Narrowed | Matching
) -> Select[Any]:
    """The query for items, narrowed to those in the scope; its conditions are not met yet."""
    mine = query.where(Item.connection_id == bound.link.connection_id, Item.gone_at.is_(None))
    if isinstance(selector, Tagged | Narrowed):
        return mine.join(ItemTag, ItemTag.item_id == Item.id).where(ItemTag.tag == selector.tag)
    listed = select(Match.external_id).where(
        Match.source_id == bound.link.source_id, Match.query_hash == query_hash(selector.query)
    )
    return mine.where(Item.external_id.in_(listed))
