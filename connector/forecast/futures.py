"""Possible futures of a scope: its past weeks, resampled."""

from bisect import bisect
from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate
from random import Random

Pair = tuple[float, float]
"""Two amounts that change together: done and total of a share."""

Unseen = Callable[[Random], Pair]
"""Makes up a week unlike any that was seen."""

FUTURES = 300
"""How many futures a forecast looks at: a chance is good to about three points."""

SEED = 20_000

SHORT_MEMORY = 0.75
"""How many of the futures learn from the latest weeks only."""

LEAST_MEMORY = 3


def futures(weeks: Sequence[Pair], unseen: Unseen) -> Iterator[Callable[[int], list[Pair]]]:
    """So many futures; each gives its next weeks when asked for how many.

    Every future has dice of its own, so that what one asks for never changes another: two
    histories of the same length are carried on by the same throws.
    """
    for number in range(FUTURES):
        rng = Random(SEED + number)  # noqa: S311 - dice, not secrets
        yield _future(rng, weeks, unseen(rng))


def _future(rng: Random, weeks: Sequence[Pair], surprise: Pair) -> Callable[[int], list[Pair]]:
    """Draws from the remembered weeks and one surprise, each as likely as this future holds it."""
    pool = [surprise, *_remembered(rng, weeks)]
    likely = list(accumulate(_chi_square(rng) for _ in pool))
    whole, last, throw = likely[-1], len(pool) - 1, rng.random
    return lambda count: [pool[bisect(likely, throw() * whole, 0, last)] for _ in range(count)]


def _remembered(rng: Random, weeks: Sequence[Pair]) -> Sequence[Pair]:
    """All weeks, or only the latest ones: nobody knows since when the present pace holds."""
    short = rng.random() < SHORT_MEMORY
    return weeks[-rng.randint(LEAST_MEMORY, len(weeks)) :] if short else weeks


def _chi_square(rng: Random) -> float:
    """A weight with one degree of freedom: few weeks tell little, so futures differ widely."""
    return rng.gauss(0.0, 1.0) ** 2
