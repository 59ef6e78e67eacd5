"""From times and values to places in a plot, which is 100 wide and 100 high from its top left."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import ceil, floor, log10
from typing import Literal
from zoneinfo import ZoneInfo

from connector import pace
from web import words

Anchor = Literal["start", "middle", "end"]
STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
CROWDED = 12
"""Labels of days nearer than this hide each other on a phone."""


@dataclass(frozen=True, slots=True)
class Tick:
    """A label beside an axis, at its place in the plot."""

    place: float
    label: str
    anchor: Anchor = "middle"


@dataclass(frozen=True, slots=True)
class Time:
    """From the first instant of the first day to the last of the last one."""

    first: date
    last: date
    zone: ZoneInfo

    def place(self, at: datetime) -> float:
        """Where an instant lies; what is outside lies at the edge."""
        begins = pace.day_begins(self.first, self.zone)
        return _rounded(min(1.0, max(0.0, (at - begins) / (self.ends - begins))))

    @property
    def ends(self) -> datetime:
        """The end of the last day."""
        return pace.day_begins(self.last + timedelta(days=1), self.zone)

    def ticks(self) -> tuple[Tick, ...]:
        """The first and the last day, and the months between them that leave room for both."""
        months = ((self.place(pace.day_begins(day, self.zone)), day) for day in self._months())
        inner = [Tick(at, words.day(day)) for at, day in months if CROWDED < at < 100 - CROWDED]
        return (
            Tick(0.0, words.day(self.first), "start"),
            *inner,
            Tick(100.0, words.day(self.last), "end"),
        )

    def _months(self) -> Iterator[date]:
        day = self.first.replace(day=1)
        many = ceil((self.last - self.first).days / 28 / 6) or 1
        for number in range(1, 1200):
            day = (day + timedelta(days=31)).replace(day=1)
            if day >= self.last:
                return
            if number % many == 0:
                yield day


@dataclass(frozen=True, slots=True)
class Amount:
    """From ``low`` at the bottom to ``high`` at the top, both on a step."""

    low: float
    high: float
    step: float

    def place(self, value: float) -> float:
        """Where a value lies, from the top."""
        return _rounded((self.high - value) / (self.high - self.low))

    def steps(self) -> list[float]:
        """The values at which lines are drawn, from the bottom."""
        many = round((self.high - self.low) / self.step)
        return [self.low + number * self.step for number in range(many + 1)]


def around(values: Iterable[float]) -> Amount:
    """A scale of round steps around these values."""
    found = list(values)
    low, high = min(found), max(found)
    if high - low <= 1e-9 * max(abs(low), abs(high)):
        low, high = min(low, 0.0), max(high, 0.0)
    if low == high:
        high = low + 1.0
    step = _step((high - low) / 4)
    return Amount(floor(low / step + 1e-9) * step, ceil(high / step - 1e-9) * step, step)


def _step(rough: float) -> float:
    size = 10.0 ** floor(log10(rough))
    return next((each * size for each in STEPS if each * size >= rough * 0.999), 10 * size)


def _rounded(share: float) -> float:
    # A tenth of a per cent: finer would change the page with every second that passes.
    return round(100 * share, 1) + 0.0
