"""The share of a period that is over, by the clock or by working days."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

_DAY = timedelta(days=1)
_WEEK = frozenset(range(7))


def elapsed(
    start: date,
    end: date,
    now: datetime,
    zone: ZoneInfo,
    *,
    days: frozenset[int] | None = None,
    holidays: frozenset[date] = frozenset(),
) -> float:
    """The share (0..1) of the days from ``start`` to ``end``, both included, that is over.

    With ``days`` (0 is Monday) or holidays only working days count, each the same, of today the
    part that is over; where the period has none, all its time counts.
    """
    return _elapsed(start, end, _instant(now), zone, days=days, holidays=holidays)


def has_started(start: date, now: datetime, zone: ZoneInfo) -> bool:
    """Whether the day ``start`` has begun in the organisation's zone."""
    return _instant(now) >= day_begins(start, zone)


def day_begins(day: date, zone: ZoneInfo) -> datetime:
    """The first instant (UTC) of a day; where clocks skip midnight, the one after the skip."""
    return datetime.combine(day, time.min, zone).astimezone(UTC)


@lru_cache(maxsize=1024)  # thousands of key results share the dates of their cycle
def _elapsed(
    start: date,
    end: date,
    moment: datetime,
    zone: ZoneInfo,
    *,
    days: frozenset[int] | None,
    holidays: frozenset[date],
) -> float:
    begin, over = day_begins(start, zone), day_begins(end + _DAY, zone)
    if moment < begin or moment >= over:
        return 0.0 if moment < begin else 1.0
    calendar = _Calendar(_WEEK if days is None else days, holidays)
    working = calendar.between(start, end) if days is not None or holidays else 0
    if not working:
        return (moment - begin) / (over - begin)
    today = moment.astimezone(zone).date()
    gone: float = calendar.between(start, today - _DAY)
    if today in calendar:
        gone += _part_over(today, moment, zone)
    return min(1.0, gone / working)


@dataclass(frozen=True, slots=True)
class _Calendar:
    """Which days are worked."""

    weekdays: frozenset[int]
    holidays: frozenset[date]

    def __contains__(self, day: date) -> bool:
        return day.weekday() in self.weekdays and day not in self.holidays

    def between(self, first: date, last: date) -> int:
        """How many days are worked from ``first`` to ``last``, both included."""
        weeks, rest = divmod((last - first).days + 1, 7)
        over = sum((first.weekday() + day) % 7 in self.weekdays for day in range(rest))
        free = sum(first <= day <= last and day.weekday() in self.weekdays for day in self.holidays)
        return weeks * len(self.weekdays) + over - free


def _part_over(day: date, moment: datetime, zone: ZoneInfo) -> float:
    begin = day_begins(day, zone)
    return max(0.0, (moment - begin) / (day_begins(day + _DAY, zone) - begin))


def _instant(now: datetime) -> datetime:
    if now.tzinfo is None:
        raise ValueError("a time without a zone is refused")
    return now.astimezone(UTC)
