"""Made-up histories of numbers for the back-test: what a number measure reads, week by week."""

from collections.abc import Iterator
from random import Random

from benchmarks.backtest.shares import QUARTER, YEAR, poisson

KINDS = ("rising count", "open backlog", "wavering level", "drifting level")

Numbers = tuple[float, list[float]]
"""The target, and the value at the end of every week; the first value is the start."""


def numbers(kind: str, *, count: int, seed: int) -> Iterator[Numbers]:
    """So many histories of one kind, the same for the same seed."""
    rng = Random(f"{kind} {seed}")
    for _ in range(count):
        yield _KINDS[kind](rng)


def _rising(rng: Random) -> Numbers:
    """Something is counted up unevenly."""
    pace, spread = rng.uniform(1, 30), rng.uniform(0.5, 5)
    values = [float(rng.randrange(100))]
    for _ in range(YEAR):
        values.append(values[-1] + poisson(rng, pace * rng.gammavariate(spread, 1 / spread)))
    return values[0] + round(pace * QUARTER * rng.lognormvariate(-0.1, 0.3)), values


def _backlog(rng: Random) -> Numbers:
    """Open items: some come in, more go out while there are any."""
    first = rng.randint(10, 200)
    comes = rng.uniform(0, first / QUARTER)
    goes = comes + first / QUARTER * rng.uniform(0.2, 1.2)
    values = [float(first)]
    for _ in range(YEAR):
        waiting = values[-1] + poisson(rng, comes)
        values.append(max(0.0, waiting - poisson(rng, goes)))
    return round(first * rng.uniform(0.1, 0.6)), values


def _wavering(rng: Random) -> Numbers:
    """An average that moves along a line, with noise around it that does not stay."""
    first, slope = rng.uniform(20, 100), rng.gauss(-1.0, 0.8)
    noise = rng.uniform(1, 8)
    values = [first + slope * week + rng.gauss(0, noise) for week in range(YEAR + 1)]
    return values[0] - 13 * rng.uniform(0.3, 1.5), values


def _drifting(rng: Random) -> Numbers:
    """A level that keeps what happened to it."""
    slope, step = rng.gauss(1.0, 0.8), rng.uniform(0.5, 4)
    values = [rng.uniform(-20, 100)]
    for _ in range(YEAR):
        values.append(values[-1] + rng.gauss(slope, step))
    return values[0] + 13 * rng.uniform(0.3, 1.5), values


_KINDS = dict(zip(KINDS, (_rising, _backlog, _wavering, _drifting), strict=True))
