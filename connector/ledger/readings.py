"""From contributions to what a link says. Rules: docs/scoring.md, section 2."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from connector.ledger.exact import ExactSum
from connector.okr import Measure


class Counted(Protocol):
    """What a reading needs of a contribution, stored or fresh."""

    @property
    def item_id(self) -> int:
        """The mirror's id of the item."""
        ...

    @property
    def done(self) -> float:
        """Amount done."""
        ...

    @property
    def total(self) -> float:
        """Amount in all."""
        ...

    @property
    def in_scope(self) -> bool:
        """Whether it lies in the scope now."""
        ...

    @property
    def included(self) -> bool:
        """Whether it counts."""
        ...

    @property
    def sized(self) -> bool | None:
        """Whether it has the size measured; None when it does not count."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkReading:
    """What a link says: ``value`` is Σ done ÷ Σ total for a share, else the number.

    ``coverage`` is sized items ÷ items that count before the policy for unestimated ones.
    """

    done: float | None
    total: float | None
    value: float | None
    coverage: float | None
    items: int
    excluded: int


def reading(measure: Measure, contributions: Iterable[Counted]) -> LinkReading:
    """The reading of one link over its contributions, in any order."""
    summing = Summing(measure)
    summing.add(contributions)
    return summing.reading()


class Summing:
    """The reading of one link whose contributions come in portions; none of them is kept."""

    def __init__(self, measure: Measure) -> None:
        self._measure = measure
        self._done, self._total = ExactSum(), ExactSum()
        self._items = self._included = self._counting = self._sized = 0
        self._ends = math.inf, -math.inf

    def add(self, contributions: Iterable[Counted]) -> None:
        """Some more of them, in any order."""
        found = [each for each in contributions if each.in_scope]
        included = [each for each in found if each.included]
        sized = [bool(each.sized) for each in found if each.sized is not None]
        self._items += len(found)
        self._included += len(included)
        self._counting += len(sized)
        self._sized += sum(sized)
        sizes = [each.total for each in included]
        self._total.add_all(sizes)
        if self._measure.is_share:
            self._done.add_all([each.done for each in included])
        elif sizes:
            least, most = self._ends
            self._ends = min([least, *sizes]), max([most, *sizes])

    def reading(self) -> LinkReading:
        """What they add up to so far."""
        share = self._share() if self._measure.is_share else (None, None, self._number())
        return LinkReading(
            done=share[0],
            total=share[1],
            value=share[2],
            coverage=self._sized / self._counting if self._counting else None,
            items=self._items,
            excluded=self._items - self._included,
        )

    def _share(self) -> tuple[float, float, float | None]:
        done, total = self._done.value(), self._total.value()
        return done, total, done / total if total else None

    def _number(self) -> float | None:
        match self._measure.aggregate:
            case "count":
                return float(self._included)
            case "sum":
                return self._total.value()
        if not self._included:
            return None
        if self._measure.aggregate == "avg":
            return average(self._total.value(), self._included, self._ends)
        least, most = self._ends
        return least if self._measure.aggregate == "min" else most


def pooled(links: Sequence[Iterable[Counted]]) -> tuple[float, float]:
    """(Σ done, Σ total) over several links, each item once: the first link including it wins."""
    seen: dict[int, Counted] = {}
    for contributions in links:
        for each in contributions:
            if each.included:
                seen.setdefault(each.item_id, each)
    return (
        math.fsum(each.done for each in seen.values()),
        math.fsum(each.total for each in seen.values()),
    )


def average(total: float, count: int, ends: tuple[float, float]) -> float:
    """A mean; rounding may push one of equal sizes past them by a bit, and it lies between them."""
    return min(ends[1], max(ends[0], total / count))
