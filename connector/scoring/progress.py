"""From a value to progress and score. Rules: docs/scoring.md, sections 3 and 4."""

import math
import sys

from connector.okr import KeyResult

UNCONFIRMED = 0.95
"""Where a guard caps the progress that links bring, until a person confirms the outcome."""


def progress(kr: KeyResult, value: float | None) -> float | None:
    """How far ``value`` went from start to target, unclamped (1.18 is 118 %)."""
    if value is None:
        return None
    if kr.kind in {"increase", "decrease"}:
        return _travelled(kr, value)
    met = _met(kr, value)
    return None if met is None else float(met)


def score(p: float | None) -> float | None:
    """Progress within 0..1."""
    return None if p is None else min(1.0, max(0.0, p))


def value_at(kr: KeyResult, p: float | None) -> float | None:
    """The value a progress taken from supports stands for: start + p · (target − start).

    None for kinds that are met or not: between 0 and 1 they have no value.
    """
    if p is None or kr.target is None or kr.kind not in {"increase", "decrease"}:
        return None
    start = _start(kr)
    # Each end is hit exactly, and nothing overflows on the way.
    return None if start is None else start * (1 - p) + kr.target * p


def guarded(
    p: float | None, *, guard: bool, confirmed: bool, linked: bool
) -> tuple[float | None, bool]:
    """(progress, whether it is held back): what links bring is capped until it is confirmed."""
    if p is None or not (guard and linked) or confirmed or p <= UNCONFIRMED:
        return p, False
    return UNCONFIRMED, True


def shown(computed: float | None, override: float | None) -> float | None:
    """The value that counts: a person's word while it stands; the computed one goes on below."""
    return computed if override is None else override


def _travelled(kr: KeyResult, value: float) -> float | None:
    start = _start(kr)
    if start is None or kr.target is None:
        return None
    if kr.target == start:
        return float(_reached(kr, value, kr.target))
    way, whole = value - start, kr.target - start
    if math.isinf(way) or math.isinf(whole):
        way, whole = value / 2 - start / 2, kr.target / 2 - start / 2
    return max(-sys.float_info.max, min(sys.float_info.max, way / whole))


def _start(kr: KeyResult) -> float | None:
    return 0.0 if kr.start is None and kr.kind == "increase" else kr.start


def _met(kr: KeyResult, value: float) -> bool | None:
    if kr.kind == "done":
        return value >= 1
    if kr.kind == "between":
        return None if kr.limits is None else kr.limits[0] <= value <= kr.limits[1]
    return None if kr.target is None else _reached(kr, value, kr.target)


def _reached(kr: KeyResult, value: float, target: float) -> bool:
    downwards = kr.kind in {"at_most", "decrease"} or (kr.kind == "reach" and kr.lower_is_better)
    return value <= target if downwards else value >= target
