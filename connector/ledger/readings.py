"""From contributions to what a link says. Rules: docs/scoring.md, section 2."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

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
    found = [each for each in contributions if each.in_scope]
    included = [each for each in found if each.included]
    counting = [each for each in found if each.sized is not None]
    share = _share(included) if measure.is_share else (None, None, _number(measure, included))
    return LinkReading(
        done=share[0],
        total=share[1],
        value=share[2],
        coverage=sum(bool(each.sized) for each in counting) / len(counting) if counting else None,
        items=len(found),
        excluded=len(found) - len(included),
    )


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


def _share(included: Sequence[Counted]) -> tuple[float, float, float | None]:
    done = math.fsum(each.done for each in included)
    total = math.fsum(each.total for each in included)
    return done, total, done / total if total else None


def _number(measure: Measure, included: Sequence[Counted]) -> float | None:
    sizes = [each.total for each in included]
    if measure.aggregate == "count":
        return float(len(sizes))
    if measure.aggregate == "sum":
        return math.fsum(sizes)
    if not sizes:
        return None
    if measure.aggregate == "avg":
        return average(math.fsum(sizes), len(sizes), (min(sizes), max(sizes)))
    return min(sizes) if measure.aggregate == "min" else max(sizes)
