"""Where progress should be by now, and how healthy that makes a key result."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from connector.okr import KeyResult, ObjectiveKind
from connector.report import Health
from connector.scoring import PASS_MARKS

_WEAKEST_FIRST: tuple[Health, ...] = (
    "off_track",
    "at_risk",
    "unknown",
    "not_started",
    "on_track",
    "done",
)
_ROUNDING = 1e-12
"""Far above what rounding does to a gap (0.8 − 0.75 > 0.05 in doubles), far below what matters."""


@dataclass(frozen=True, slots=True)
class Thresholds:
    """The largest gaps (expected − progress) that are still on track, and still at risk."""

    on_track: float = 0.05
    at_risk: float = 0.25


def elapsed(start: date, end: date, now: datetime, zone: ZoneInfo) -> float:
    """The share (0..1) of the days from ``start`` to ``end``, both included, that is over."""
    begin, over = day_begins(start, zone), day_begins(end + timedelta(days=1), zone)
    if over <= begin:
        return 1.0 if _instant(now) >= begin else 0.0
    return min(1.0, max(0.0, (_instant(now) - begin) / (over - begin)))


def has_started(start: date, now: datetime, zone: ZoneInfo) -> bool:
    """Whether the day ``start`` has begun in the organisation's zone."""
    return _instant(now) >= day_begins(start, zone)


def day_begins(day: date, zone: ZoneInfo) -> datetime:
    """The first instant (UTC) of a day; where clocks skip midnight, the one after the skip."""
    return datetime.combine(day, time.min, zone).astimezone(UTC)


def pass_mark(kind: ObjectiveKind) -> float:
    """The progress expected at the end: 1.0 for committed, 0.7 for aspirational objectives."""
    return PASS_MARKS[kind]


def expected(e: float, pass_mark: float) -> float:
    """The progress expected once the share ``e`` of the time is over: a straight line."""
    return e * pass_mark


def health(
    kr: KeyResult,
    p: float | None,
    *,
    expected: float,
    stale: bool,
    started: bool,
    thresholds: Thresholds = Thresholds(),
) -> Health:
    """The first row that fits; limits (at least, at most, between) do not wait for time."""
    if p is None or stale:
        return "unknown"
    if not started:
        return "not_started"
    if kr.kind in {"at_least", "at_most", "between"}:
        return "on_track" if p >= 1 else "off_track"
    return "done" if p >= 1 else _by_gap(expected - p, thresholds)


def weakest(healths: Iterable[Health]) -> Health:
    """The weakest of several; ``unknown`` does not hide a red one. Unknown of none."""
    return min(healths, key=_WEAKEST_FIRST.index, default="unknown")


def _by_gap(gap: float, thresholds: Thresholds) -> Health:
    if gap <= thresholds.on_track + _ROUNDING:
        return "on_track"
    return "at_risk" if gap <= thresholds.at_risk + _ROUNDING else "off_track"


def _instant(now: datetime) -> datetime:
    if now.tzinfo is None:
        raise ValueError("a time without a zone is refused")
    return now.astimezone(UTC)
