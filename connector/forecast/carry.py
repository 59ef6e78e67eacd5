"""Carries futures to the end date and beyond, and counts what comes of them."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import ceil, floor, inf
from random import Random

from connector.forecast.futures import FUTURES, Pair, Unseen, futures
from connector.forecast.values import FORESIGHT, Forecast, Range

Walk = Callable[[Pair, Sequence[Pair]], tuple[list[float], Pair]]
"""From where it stands, through the weeks' changes: the value after each, and where it ends."""

SEED = 10_000
STRETCH = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked: by when, and which target and pass mark; more is better.

    A mark missed by no more than ``slack`` counts as reached: sums of amounts are not exact.
    """

    weeks_left: float
    target: float
    pass_mark: float
    slack: float = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """What is carried on: the weekly changes so far, where it stands, and how it moves."""

    weeks: Sequence[Pair]
    unseen: Unseen
    state: Pair
    value: float
    walk: Walk


def carry(course: Course, question: Question) -> Forecast:
    """The forecast: every future is carried to the end date, and on until the target is reached."""
    parts = _parts_of_last_week(question.weeks_left)
    ran = [
        _run(course, question, future, part)
        for future, part in zip(futures(course.weeks, course.unseen), parts, strict=True)
    ]
    ends = [values[-1] for values, _ in ran]
    fan = tuple(_range(each) for each in zip(*(values for values, _ in ran), strict=True))
    low, mid, high = (_seen(weeks) for weeks in _range(weeks for _, weeks in ran))
    return Forecast(
        chance_target=_chance(ends, question.target - question.slack),
        chance_pass=_chance(ends, question.pass_mark - question.slack),
        final_low=fan[-1][0],
        final_mid=fan[-1][1],
        final_high=fan[-1][2],
        weeks_low=low,
        weeks_mid=mid,
        weeks_high=high,
        weeks_used=len(course.weeks),
        fan=fan,
    )


def _run(
    course: Course, question: Question, future: Callable[[int], list[Pair]], part: float
) -> tuple[list[float], float]:
    """One future: the value after every coming week, and when it first reaches the target."""
    coming = future(ceil(question.weeks_left))
    coming[-1] = (coming[-1][0] * part, coming[-1][1] * part)
    values, state = course.walk(course.state, coming)
    reached = _reached([course.value, *values], question, start=0.0, end=question.weeks_left)
    now, value = question.weeks_left, values[-1]
    while reached is None and now < FORESIGHT:
        more, state = course.walk(state, future(STRETCH))
        reached = _reached([value, *more], question, start=now, end=now + STRETCH)
        now, value = now + STRETCH, more[-1]
    return values, inf if reached is None else reached


def _reached(
    values: Sequence[float], question: Question, *, start: float, end: float
) -> float | None:
    """When the target is first reached between two instants, along a line within its week."""
    bar = question.target - question.slack
    index = next((index for index, value in enumerate(values) if value >= bar), None)
    if not index:
        return None if index is None else start
    before, after, begun = values[index - 1], values[index], start + index - 1
    part = min(1.0, (question.target - before) / (after - before))
    return begun + (min(end, begun + 1) - begun) * part


def _parts_of_last_week(weeks_left: float) -> list[float]:
    """For every future, how much of the last week's change falls before the end date."""
    share = weeks_left - floor(weeks_left)
    if not share:
        return [1.0] * FUTURES
    rng = Random(SEED)  # noqa: S311 - dice, not secrets
    return [rng.betavariate(2 * share, 2 * (1 - share)) for _ in range(FUTURES)]


def _chance(ends: Sequence[float], bar: float) -> float:
    return sum(end >= bar for end in ends) / len(ends)


def _range(values: Iterable[float]) -> Range:
    """The values that a tenth, half and nine tenths of the futures do not exceed."""
    ordered = sorted(values)
    low, mid, high = (ordered[round(q * (len(ordered) - 1))] for q in (0.1, 0.5, 0.9))
    return low, mid, high


def _seen(weeks: float) -> float | None:
    return weeks if weeks <= FORESIGHT else None
