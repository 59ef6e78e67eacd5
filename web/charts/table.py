"""The same as the charts, as rows of a table: the days so far and the weeks to come."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from connector.outlook import Outlook
from connector.report import KeyResultReport
from web.charts.scales import Time
from web.charts.way import expectation, ranges, week_ends

MOMENT = timedelta(seconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """How it stood at the end of a day, the last one now; None is unknown."""

    day: date
    value: float | None
    progress: float | None
    expected: float | None
    done: float | None
    total: float | None
    rebuilt: bool


@dataclass(frozen=True, slots=True)
class Ahead:
    """What four futures in five lie between at the end of a coming week."""

    day: date
    low: float
    mid: float
    high: float


def days(outlook: Outlook, kr: KeyResultReport, zone: ZoneInfo) -> list[Day]:
    """Every day with something known, the newest first."""
    expected: Sequence[float | None] = expectation(outlook, kr) or [None] * len(outlook.points)
    until = outlook.rebuilt_until
    found = [
        Day(
            # A point at midnight is the end of the day before.
            day=(each.at - MOMENT).astimezone(zone).date(),
            value=each.value,
            progress=each.progress,
            expected=then,
            done=each.done,
            total=each.total,
            rebuilt=until is not None and each.at < until,
        )
        for each, then in zip(outlook.points, expected, strict=True)
        if each.value is not None
    ]
    return found[::-1]


def ahead(outlook: Outlook, zone: ZoneInfo) -> list[Ahead]:
    """The forecast's ranges, week by week."""
    ends = week_ends(outlook, Time(outlook.start, outlook.end, zone))
    return [
        Ahead((at - MOMENT).astimezone(zone).date(), *each)
        for at, each in zip(ends, ranges(outlook), strict=True)
    ]
