"""Sums that rounding does not touch until they are told."""

from collections.abc import Collection
from math import fsum

_MOST = 40
"""A sum of doubles has no more digits than so many of them hold."""


class ExactSum:
    """A sum of doubles without rounding: what was added and taken away again leaves nothing.

    Shewchuk's partials, as in ``math.fsum``; the value is the same as ``fsum`` of what is in it.
    """

    __slots__ = ("_partials",)

    def __init__(self) -> None:
        self._partials: list[float] = []

    def add(self, x: float) -> None:
        """Add a finite number; a negative one takes away."""
        kept = 0
        partials = self._partials
        for each in partials:
            y = each
            if abs(x) < abs(y):
                x, y = y, x
            high = x + y
            low = y - (high - x)
            if low:
                partials[kept] = low
                kept += 1
            x = high
        partials[kept:] = [x] if x else []

    def add_all(self, numbers: Collection[float]) -> None:
        """Add many at once: what a sum of them leaves over is summed again, until nothing is."""
        rest, partials = [*self._partials, *numbers], list[float]()
        for _ in range(_MOST):
            x = fsum(rest)
            if not x:
                break
            partials.append(x)
            rest.append(-x)
        self._partials = partials[::-1]

    def value(self) -> float:
        """The sum, rounded once."""
        partials = self._partials
        return partials[0] if len(partials) == 1 else fsum(partials)
