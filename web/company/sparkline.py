"""A small picture of how an objective's score went: the cycle so far, today at its right edge."""

from dataclasses import dataclass
from datetime import datetime

from connector import pace
from connector.report import CycleReport, ObjectiveReport
from sync.reports.trend import Kept, Trend
from web import words
from web.charts.paths import Step, trace
from web.current import runtime
from web.language import _

LOWEST = 0.1
"""What the box is tall at least: below it, next to nothing would look like much."""


@dataclass(frozen=True, slots=True)
class Sparkline:
    """Paths in a box of 100 by 100; ``dot`` is the height of today's score, ``rebuilt`` the way
    before it was kept."""

    line: str
    rebuilt: str
    expected: str
    dot: float | None
    description: str


def sparkline(report: CycleReport, row: ObjectiveReport, trend: Trend) -> Sparkline | None:
    """None before the cycle began, and where no score was ever kept."""
    begin = pace.day_begins(report.start, runtime().settings.zone)
    length = (report.as_of - begin).total_seconds()
    known = [each for each in trend if each.score is not None]
    if length <= 0 or not known:
        return None
    scores = (row.score or 0.0, row.expected or 0.0, *(each.score or 0.0 for each in known))
    tallest = max(LOWEST, *scores)

    def x(at: datetime) -> float:
        return round(100 * min(max((at - begin).total_seconds() / length, 0.0), 1.0), 2)

    def y(score: float) -> float:
        return round(100 - 100 * min(max(score / tallest, 0.0), 1.0), 2)

    steps = [
        Step(x(each.at), None if each.score is None else y(each.score), rebuilt=each.rebuilt)
        for each in trend
    ]
    expected = f"M0 100L100 {y(row.expected)}" if row.expected is not None else ""
    dot = None if row.score is None else y(row.score)
    way = trace([*steps, Step(100.0, dot)])
    return Sparkline(way.read, way.rebuilt, expected, dot, _told(row, known[0], trend))


def _told(row: ObjectiveReport, first: Kept, trend: Trend) -> str:
    said = {
        "first": words.score(first.score),
        "day": _day(first.at),
        "score": words.score(row.score),
        "expected": words.score(row.expected),
    }
    if not first.rebuilt:
        return _(
            "%(first)s on %(day)s, when it was first kept; %(score)s today, %(expected)s expected",
            **said,
        )
    until = next((each.at for each in trend if not each.rebuilt), first.at)
    return _(
        "%(first)s on %(day)s, told from the trackers’ own history until %(until)s; "
        "%(score)s today, %(expected)s expected",
        until=_day(until),
        **said,
    )


def _day(at: datetime) -> str:
    return words.day(at.astimezone(runtime().settings.zone).date())
