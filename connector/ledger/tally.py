"""A reading kept up to date contribution by contribution."""

from bisect import bisect_left, insort

from connector.ledger.exact import ExactSum
from connector.ledger.readings import Counted, average
from connector.okr import Measure


class Tally:
    """The reading of one link; ``value`` is None while it is unknown."""

    def __init__(self, measure: Measure) -> None:
        self._share, self._aggregate = measure.is_share, measure.aggregate
        self._ordered = measure.aggregate in {"min", "max", "avg"}
        self._done, self._total = ExactSum(), ExactSum()
        self._sizes: list[float] = []
        self._count = 0

    def swap(self, before: Counted | None, after: Counted | None) -> None:
        """Take one contribution's part out and put another's in."""
        if before is not None and before.included:
            self._change(before, -1)
        if after is not None and after.included:
            self._change(after, 1)

    def _change(self, part: Counted, sign: int) -> None:
        self._done.add(sign * part.done)
        self._total.add(sign * part.total)
        self._count += sign
        if not self._ordered:
            return
        if sign > 0:
            insort(self._sizes, part.total)
        else:
            del self._sizes[bisect_left(self._sizes, part.total)]

    @property
    def done(self) -> float:
        """Σ done."""
        return self._done.value()

    @property
    def total(self) -> float:
        """Σ total."""
        return self._total.value()

    @property
    def value(self) -> float | None:
        """What ``readings.reading`` would say."""
        match self._aggregate:
            case "count":
                return float(self._count)
            case "sum":
                return self._total.value()
            case "avg":
                return self._average()
            case "min":
                return self._sizes[0] if self._sizes else None
            case "max":
                return self._sizes[-1] if self._sizes else None
        total = self._total.value()
        return self._done.value() / total if total else None

    def _average(self) -> float | None:
        if not self._sizes:
            return None
        return average(self._total.value(), self._count, (self._sizes[0], self._sizes[-1]))
