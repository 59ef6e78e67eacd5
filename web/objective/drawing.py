"""The chart of an objective's score, and the same as rows of a table."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from connector.objectives import ObjectiveCourse
from web import words
from web.charts import Way, paths
from web.charts.paths import Step
from web.charts.scales import Amount, Tick, Time
from web.language import _

MOMENT = timedelta(seconds=1)
_SCALE = Amount(0.0, 1.0, 0.25)


@dataclass(frozen=True, slots=True)
class Day:
    """How it stood at the end of a day, the last one now; None is unknown."""

    day: date
    score: float | None
    expected: float
    known: float | None
    rebuilt: bool


def way(key: str, course: ObjectiveCourse, zone: ZoneInfo) -> Way | None:
    """The chart, or None while no score is known of any day."""
    if all(each.score is None for each in course.points):
        return None
    time = Time(course.start, course.end, zone)
    last = course.points[-1]
    expected = [*((each.at, each.expected) for each in course.points), *course.ahead]
    return Way(
        title=_(
            "The score of %(key)s from %(start)s to %(end)s",
            key=key,
            start=words.day(course.start),
            end=words.day(course.end),
        ),
        description=" ".join(_told(course, zone)),
        days=time.ticks(),
        values=tuple(Tick(_SCALE.place(each), words.score(each)) for each in _SCALE.steps()),
        line=paths.trace(list(_steps(course, time))),
        expected=paths.line((time.place(at), _SCALE.place(share)) for at, share in expected),
        fan="",
        middle="",
        target=None,
        limits=(),
        now=time.place(last.at),
        dot=None if last.score is None else _SCALE.place(last.score),
    )


def days(course: ObjectiveCourse, zone: ZoneInfo) -> list[Day]:
    """Every day with a score, the newest first."""
    until = course.rebuilt_until
    found = [
        Day(
            # A point at midnight is the end of the day before.
            day=(each.at - MOMENT).astimezone(zone).date(),
            score=each.score,
            expected=each.expected,
            known=each.known,
            rebuilt=until is not None and each.at < until,
        )
        for each in course.points
        if each.score is not None
    ]
    return found[::-1]


def _steps(course: ObjectiveCourse, time: Time) -> Iterator[Step]:
    until = course.rebuilt_until
    for each in course.points:
        y = None if each.score is None else _SCALE.place(each.score)
        yield Step(time.place(each.at), y, rebuilt=until is not None and each.at < until)


def _told(course: ObjectiveCourse, zone: ZoneInfo) -> Iterator[str]:
    """The chart in words, for who does not see it."""
    first = next(each for each in course.points if each.score is not None)
    last = course.points[-1]
    yield _(
        "From %(value)s on %(day)s to %(now)s at the last look.",
        value=words.score(first.score),
        day=words.day(first.at.astimezone(zone).date()),
        now=words.score(last.score),
    )
    yield _("Expected by now: %(value)s.", value=words.score(last.expected))
