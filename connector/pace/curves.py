"""The progress that is expected by now: the key result's curve times the pass mark."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from connector.okr import KeyResult, ObjectiveKind
from connector.pace.times import has_started
from connector.policy import DEFAULT, Policy
from connector.scoring import progress


def pass_mark(kind: ObjectiveKind, policy: Policy = DEFAULT) -> float:
    """The progress expected at the end: 1.0 for committed, 0.7 for aspirational objectives."""
    return policy.pass_marks[kind]


def curve(kr: KeyResult, e: float, *, now: datetime, zone: ZoneInfo) -> float:
    """How far the key result's curve has come once the share ``e`` of its time is over.

    ``now`` and ``zone`` say which dated steps are due: each holds from the end of its day.
    """
    match kr.curve:
        case "late":
            return e * e
        case "early":
            return 1 - (1 - e) * (1 - e)
        case "steps":
            return 1.0 if e >= 1 else _step(kr, now, zone)
        case _:
            return e


def expected(curve: float, pass_mark: float) -> float:
    """The progress expected where the curve has come so far; a straight line's curve is ``e``."""
    return curve * pass_mark


def _step(kr: KeyResult, now: datetime, zone: ZoneInfo) -> float:
    """The progress of the last dated step whose day is over; 0 before the first."""
    due = [step for step in kr.steps if has_started(step[0] + timedelta(days=1), now, zone)]
    return (progress(kr, max(due)[1]) or 0.0) if due else 0.0
