"""What the ledger holds of links now: of small ones together, of a big one some at a time."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime
from itertools import chain
from operator import attrgetter
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from connector import ledger
from connector.store.tables import Contribution
from sync import bulk

FEW = 100
"""Links of no more items than these are read together."""
PORTION = 1000
_SAID = [getattr(Contribution, name) for name in ledger.TELLING if name != "key"]
_HELD = (
    *_SAID,
    Contribution.item_key.label("key"),
    Contribution.id,
    Contribution.link_id,
    Contribution.item_id,
    Contribution.recorded_at,
)
_BY_ITEM = attrgetter("item_id")


class Holding:
    """The versions of one link that hold, by item; each is given once.

    ``latest`` is when the last of them was recorded, None where there are none.
    """

    def __init__(self, latest: datetime | None, rows: Iterable[Any]) -> None:
        self.latest = latest
        self._rows = iter(rows)
        self._next = next(self._rows, None)

    def upto(self, item_id: float) -> dict[int, Any]:
        """Those of the items up to this one, by item, that were not given yet."""
        found: dict[int, Any] = {}
        while self._next is not None and self._next.item_id <= item_id:
            found[self._next.item_id] = self._next
            self._next = next(self._rows, None)
        return found


def holdings(session: Session, sizes: Mapping[int, int]) -> Iterator[tuple[int, Holding]]:
    """What holds of each of these links, told how many items each had."""
    small = _together(session, [link_id for link_id, size in sizes.items() if size <= FEW])
    for link_id, size in sizes.items():
        yield link_id, _one_by_one(session, link_id) if size > FEW else _sorted(small[link_id])


def _together(session: Session, link_ids: Collection[int]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for row in bulk.rows(session, _held(Contribution.link_id.in_(link_ids))):
        found[row.link_id].append(row)
    return found


def _sorted(rows: list[Any]) -> Holding:
    rows.sort(key=_BY_ITEM)
    return Holding(max((row.recorded_at for row in rows), default=None), rows)


def _one_by_one(session: Session, link_id: int) -> Holding:
    mine = Contribution.link_id == link_id
    latest = select(func.max(Contribution.recorded_at)).where(
        mine, Contribution.replaced_at.is_(None)
    )
    rows = bulk.portions(session, _held(mine).order_by(Contribution.item_id), PORTION)
    return Holding(session.scalar(latest), chain.from_iterable(rows))


def _held(mine: Any) -> Select[*tuple[Any, ...]]:
    return select(*_HELD).where(mine, Contribution.replaced_at.is_(None))
