"""Standings at any instants become standings one week apart, counted back from now."""

from bisect import bisect_right
from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import dropwhile
from typing import TypeVar

from connector.forecast.values import MOST_WEEKS, Standing, Week

WEEK = timedelta(days=7)
T = TypeVar("T")


def weekly(standings: Iterable[Standing], *, now: datetime) -> tuple[Week, ...]:
    """The standings one week apart, oldest first, the last one now.

    Weeks are counted back from now, so that the running week is never a broken one and every week
    has the same days. They begin with the first standing that had any work in it.
    """
    dated = [(each.at, Week(each.done, each.total)) for each in standings]
    return tuple(dropwhile(lambda week: week.total <= 0, _week_ends(dated, now)))


def weekly_numbers(
    readings: Iterable[tuple[datetime, float]], *, now: datetime
) -> tuple[float, ...]:
    """The same for a number's readings: its values one week apart, oldest first."""
    return tuple(_week_ends(list(readings), now))


def weeks_between(now: datetime, end: datetime) -> float:
    """How many weeks there are from now to the end; below 0 when it has passed."""
    _refuse_naive([now, end])
    return (end - now) / WEEK


def _week_ends(dated: list[tuple[datetime, T]], now: datetime) -> list[T]:
    _refuse_naive([now, *(at for at, _ in dated)])
    ordered = sorted(dated, key=lambda each: each[0])
    instants = [at for at, _ in ordered]
    ends = (now - WEEK * back for back in range(MOST_WEEKS, -1, -1))
    found = (bisect_right(instants, end) for end in ends)
    return [ordered[count - 1][1] for count in found if count]


def _refuse_naive(instants: list[datetime]) -> None:
    if any(instant.tzinfo is None for instant in instants):
        raise ValueError("a time without a zone is refused")
