"""Which links a change of items can move: those that counted them, and those that now would."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from connector.scopes import Below, Matching, Narrowed, Tagged
from connector.store.chunks import chunks
from connector.store.tables import Contribution, Item, ItemTag, Match
from sync import bulk
from sync.mirror import query_hash
from sync.sources import Bound

HIGHEST = 12
"""Levels climbed from an item to its ancestors; no tracker has more."""

_CLIMBING = select(
    Item.id, Item.connection_id, Item.external_id, Item.key, Item.parent_id, Item.parent_key
)


@dataclass(frozen=True, slots=True)
class Touched:
    """What changed items touch: links that count them, tags, query hashes, ancestors' keys."""

    links: frozenset[int]
    tags: frozenset[str]
    queries: frozenset[str]
    ancestors: frozenset[str]

    def moves(self, link: Bound) -> bool:
        """Whether the link's contributions may differ now."""
        if link.link.id in self.links:
            return True
        match link.selector:
            case Tagged(tag) | Narrowed(tag):
                return tag in self.tags
            case Below() as parent:
                return not parent.keys.isdisjoint(self.ancestors)
            case Matching(query):
                return query_hash(query) in self.queries


def turned(links: Iterable[Bound], before: datetime | None, now: datetime) -> set[str]:
    """The scopes that may hold other items since a day began after the look ``before``."""
    if before is None or _day(before) == _day(now):
        return set()
    selectors = ((each.link.scope, each.selector) for each in links)
    return {scope for scope, s in selectors if isinstance(s, Narrowed) and s.follows_days}


def _day(moment: datetime) -> date:
    return moment.astimezone(UTC).date()


@dataclass(frozen=True, slots=True)
class Changed:
    """The items that changed since the ledger last followed: those of a source, and ``others``.

    After a first look that is all there are: they are listed only where it matters which, and
    whether there are any is asked once.
    """

    session: Session
    source_id: int
    others: frozenset[int]
    _some: list[bool] = field(default_factory=list, init=False)

    def __bool__(self) -> bool:
        if not self._some:
            first = self._mine().limit(1)
            self._some.append(bool(self.others) or bool(bulk.column(self.session, first)))
        return self._some[0]

    def ids(self) -> set[int]:
        """All of them."""
        return {*bulk.column(self.session, self._mine()), *self.others}

    def _mine(self) -> Select[int]:
        return select(Item.id).where(Item.source_id == self.source_id, Item.unreckoned)


def touched(session: Session, source_id: int, item_ids: Collection[int]) -> Touched:
    """What these items touch now, and what they did when they were last reckoned."""
    links: set[int] = set()
    tags: set[str] = set()
    rows: list[Any] = []
    for chunk in chunks(sorted(item_ids)):
        counted = select(Contribution.link_id).where(
            Contribution.item_id.in_(chunk), Contribution.replaced_at.is_(None)
        )
        links.update(session.scalars(counted.distinct()))
        tags.update(session.scalars(select(ItemTag.tag).where(ItemTag.item_id.in_(chunk))))
        rows += bulk.rows(session, _CLIMBING.where(Item.id.in_(chunk)))
    return Touched(
        frozenset(links),
        frozenset(tags),
        _queries(session, source_id, rows),
        _ancestors(session, rows),
    )


def _queries(session: Session, source_id: int, rows: Iterable[Any]) -> frozenset[str]:
    found: set[str] = set()
    for chunk in chunks([row.external_id for row in rows]):
        mine = (Match.source_id == source_id, Match.external_id.in_(chunk))
        found.update(session.scalars(select(Match.query_hash).where(*mine).distinct()))
    return frozenset(found)


def _ancestors(session: Session, rows: Collection[Any]) -> frozenset[str]:
    """The keys of the items and of everything above them."""
    keys: set[str] = set()
    climbed: set[int] = set()
    level = list(rows)
    for _ in range(HIGHEST):
        climbed |= {row.id for row in level}
        keys |= {row.key for row in level} | {row.parent_key for row in level if row.parent_key}
        level = [parent for parent in _parents(session, level) if parent.id not in climbed]
    return frozenset(keys)


def _parents(session: Session, rows: Collection[Any]) -> Iterator[Any]:
    if not rows:
        return
    connection_id = next(iter(rows)).connection_id
    mine = _CLIMBING.where(Item.connection_id == connection_id)
    for chunk in chunks(sorted({row.parent_id or row.parent_key or "" for row in rows} - {""})):
        named = or_(Item.external_id.in_(chunk), Item.key.in_(chunk))
        yield from bulk.rows(session, mine.where(named))
