"""Weighted means of what is known, and how much of the weight is known."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

Exact = tuple[int, int]
"""(numerator, denominator), the latter a power of two, as every double's is: sums need no common
divisor, which makes them far faster than ``Fraction``."""


@dataclass(frozen=True, slots=True)
class Part:
    """One score in a weighted mean; a weight is finite and not negative."""

    weight: float
    score: float | None

    def __post_init__(self) -> None:
        if not 0 <= self.weight < math.inf:
            raise ValueError(f"a weight must be finite and not negative, not {self.weight}")


@dataclass(frozen=True, slots=True)
class Mean:
    """A weighted mean of what is known, and known weight ÷ total weight (None without weight)."""

    score: float | None
    known: float | None


@dataclass(frozen=True, slots=True)
class Sums:
    """Parts added up without rounding, so that sums of sums are those of all their parts."""

    total: Exact = (0, 1)
    known: Exact = (0, 1)
    points: Exact = (0, 1)

    @property
    def mean(self) -> Mean:
        """The mean of all the parts, rounded once."""
        score = _quotient(self.points, self.known) if self.known[0] else None
        return Mean(score, _quotient(self.known, self.total) if self.total[0] else None)


@dataclass(frozen=True, slots=True)
class Slice:
    """One part of a mean: its share of the known weight, and what it adds to the mean.

    Both are None for what is unknown or has no weight: it is left out.
    """

    share: float | None = None
    adds: float | None = None


def mean(parts: Iterable[Part]) -> Mean:
    """The weighted mean of the known scores; weight 0 leaves a part out."""
    return sums(parts).mean


def slices(parts: Sequence[Part]) -> list[Slice]:
    """What each part adds to the mean of all, in the same order."""
    known = sums(parts).known
    found = []
    for part in parts:
        if part.score is None or not part.weight:
            found.append(Slice())
            continue
        share = _quotient(part.weight.as_integer_ratio(), known)
        found.append(Slice(share, share * part.score))
    return found


def sums(parts: Iterable[Part]) -> Sums:
    """The sums of these parts, in any order."""
    total, known, points = [], [], []
    for part in parts:
        weight = part.weight.as_integer_ratio()
        total.append(weight)
        if part.score is not None:
            above, below = part.score.as_integer_ratio()
            known.append(weight)
            points.append((weight[0] * above, weight[1] * below))
    return Sums(_sum(total), _sum(known), _sum(points))


def together(several: Iterable[Sums]) -> Sums:
    """The sums of all the parts in these."""
    found = list(several)
    return Sums(
        _sum([each.total for each in found]),
        _sum([each.known for each in found]),
        _sum([each.points for each in found]),
    )


def _sum(terms: Iterable[Exact]) -> Exact:
    above, below = 0, 1
    for numerator, denominator in terms:
        if denominator == below:
            above += numerator
        elif denominator < below:
            above += numerator * (below // denominator)
        else:
            above = above * (denominator // below) + numerator
            below = denominator
    return above, below


def _quotient(one: Exact, other: Exact) -> float:
    # Python divides integers of any size with one correct rounding.
    return (one[0] * other[1]) / (one[1] * other[0])
