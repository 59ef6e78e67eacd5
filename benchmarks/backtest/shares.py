"""Made-up histories for the back-test of forecasts: kinds of work the forecast knows nothing of.

Asked within a quarter of 13 weeks, but lived on for a year, so that finishing dates are known.
Sizes, paces and habits are drawn anew for every history and shared with nothing else.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import exp, log
from random import Random

from connector.forecast import Week

QUARTER = 13
YEAR = 52
KINDS = ("steady", "bursty", "growing", "stalled", "mixture")
POINTS = (1, 1, 2, 2, 3, 3, 5, 8)


@dataclass(frozen=True, slots=True)
class Habit:
    """How one team works: items finished (of so many open) and added in a week.

    Every week an item is reopened with probability ``reopens``; in one week of five each open one
    is cut with probability ``cuts``.
    """

    finishes: Callable[[int, int], int]
    adds: Callable[[int], int]
    reopens: float = 0.0
    cuts: float = 0.0


def histories(kind: str, *, count: int, seed: int) -> Iterator[list[Week]]:
    """So many histories of one kind, the same for the same seed; each begins with its start."""
    rng = Random(f"{kind} {seed}")
    for _ in range(count):
        items = round(exp(rng.uniform(log(5), log(200))))
        habit = _HABITS[kind](rng, items)
        sizes = POINTS if rng.random() < 0.5 else (1,)
        yield _lived(rng, habit, [rng.choice(sizes) for _ in range(items)], sizes)


def _lived(rng: Random, habit: Habit, todo: list[int], sizes: tuple[int, ...]) -> list[Week]:
    finished: list[int] = []
    weeks = [Week(0.0, float(sum(todo)))]
    for week in range(YEAR):
        todo += [rng.choice(sizes) for _ in range(habit.adds(week))]
        back = _some(rng, finished, habit.reopens)
        _some(rng, todo, habit.cuts if rng.random() < 0.2 else 0.0)
        count = min(len(todo), habit.finishes(week, len(todo)))
        finished += todo[:count]
        todo = todo[count:] + back
        weeks.append(Week(float(sum(finished)), float(sum(finished) + sum(todo))))
    return weeks


def _some(rng: Random, items: list[int], share: float) -> list[int]:
    """Take each item away with this probability; what was taken."""
    taken = [rng.random() < share for _ in items]
    gone = [item for item, away in zip(items, taken, strict=True) if away]
    items[:] = [item for item, away in zip(items, taken, strict=True) if not away]
    return gone


def _pace(rng: Random, items: int) -> float:
    """Items a week, so that a quarter is about enough, more or less."""
    return items / QUARTER * rng.lognormvariate(-0.05, 0.35)


def _steady(rng: Random, items: int) -> Habit:
    pace, growth = _pace(rng, items), items * rng.uniform(0, 0.01)
    return Habit(lambda _week, _open: poisson(rng, pace), lambda _week: poisson(rng, growth))


def _bursty(rng: Random, items: int) -> Habit:
    """Much is finished every second or third week, little and unevenly between."""
    pace, every = _pace(rng, items), rng.choice((2, 3))
    spread, offset = rng.uniform(0.3, 1.0), rng.randrange(3)
    growth = items * rng.uniform(0, 0.02)

    def finishes(week: int, _open: int) -> int:
        due = (week + offset) % every == 0
        between = pace * rng.gammavariate(spread, 1 / spread)
        return poisson(rng, 0.6 * between + (0.4 * every * pace if due else 0.0))

    return Habit(finishes, lambda _week: poisson(rng, growth))


def _growing(rng: Random, items: int) -> Habit:
    """A fifth to the whole of the scope is added within the quarter, in some weeks or in all."""
    grown, often = rng.uniform(0.2, 1.0), rng.uniform(0.2, 1.0)
    pace = _pace(rng, round(items * (1 + grown)))

    def adds(week: int) -> int:
        growth = items * grown / QUARTER * (1.0 if week < QUARTER else 0.3)
        return poisson(rng, growth / often) if rng.random() < often else 0

    return Habit(lambda _week, _open: poisson(rng, pace), adds)


def _stalled(rng: Random, items: int) -> Habit:
    """Work stops for some weeks, and goes on."""
    pace, growth = 1.5 * _pace(rng, items), items * rng.uniform(0, 0.02)
    stalls, resumes = rng.uniform(0.1, 0.3), rng.uniform(0.1, 0.6)
    working = rng.random() < 0.8

    def finishes(_week: int, _open: int) -> int:
        nonlocal working
        working = rng.random() >= stalls if working else rng.random() < resumes
        return poisson(rng, pace) if working else 0

    return Habit(finishes, lambda _week: poisson(rng, growth))


def _mixture(rng: Random, items: int) -> Habit:
    """Any of the others with a slow start, a last rush or a slow tail, reopened and cut items."""
    habit = rng.choice((_steady, _bursty, _growing, _stalled))(rng, items)
    ramp, rush, tail = rng.uniform(0, 4), rng.uniform(1, 2), rng.random() < 0.5

    def finishes(week: int, still_open: int) -> int:
        count = habit.finishes(week, still_open) * min(1.0, (week + 1) / (ramp + 1))
        count *= rush if QUARTER - 2 <= week < QUARTER else 1.0
        count *= min(1.0, 4 * still_open / items) if tail else 1.0
        return int(count + rng.random())

    return Habit(finishes, habit.adds, rng.choice((0, 0, 0.01)), rng.choice((0, 0, 0.1)))


_HABITS = {
    "steady": _steady,
    "bursty": _bursty,
    "growing": _growing,
    "stalled": _stalled,
    "mixture": _mixture,
}


def poisson(rng: Random, mean: float) -> int:
    """A Poisson draw by counting arrivals."""
    count, left = -1, mean
    while left >= 0:
        count += 1
        left -= rng.expovariate(1)
    return count
