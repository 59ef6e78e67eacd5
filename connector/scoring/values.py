"""From the readings of links to a key result's value. Rules: docs/scoring.md, section 3."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from connector.okr import KeyResult
from connector.scoring.means import Part, mean


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
    if not known:
        return None, False
    value = _shares(kr, known, pooled, of=len(readings)) if share else _number(kr, known)
    return value, value is not None and len(known) < len(readings)


def _shares(
    kr: KeyResult, known: Sequence[Reading], pooled: Reading | None, *, of: int
) -> float | None:
    if of == 1:
        return _in_unit(kr, known[0])
    if pooled is None:
        raise ValueError("several pooled share links need the reading over all their items")
    return _in_unit(kr, pooled)


def _in_unit(kr: KeyResult, reading: Reading) -> float | None:
    if kr.unit != "%" or reading.value is None or reading.done is None or not reading.total:
        return reading.value
    # 100 × 217.001 ÷ 217.001 is not 100 in doubles; everything done must be exactly 100.
    return 100.0 if reading.done == reading.total else 100 * reading.done / reading.total


def _number(kr: KeyResult, known: Sequence[Reading]) -> float:
    values = [each.value for each in known if each.value is not None]
    match kr.combine:
        case "min":
            return min(values)
        case "max":
            return max(values)
        case "avg":
            # Rounding may push a mean of equal values past them by one bit.
            return min(max(values), max(min(values), math.fsum(values) / len(values)))
        case _:
            return math.fsum(values)
