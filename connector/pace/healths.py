"""Health: progress against what is expected."""

from collections.abc import Iterable

from connector.okr import KeyResult
from connector.policy import DEFAULT, Thresholds
from connector.report import Health
from connector.scoring.progress import UNCONFIRMED

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


def health(
    kr: KeyResult,
    p: float | None,
    *,
    expected: float,
    stale: bool,
    started: bool,
    thresholds: Thresholds = DEFAULT.thresholds,
) -> Health:
    """The first row that fits; limits (at least, at most, between) do not wait for time."""
    if p is None or stale:
        return "unknown"
    if not started:
        return "not_started"
    if kr.kind in {"at_least", "at_most", "between"}:
        return "on_track" if _holds(kr, p) else "off_track"
    if p >= 1:
        return "done"
    if thresholds.by == "ratio":
        return _by_ratio(p, expected, thresholds)
    return _by_gap(expected - p, thresholds)


def weakest(healths: Iterable[Health]) -> Health:
    """The weakest of several; ``unknown`` does not hide a red one. Unknown of none."""
    return min(healths, key=_WEAKEST_FIRST.index, default="unknown")


def _holds(kr: KeyResult, p: float) -> bool:
    # A limit that its links say is met may be held back until a person confirms it.
    return p >= (UNCONFIRMED if kr.guard and kr.progress_from == "links" else 1.0)


def _by_gap(gap: float, thresholds: Thresholds) -> Health:
    if gap <= thresholds.on_track + _ROUNDING:
        return "on_track"
    return "at_risk" if gap <= thresholds.at_risk + _ROUNDING else "off_track"


def _by_ratio(p: float, expected: float, thresholds: Thresholds) -> Health:
    """By p ÷ expected; where nothing is expected yet, all is on track."""
    if expected <= 0 or p >= thresholds.on_track * expected - _ROUNDING:
        return "on_track"
    return "at_risk" if p >= thresholds.at_risk * expected - _ROUNDING else "off_track"
