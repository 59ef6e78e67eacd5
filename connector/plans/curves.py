"""Whether the way a key result is expected to go makes sense: its curve and dated steps."""

from collections.abc import Iterator
from datetime import date

from connector.plans.changes import Record
from connector.plans.checks import Found

_TIMELESS = {"at_least", "at_most", "between"}


def curve_problems(record: Record) -> Iterator[Found]:
    """A curve or steps its kind has no use for, or one without the other."""
    kind, curve, steps = record["kind"], record["curve"], record["steps"]
    if kind in _TIMELESS and curve != "linear":
        timeless = f"kind {kind} does not wait for time and takes no curve"
        yield "curve", f"{timeless}; remove it (curve: linear)"
    elif curve == "steps" and kind not in {"increase", "decrease"}:
        yield "curve", f"curve steps is for kinds increase and decrease, not {kind}; use another"
    elif curve == "steps" and not steps:
        yield "curve", "curve steps needs steps; add some, as in steps: {2026-11-01: 30}"
    if curve != "steps" and steps:
        only = f"steps are for curve steps, not {curve}"
        yield "steps", f"{only}; add curve: steps, or remove them (steps: null)"


def steps_outside(record: Record, start: date, end: date) -> list[date]:
    """The days of steps outside a key result's own dates, else those of its cycle."""
    first, last = record["start_date"] or start, record["end_date"] or end
    return [day for day, _ in record["steps"] if not first <= day <= last]
