"""What a forecast is made from and what it says."""

from dataclasses import dataclass
from datetime import datetime

LEAST_WEEKS = 4
"""Whole weeks a scope must have existed: fewer say nothing about the next ones."""

MOST_WEEKS = 26
"""The latest weeks that are learnt from: what lies half a year back is another time."""

FORESIGHT = 60
"""Weeks ahead that a forecast may look: a year and a little."""

Range = tuple[float, float, float]
"""Low, middle and high: four of five futures lie from low to high, half below the middle."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where a scope stood at an instant: Σ done and Σ total, as amounts of work."""

    at: datetime
    done: float
    total: float


@dataclass(frozen=True, slots=True)
class Week:
    """Where a scope stood when a week ended: Σ done and Σ total, as amounts of work."""

    done: float
    total: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """What may happen until the end date, and when the target may be reached.

    Chances are 0..1 and are about the end date. ``final_*`` and ``fan`` are shares (0..1) for a
    share, values in the measure's own unit for a number; ``low`` is the smaller number also where
    falling is better. ``fan`` has one range per coming week, the last at the end date, which may
    cut its week short. ``weeks_*`` is how many weeks from now the target is first reached, whatever
    the end date; None is later than a forecast looks. ``weeks_used`` counts the weeks learnt from.
    """

    chance_target: float
    chance_pass: float
    final_low: float
    final_mid: float
    final_high: float
    weeks_low: float | None
    weeks_mid: float | None
    weeks_high: float | None
    weeks_used: int
    fan: tuple[Range, ...]


@dataclass(frozen=True, slots=True)
class NoForecast:
    """No forecast is given, and the sentence that says why."""

    reason: str
