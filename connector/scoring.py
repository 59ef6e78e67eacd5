"""From readings to values, progress, scores, means and grades: pure arithmetic.

Numbers are doubles, summed with ``math.fsum`` so that order cannot matter and never rounded.
None means unknown and is never 0.
"""

import math
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from connector.okr import KeyResult, ObjectiveKind
from connector.report import Grade

PASS_MARKS: Mapping[ObjectiveKind, float] = {"committed": 1.0, "aspirational": 0.7}
"""The score from which an objective of each kind has passed."""


@dataclass(frozen=True, slots=True)
class Part:
    """One score in a weighted mean; a weight is finite and not negative."""

    weight: float
    score: float | None

    def __post_init__(self) -> None:
        if not 0 <= self.weight < math.inf:
            raise ValueError(f"a weight must be finite and not negative, not {self.weight}")


@dataclass(frozen=True, slots=True)
class Mean:
    """A weighted mean of what is known, and known weight ÷ total weight (None without weight)."""

    score: float | None
    known: float | None


@dataclass(frozen=True, slots=True)
class Reading:
    """What a link says: a share has ``done``, ``total`` and their quotient, a number its value."""

    done: float | None
    total: float | None
    value: float | None


def share(done: float, total: float) -> Reading:
    """The reading of a share, 0..1; unknown without anything to do."""
    return Reading(done, total, done / total if total else None)


def number(value: float | None) -> Reading:
    """The reading of a number."""
    return Reading(None, None, value)


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


def mean(parts: Iterable[Part]) -> Mean:
    """The weighted mean of the known scores; weight 0 leaves a part out."""
    counted = [part for part in parts if part.weight > 0]
    if not counted:
        return Mean(None, None)
    known = [(part.weight, part.score) for part in counted if part.score is not None]
    exponent = _exponent(part.weight for part in counted)
    total = math.fsum(math.ldexp(part.weight, -exponent) for part in counted)
    share_known = math.fsum(math.ldexp(weight, -exponent) for weight, _ in known) / total
    return Mean(_weighted(known) if known else None, share_known)


def grade(score: float | None) -> Grade:
    """The band an unrounded score lies in."""
    if score is None:
        return "unknown"
    if score >= 1:
        return "full"
    if score >= 0.7:
        return "strong"
    return "moderate" if score >= 0.4 else "weak"


def passes(score: float | None, kind: ObjectiveKind) -> bool | None:
    """Whether an objective of this kind passed; None while its score is unknown."""
    return None if score is None else score >= PASS_MARKS[kind]


def combine(
    kr: KeyResult,
    readings: Sequence[tuple[float, Reading]],
    *,
    share: bool,
    pooled: Reading | None,
) -> tuple[float | None, bool]:
    """The key result's value in its unit from (weight, reading) of its links, and if it is partial.

    ``pooled`` is the reading over all items of the known links, each item once; it is needed
    when several share links are pooled. Partial: some links that count are unknown, not all.
    """
    if share and kr.combine == "weighted" and len(readings) > 1:
        result = mean(Part(weight, _in_unit(kr, reading)) for weight, reading in readings)
        return result.score, result.score is not None and result.known != 1
    known = [reading for _, reading in readings if reading.value is not None]
    partial = 0 < len(known) < len(readings)
    if not known:
        return None, False
    if not share:
        return _number(kr, [each.value for each in known if each.value is not None]), partial
    if len(readings) == 1:
        return _in_unit(kr, known[0]), partial
    if pooled is None:
        raise ValueError("several pooled share links need the reading over all their items")
    return _in_unit(kr, pooled), partial


def _travelled(kr: KeyResult, value: float) -> float | None:
    start = 0.0 if kr.start is None and kr.kind == "increase" else kr.start
    if start is None or kr.target is None:
        return None
    if kr.target == start:
        return float(_reached(kr, value, kr.target))
    way, whole = value - start, kr.target - start
    if math.isinf(way) or math.isinf(whole):
        way, whole = value / 2 - start / 2, kr.target / 2 - start / 2
    return max(-sys.float_info.max, min(sys.float_info.max, way / whole))


def _met(kr: KeyResult, value: float) -> bool | None:
    if kr.kind == "done":
        return value >= 1
    if kr.kind == "between":
        return None if kr.limits is None else kr.limits[0] <= value <= kr.limits[1]
    return None if kr.target is None else _reached(kr, value, kr.target)


def _reached(kr: KeyResult, value: float, target: float) -> bool:
    downwards = kr.kind in {"at_most", "decrease"} or (kr.kind == "reach" and kr.lower_is_better)
    return value <= target if downwards else value >= target


def _exponent(weights: Iterable[float]) -> int:
    # Scaling by a power of two is exact: no weight over- or underflows a sum, no bit changes.
    return math.frexp(max(weights))[1]


def _weighted(known: Sequence[tuple[float, float]]) -> float:
    exponent = _exponent(weight for weight, _ in known)
    scaled = [(math.ldexp(weight, -exponent), score) for weight, score in known]
    scores = [score for _, score in known]
    middle = math.fsum(weight * score for weight, score in scaled) / math.fsum(
        weight for weight, _ in scaled
    )
    # Rounding may push a mean of equal scores past them by one bit, and out of its grade.
    return min(max(scores), max(min(scores), middle))


def _in_unit(kr: KeyResult, reading: Reading) -> float | None:
    if kr.unit != "%" or reading.value is None or reading.done is None or not reading.total:
        return reading.value
    # 100 × 217.001 ÷ 217.001 is not 100 in doubles; everything done must be exactly 100.
    return 100.0 if reading.done == reading.total else 100 * reading.done / reading.total


def _number(kr: KeyResult, values: Sequence[float]) -> float:
    match kr.combine:
        case "min":
            return min(values)
        case "max":
            return max(values)
        case "avg":
            middle = math.fsum(values) / len(values)
            return min(max(values), max(min(values), middle))
        case _:
            return math.fsum(values)
