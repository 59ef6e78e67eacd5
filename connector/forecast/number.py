"""The forecast of a number that rises or falls."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from math import inf
from random import Random

from connector.forecast.carry import Course, Question, Walk, carry
from connector.forecast.futures import Pair
from connector.forecast.refusals import refusal, require_finite
from connector.forecast.values import MOST_WEEKS, Forecast, NoForecast

SLACK = 1e-9


def forecast_number(
    values: Sequence[float],
    *,
    weeks_left: float,
    start: float,
    target: float,
    pass_value: float,
) -> Forecast | NoForecast:
    """What becomes of a number until the end date.

    ``values`` are one week apart, oldest first, the last one now: five values enclose four weeks.
    ``target`` and ``pass_value`` are in their unit; a target below ``start`` is reached from above.
    A number that never was negative, nor is meant to be, does not become so.
    """
    require_finite(weeks_left, start, target, pass_value, *values)
    none = refusal(len(values) - 1, weeks_left)
    if none:
        return none
    sign = -1.0 if target < start else 1.0
    question = Question(
        weeks_left=weeks_left,
        target=sign * target,
        pass_mark=sign * pass_value,
        slack=SLACK * max(abs(start), abs(target)),
    )
    signed = [sign * value for value in values[-MOST_WEEKS - 1 :]]
    never_negative = min(start, target, *values) >= 0
    usual = abs(target - start) / (len(signed) - 1 + weeks_left)
    course = _course(signed, _within(sign, never_negative=never_negative), usual)
    found = carry(course, question)
    return found if sign > 0 else _mirrored(found)


def _course(values: Sequence[float], walk: Walk, usual: float) -> Course:
    """The course of a number whose rising is good; ``usual`` leads from start to target in time."""

    def unseen(rng: Random) -> Pair:
        return usual * (rng.expovariate(1.0) - rng.expovariate(1.0)), 0.0

    changes = [(after - before, 0.0) for before, after in pairwise(values)]
    now = values[-1]
    return Course(weeks=changes, unseen=unseen, state=(now, 0.0), value=now, walk=walk)


def _within(sign: float, *, never_negative: bool) -> Walk:
    """Adds up the changes; a number that cannot be negative stops at 0, on its side of it."""
    low = 0.0 if never_negative and sign > 0 else -inf
    high = 0.0 if never_negative and sign < 0 else inf

    def walk(state: Pair, changes: Sequence[Pair]) -> tuple[list[float], Pair]:
        value, values = state[0], []
        for moved, _ in changes:
            value = min(high, max(low, value + moved))
            values.append(value)
        return values, (value, 0.0)

    return walk


def _mirrored(found: Forecast) -> Forecast:
    """The forecast of a number whose falling is good; subtracted, so that 0 is never -0."""
    return replace(
        found,
        final_low=0.0 - found.final_high,
        final_mid=0.0 - found.final_mid,
        final_high=0.0 - found.final_low,
        fan=tuple((0.0 - high, 0.0 - mid, 0.0 - low) for low, mid, high in found.fan),
    )
