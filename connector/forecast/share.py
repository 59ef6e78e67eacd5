"""The forecast of a share of work done: work and scope move together, week by week."""

from collections.abc import Sequence
from itertools import chain, pairwise
from random import Random

from connector.forecast.carry import Course, Question, carry
from connector.forecast.futures import Pair, Unseen
from connector.forecast.refusals import refusal, require_finite
from connector.forecast.values import MOST_WEEKS, Forecast, NoForecast, Week

SURPRISE_WORK = 1.25
SURPRISE_SCOPE = 0.5


def forecast_share(
    weeks: Sequence[Week], *, weeks_left: float, target: float, pass_mark: float
) -> Forecast | NoForecast:
    """What becomes of Σ done ÷ Σ total until the end date.

    ``weeks`` are the scope's standings one week apart, oldest first, the last one now: five
    standings enclose four weeks. ``weeks_left`` is the time to the end date in weeks, broken ones
    too. ``target`` and ``pass_mark`` are shares of the work, 0..1.
    """
    require_finite(weeks_left, target, pass_mark, *chain(*((w.done, w.total) for w in weeks)))
    changes = [(b.done - a.done, b.total - a.total) for a, b in pairwise(weeks)][-MOST_WEEKS:]
    none = refusal(len(changes), weeks_left)
    if none:
        return none
    now = weeks[-1]
    if now.total <= 0:
        return NoForecast("There is no work in the scope now, so there is nothing to forecast.")
    done = min(max(now.done, 0.0), now.total)
    course = Course(
        weeks=changes,
        unseen=_unseen(now.total / (len(changes) + weeks_left)),
        state=(done, now.total),
        value=done / now.total,
        walk=_walk,
    )
    return carry(course, Question(weeks_left=weeks_left, target=target, pass_mark=pass_mark))


def _unseen(usual: float) -> Unseen:
    """A week of the size that would fit the work into its time, in work and, less, in scope."""

    def surprise(rng: Random) -> Pair:
        worked, added = rng.expovariate(1.0), rng.expovariate(1.0)
        return SURPRISE_WORK * usual * worked, SURPRISE_SCOPE * usual * added

    return surprise


def _walk(state: Pair, changes: Sequence[Pair]) -> tuple[list[float], Pair]:
    """No more is finished than there is, and only open work leaves the scope."""
    done, total = state
    values = []
    for worked, added in changes:
        most = total + added if added > 0 else total
        done += worked
        done = most if done > most else done if done > 0 else 0.0
        total += added
        total = done if total < done else total
        values.append(done / total if total > 0 else 0.0)
    return values, (done, total)
