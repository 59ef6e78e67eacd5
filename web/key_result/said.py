"""What people and rules changed in a key result: values, overrides, targets, ways of counting."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from math import fsum

from connector.explained import ChangeReport
from connector.store.tables import KeyResult


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One change made by a person or a rule; ``items`` of the work are counted otherwise by it."""

    at: datetime
    kind: str
    author: str
    note: str
    scope: str
    value: float | None
    delta: float
    items: int


def said(changes: Sequence[ChangeReport]) -> list[Said]:
    """What was changed by people and rules, newest first; a new rule counts once."""
    own = [each for each in changes if each.nature in {"rule", "person"} or _ends_link(each)]
    return [
        _said(list(group))
        for _, group in groupby(own, lambda each: (each.recorded_at, each.kind, each.author))
    ]


def _ends_link(change: ChangeReport) -> bool:
    """Whether a whole scope left; a scope is named ``tracker:kind:value``, an item never is."""
    return change.kind == "scope_removed" and change.subject.count(":") >= 2


def _said(group: Sequence[ChangeReport]) -> Said:
    newest = group[0]
    scope = newest.subject if _ends_link(newest) else ""
    return Said(
        at=newest.at,
        kind="link_ended" if scope else newest.kind,
        author=newest.author,
        note=next((each.note for each in group if each.note), ""),
        scope=scope,
        value=newest.value,
        delta=fsum(each.delta for each in group),
        items=sum(bool(each.subject) for each in group) if not scope else 0,
    )


@dataclass(frozen=True, slots=True)
class Kept:
    """What its page says of a key result beside its numbers: whether its outcome waits for a
    person to confirm it, and whether it is retired."""

    waits: bool = False
    is_retired: bool = False


def kept(row: KeyResult) -> Kept:
    """The same of one key result."""
    return Kept(bool(row.guard) and row.confirmed_at is None, bool(row.retired))
