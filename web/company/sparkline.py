"""A small picture of how an objective's score went: the cycle so far, today at its right edge."""

from dataclasses import dataclass
from datetime import datetime

from connector import pace
from connector.report import CycleReport, ObjectiveReport
from sync.reports.trend import Trend
from web import words
from web.current import runtime
from web.language import _

LOWEST = 0.1
"""What the box is tall at least: below it, next to nothing would look like much."""


@dataclass(frozen=True, slots=True)
class Sparkline:
    """Paths in a box of 100 by 100; ``dot`` is the height of today's score."""

    line: str
    expected: str
    dot: float | None
    description: str


def sparkline(report: CycleReport, row: ObjectiveReport, trend: Trend) -> Sparkline | None:
    """None before the cycle began, and where no score was ever kept."""
    begin = pace.day_begins(report.start, runtime().settings.zone)
    length = (report.as_of - begin).total_seconds()
    known = [each for each in trend if each[1] is not None]
    if length <= 0 or not known:
        return None
    scores = (row.score or 0.0, row.expected or 0.0, *(score or 0.0 for _at, score in known))
    tallest = max(LOWEST, *scores)

    def x(at: datetime) -> float:
        return round(100 * min(max((at - begin).total_seconds() / length, 0.0), 1.0), 2)

    def y(score: float) -> float:
        return round(100 - 100 * min(max(score / tallest, 0.0), 1.0), 2)

    points = [(x(at), None if score is None else y(score)) for at, score in trend]
    expected = f"M0 100L100 {y(row.expected)}" if row.expected is not None else ""
    dot = None if row.score is None else y(row.score)
    return Sparkline(_steps([*points, (100.0, dot)]), expected, dot, _told(row, known[0]))


def _steps(points: list[tuple[float, float | None]]) -> str:
    """A score holds until the next one; nothing is drawn while it is unknown."""
    drawn, height = "", None
    for across, now in points:
        if height is not None:
            drawn += f"H{across:g}"
        if now is not None and now != height:
            drawn += f"M{across:g} {now:g}" if height is None else f"V{now:g}"
        height = now
    return drawn


def _told(row: ObjectiveReport, first: tuple[datetime, float | None]) -> str:
    at, score = first
    day = words.day(at.astimezone(runtime().settings.zone).date())
    return _(
        "%(first)s on %(day)s, when it was first kept; %(score)s today, %(expected)s expected",
        first=words.score(score),
        day=day,
        score=words.score(row.score),
        expected=words.score(row.expected),
    )
