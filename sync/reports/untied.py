"""The items that serve no key result, a page of them at a time."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import accumulate
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.orm import Session

from connector.store.tables import Item
from sync import among, bulk
from sync.reports.covered import Covered
from sync.reports.tallied import Place, is_untied

AT_ONCE = 100
"""Places whose items are read by one statement."""
_WHERE = (Item.connection_id, Item.place)


@dataclass(frozen=True, slots=True, kw_only=True)
class UntiedItem:
    """One of them as people see it."""

    id: int
    tracker: str
    connection: str
    place: str
    key: str
    title: str
    url: str
    status: str
    type: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Untied:
    """Those of some places, in their order, the newest of each first: how many there are of each.

    With ``words`` those whose key or title holds them, in any case.
    """

    covered: Covered
    numbers: tuple[tuple[Place, int], ...]
    words: str

    @property
    def total(self) -> int:
        """How many there are in all."""
        return sum(number for _, number in self.numbers)


def untied(session: Session, covered: Covered, wanted: Sequence[Place], words: str) -> Untied:
    """Those of the places that are wanted."""
    known = {at: each.untied for at, each in covered.places}
    if words:
        query = select(*_WHERE, func.count().label("number")).where(_holds(session, covered, words))
        found = bulk.rows(session, query.group_by(*_WHERE))
        known = {(row.connection_id, row.place): row.number for row in found}
    numbers = ((at, known[at]) for at in wanted if known.get(at))
    return Untied(covered, tuple(numbers), words)


def page(session: Session, these: Untied, first: int, size: int) -> list[UntiedItem]:
    """Some of them, from the first on: only the places that these lie in are gone through."""
    numbers = [number for _, number in these.numbers]
    begins = [0, *accumulate(numbers)]
    within = [n for n, begin in enumerate(begins[:-1]) if begin < first + size]
    lying = [n for n in within if begins[n + 1] > first]
    if not lying:
        return []
    places = [these.numbers[n][0] for n in lying]
    return _items(session, these, places, (first - begins[lying[0]], size))


def every(session: Session, these: Untied) -> Iterator[UntiedItem]:
    """All of them."""
    for first in range(0, len(these.numbers), AT_ONCE):
        some = these.numbers[first : first + AT_ONCE]
        yield from _items(session, these, [at for at, _ in some], (0, None))


def _items(
    session: Session, these: Untied, places: Sequence[Place], span: tuple[int, int | None]
) -> list[UntiedItem]:
    lies = case(*((and_(_WHERE[0] == at, _WHERE[1] == name), n)
                  for n, (at, name) in enumerate(places)))  # fmt: skip
    shown = (Item.id, *_WHERE, Item.key, Item.title, Item.url, Item.status, Item.type)
    query = (
        select(*shown, Item.created_at)
        .where(_holds(session, these.covered, these.words), among.rows(session, _WHERE, places))
        .order_by(lies, Item.created_at.desc(), Item.id.desc())
    )
    found = bulk.rows(session, query.offset(span[0]).limit(span[1]))
    return [_item(these.covered, row._asdict()) for row in found]


def _item(covered: Covered, row: dict[str, Any]) -> UntiedItem:
    tracker, name = covered.work.names[row.pop("connection_id")]
    return UntiedItem(tracker=tracker, connection=name, **row)


def _holds(session: Session, covered: Covered, words: str) -> ColumnElement[bool]:
    found = and_(covered.work.holds(session), is_untied(covered.cycle))
    if not words:
        return found
    texts = (Item.title, Item.key)
    return and_(found, or_(*(each.icontains(words, autoescape=True) for each in texts)))
