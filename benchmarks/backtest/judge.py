"""Asks for forecasts within histories whose end is known, and judges the answers.

The straight line carries the mean pace of work and of scope since the start to the end date and
is certain of what it finds there.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import ceil, fsum, inf

from benchmarks.backtest.shares import QUARTER
from connector.forecast import Forecast, NoForecast, Week, forecast_number, forecast_share

ASKED = (4, 6, 8, 10, 12)
PASS = 0.7
SLACK = 1e-9


@dataclass(frozen=True, slots=True)
class Bet:
    """A chance, what the straight line said instead (0 or 1), and what came (0 or 1)."""

    chance: float
    line: float
    came: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """One forecast against what came: above or below its range or within; None: not known yet."""

    week: int
    side: int
    date_held: bool | None
    target: Bet
    passed: Bet


def shares(histories: Iterable[Sequence[Week]], *, asked: Sequence[int] = ASKED) -> list[Verdict]:
    """Verdicts on shares: is all the work done by the end of the quarter, or seven tenths of it?"""
    return [v for weeks in histories for week in asked for v in _of_share(weeks, week)]


def numbers(
    histories: Iterable[tuple[float, Sequence[float]]], *, asked: Sequence[int] = ASKED
) -> list[Verdict]:
    """Verdicts on numbers: is the target reached at the end, or seven tenths of the way to it?"""
    return [v for each in histories for week in asked for v in _of_number(each, week)]


def _of_share(weeks: Sequence[Week], week: int) -> Iterator[Verdict]:
    said = forecast_share(weeks[: week + 1], weeks_left=QUARTER - week, target=1.0, pass_mark=PASS)
    if isinstance(said, NoForecast):
        return
    first, now, left = weeks[0], weeks[week], (QUARTER - week) / week
    total = now.total + (now.total - first.total) * left
    done = min(total, now.done + (now.done - first.done) * left)
    reads = [each.done / each.total if each.total else 1.0 for each in weeks]
    line = done / total if total > 0 else 1.0
    yield _verdict(said, reads, line, _Asked(week, 1.0, PASS))


def _of_number(history: tuple[float, Sequence[float]], week: int) -> Iterator[Verdict]:
    target, values = history
    start, now = values[0], values[week]
    mark = start + PASS * (target - start)
    said = forecast_number(
        values[: week + 1],
        weeks_left=QUARTER - week,
        start=start,
        target=target,
        pass_value=mark,
    )
    if isinstance(said, NoForecast):
        return
    line = now + (now - start) / week * (QUARTER - week)
    yield _verdict(said, values, line, _Asked(week, target, mark, falling=target < start))


@dataclass(frozen=True, slots=True)
class _Asked:
    week: int
    target: float
    mark: float
    falling: bool = False

    def met(self, value: float, mark: float) -> bool:
        return value <= mark + SLACK if self.falling else value >= mark - SLACK


def _verdict(said: Forecast, reads: Sequence[float], line: float, asked: _Asked) -> Verdict:
    came = reads[QUARTER]

    def bet(chance: float, mark: float) -> Bet:
        return Bet(chance, float(asked.met(line, mark)), float(asked.met(came, mark)))

    return Verdict(
        week=asked.week,
        side=(came > said.final_high + SLACK) - (came < said.final_low - SLACK),
        date_held=_date_held(said, reads, asked),
        target=bet(said.chance_target, asked.target),
        passed=bet(said.chance_pass, asked.mark),
    )


def _date_held(said: Forecast, reads: Sequence[float], asked: _Asked) -> bool | None:
    """Whether the week in which the target was first reached lies in the range.

    Not asked when it is reached already. A target not reached while the history is known is held
    by a range that ends later, or never.
    """
    later = reads[asked.week :]
    reached = [back for back, value in enumerate(later) if asked.met(value, asked.target)]
    if reached and reached[0] == 0:
        return None
    low, high = (inf if w is None else ceil(w) for w in (said.weeks_low, said.weeks_high))
    if not reached:
        return high >= len(later) if len(later) > 2 * QUARTER else None
    return low <= reached[0] <= high


@dataclass(frozen=True, slots=True)
class Summary:
    """What many verdicts add up to; shares 0..1, Brier scores 0 (best) to 1."""

    asked: int
    held: float
    below: float
    above: float
    dates_held: float | None
    target: tuple[float, float, float]
    passed: tuple[float, float, float]


def summary(verdicts: Sequence[Verdict]) -> Summary:
    """How often ranges held, and the Brier scores of forecast, straight line and base rate."""
    dates = [float(v.date_held) for v in verdicts if v.date_held is not None]
    return Summary(
        asked=len(verdicts),
        held=_mean(float(v.side == 0) for v in verdicts),
        below=_mean(float(v.side < 0) for v in verdicts),
        above=_mean(float(v.side > 0) for v in verdicts),
        dates_held=_mean(dates) if dates else None,
        target=_briers([v.target for v in verdicts]),
        passed=_briers([v.passed for v in verdicts]),
    )


def _briers(bets: Sequence[Bet]) -> tuple[float, float, float]:
    """Mean squared errors: the forecast, the straight line, and always saying the base rate."""
    rate = _mean(bet.came for bet in bets)
    says: list[Callable[[Bet], float]] = [lambda b: b.chance, lambda b: b.line, lambda _: rate]
    forecast, line, base = (_mean((say(b) - b.came) ** 2 for b in bets) for say in says)
    return forecast, line, base


def _mean(values: Iterable[float]) -> float:
    listed = list(values)
    return fsum(listed) / len(listed)
