"""Versions of contributions, and the movements between them. Rules: docs/scoring.md, section 8."""

from bisect import bisect_left, insort
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Literal

from connector.ledger.parts import Part
from connector.okr import Measure
from connector.work import State

Cause = Literal["linked", "tracker", "rule"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A contribution as the ledger holds it: effective and recorded time, with a cause."""

    item_id: int
    key: str
    status: str
    state: State
    done: float
    total: float
    in_scope: bool
    included: bool
    sized: bool | None
    reason: str
    cause: str
    valid_from: datetime
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class Movement:
    """One change of a contribution and the Δ it made to its link's reading."""

    at: datetime
    recorded_at: datetime
    kind: str
    key: str
    delta: float


def changed(before: Version | None, after: Part) -> bool:
    """Whether a part says something new: only then a version is written."""
    if before is None:
        return True
    names = ("status", "state", "done", "total", "in_scope", "included", "sized", "reason", "key")
    return any(getattr(before, name) != getattr(after, name) for name in names)


def effective(before: Version | None, after: Part, cause: Cause, now: datetime) -> datetime:
    """Since when a new version holds: the tracker's own time, never later than now."""
    if cause == "rule":
        return now
    if before is None or before.state != after.state:
        return min(after.state_at, now)
    # The item itself is as it was: what else moved it (a median, say) is learnt now.
    return min(after.changed_at, now) if after.changed_at > before.recorded_at else now


def movements(measure: Measure, versions: Iterable[Version]) -> list[Movement]:
    """All movements of a link in the order recorded; their Δ sum to the reading's change."""
    ordered = sorted(versions, key=lambda v: (v.recorded_at, v.valid_from, v.key))
    tally = _Tally(measure)
    before: dict[int, Version] = {}
    found = []
    for version in ordered:
        previous = before.get(version.item_id)
        delta = tally.swap(previous, version)
        kind = _kind(previous, version)
        if kind:
            found.append(
                Movement(version.valid_from, version.recorded_at, kind, version.key, delta)
            )
        before[version.item_id] = version
    return found


def _kind(before: Version | None, after: Version) -> str:
    """The movement's kind, or "" where nothing a score sees has changed."""
    was, is_now = before is not None and before.included, after.included
    if not was and not is_now:
        return ""
    if after.cause == "rule":
        return "rule_changed"
    turned = _turned(before, after) if before is not None and before.in_scope else ""
    if not was:
        return turned or "scope_added"
    if not is_now:
        gone = "dropped" if after.state == "dropped" else turned or "scope_removed"
        return gone if after.in_scope else "scope_removed"
    return turned or _kind_within(before, after) if before else ""


def _turned(before: Version, after: Version) -> str:
    """Work that ended or began anew; a number over open or done items then loses or gains it."""
    if "dropped" in {before.state, after.state} or before.state == after.state:
        return ""
    if after.state == "done":
        return "finished"
    return "reopened" if before.state == "done" else ""


def _kind_within(before: Version, after: Version) -> str:
    if after.state == "dropped" and before.state != "dropped":
        return "dropped"
    if before.total != after.total:
        return "resized"
    return "advanced" if before.done != after.done else ""


class _Tally:
    """A reading kept up to date version by version; an empty one stands at 0.

    Sums are exact: what was added and taken away again leaves nothing behind.
    """

    def __init__(self, measure: Measure) -> None:
        self._measure = measure
        self._done = self._total = Fraction(0)
        self._sizes: list[float] = []

    def swap(self, before: Version | None, after: Version) -> float:
        """Replace one contribution and return the Δ of the reading."""
        old = self._value()
        if before is not None and before.included:
            self._done -= Fraction(before.done)
            self._total -= Fraction(before.total)
            del self._sizes[bisect_left(self._sizes, before.total)]
        if after.included:
            self._done += Fraction(after.done)
            self._total += Fraction(after.total)
            insort(self._sizes, after.total)
        return self._value() - old

    def _value(self) -> float:
        if not self._sizes:
            return 0.0
        if self._measure.is_share:
            return float(self._done) / float(self._total) if self._total else 0.0
        match self._measure.aggregate:
            case "count":
                return float(len(self._sizes))
            case "avg":
                return float(self._total) / len(self._sizes)
            case "min":
                return self._sizes[0]
            case "max":
                return self._sizes[-1]
        return float(self._total)
