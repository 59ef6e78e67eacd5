"""Versions of contributions, and the movements between them. Rules: docs/scoring.md, section 8."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import Literal

from connector.ledger.parts import Part, differs
from connector.ledger.tally import Tally
from connector.okr import Measure
from connector.work import State

Cause = Literal["linked", "tracker", "rule", "history", "reapplied"]
"""Why a version was written. The last two say how the past would have read: rebuilt from the
tracker's own history, or by a rule changed later; they were never shown and move nothing."""

REBUILT = frozenset({"history", "reapplied"})

Nature = Literal["work", "scope", "rule", "person"]
"""What a movement tells of: work done or undone, more or less to do, other rules, or a person."""

NATURES: dict[str, Nature] = {
    "finished": "work",
    "reopened": "work",
    "advanced": "work",
    "scope_added": "scope",
    "scope_removed": "scope",
    "dropped": "scope",
    "resized": "scope",
    "rule_changed": "rule",
    "target_changed": "rule",
    "override_set": "person",
    "override_ended": "person",
    "value_typed": "person",
    "value_pushed": "person",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A contribution as the ledger holds it: effective and recorded time, with a cause.

    ``replaced_at`` is when another version took its place; None holds now.
    """

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
    replaced_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Movement:
    """One change of a contribution and the Δ it made to its link's reading.

    ``done`` and ``total`` are what it added to the amounts done and in all; ``why`` says of what
    left the scope what became of it.
    """

    at: datetime
    recorded_at: datetime
    kind: str
    key: str
    delta: float
    done: float = 0.0
    total: float = 0.0
    why: str = ""

    @property
    def nature(self) -> Nature:
        """Whether work, scope, a rule or a person made it."""
        return NATURES[self.kind]


def changed(before: Version | None, after: Part) -> bool:
    """Whether a part says something new: only then a version is written."""
    return before is None or differs(before, after)


def effective(before: Version | None, after: Part, cause: Cause, now: datetime) -> datetime:
    """Since when a new version holds: the tracker's own time, never later than now."""
    if cause == "rule":
        return now
    if cause == "linked" or (
        before is not None and before.in_scope and before.state != after.state
    ):
        return min(after.state_at, now)
    if before is None or not before.in_scope:
        return min(after.changed_at, now)  # it came into the scope by that change
    # The item itself is as it was: what else moved it (a median, say) is learnt now.
    return min(after.changed_at, now) if after.changed_at > before.recorded_at else now


def movements(measure: Measure, versions: Iterable[Version]) -> list[Movement]:
    """All movements of a link in the order recorded; their Δ sum to the reading's change.

    A reading begins at 0. Versions that only rebuild the past move nothing.
    """
    recorded = [each for each in versions if each.cause not in REBUILT]
    return _moved(measure, sorted(recorded, key=as_recorded))


def as_recorded(version: Version) -> tuple[datetime, bool, datetime, str]:
    """What versions are ordered by: as they were recorded, within that by effective time and key.

    Where a clock that was set back has several recordings share an instant, what was replaced in
    that very instant comes first: the last word on an item is the one that held on.
    """
    held_on = version.replaced_at != version.recorded_at
    return version.recorded_at, held_on, version.valid_from, version.key


def recorded(versions: Iterable[Version], at: datetime | None = None) -> list[Version]:
    """The versions that hold now, or held at an instant as it was known then."""
    if at is None:
        return [each for each in versions if each.replaced_at is None]
    return [
        each
        for each in versions
        if each.recorded_at <= at and (each.replaced_at is None or each.replaced_at > at)
    ]


def rebuilt(measure: Measure, versions: Iterable[Version]) -> list[Movement]:
    """The movements of the past as it was last rebuilt, by effective time."""
    found = [each for each in versions if each.cause in REBUILT]
    newest = max((each.recorded_at for each in found), default=None)
    last = [each for each in found if each.recorded_at == newest]
    return _moved(measure, sorted(last, key=attrgetter("valid_from", "key")))


def _moved(measure: Measure, ordered: Iterable[Version]) -> list[Movement]:
    tally = Tally(measure)
    before: dict[int, Version] = {}
    found = []
    reading = 0.0
    for version in ordered:
        previous = before.get(version.item_id)
        before[version.item_id] = version
        kind = kind_of(previous, version)
        if not kind and not version.included and (previous is None or not previous.included):
            continue
        tally.swap(previous, version)
        was, reading = reading, tally.value or 0.0
        if kind:
            done, total = _amounts(previous, version)
            at = (version.valid_from, version.recorded_at)
            why = "" if version.in_scope else version.reason
            found.append(Movement(*at, kind, version.key, reading - was, done, total, why))
    return found


def _amounts(before: Version | None, after: Version) -> tuple[float, float]:
    was = before if before is not None and before.included else None
    is_now = after if after.included else None
    return (
        (is_now.done if is_now else 0.0) - (was.done if was else 0.0),
        (is_now.total if is_now else 0.0) - (was.total if was else 0.0),
    )


def kind_of(before: Version | None, after: Version) -> str:
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
