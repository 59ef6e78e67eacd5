"""The cycle that comes next, as a proposal: calendar quarters unless others are in use."""

from collections.abc import Sequence
from datetime import date, timedelta

from connector.okr import Cycle


def following(cycles: Sequence[Cycle], today: date) -> Cycle:
    """The cycle to plan next: the quarter today lies in where there is none yet, else what begins
    when the last one ends."""
    if not cycles:
        return _quarter(today)
    last = max(cycles, key=lambda each: each.end)
    start = last.end + timedelta(days=1)
    quarter = _quarter(start)
    if quarter.start == start:
        return quarter
    length = last.end - last.start
    return Cycle(start.strftime("%Y-%m"), start, start + length)


def _quarter(day: date) -> Cycle:
    number = (day.month - 1) // 3
    start = date(day.year, 3 * number + 1, 1)
    following = date(day.year + number // 3, 3 * (number + 1) % 12 + 1, 1)
    return Cycle(f"{day.year}-Q{number + 1}", start, following - timedelta(days=1))
