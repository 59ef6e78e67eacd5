"""From work items to contributions: who counts for a link, how much, and why not.

Rules: docs/scoring.md, section 1.
"""

import statistics
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from operator import attrgetter

from connector.mapping import (
    Counts,
    FieldMapping,
    Words,
    fold,
    is_mapped,
    size_of,
    state_of,
)
from connector.okr import LinkRule
from connector.work import State, WorkItem

WEIGHTS = {"todo": 0.0, "doing": 0.5, "done": 1.0}


@dataclass(frozen=True, slots=True)
class Candidate:
    """An item that lies in a link's scope, with the id the mirror gave it."""

    item_id: int
    item: WorkItem


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One item's part in one link; ``done`` and ``total`` are 0 unless it is included.

    ``sized`` is None for an item that does not count, else whether it has the size measured.
    ``changed_at`` is the tracker's time of the change that made it so, ``state_at`` of its state.
    """

    item_id: int
    key: str
    status: str
    state: State
    done: float = 0.0
    total: float = 0.0
    in_scope: bool = True
    included: bool = False
    sized: bool | None = None
    reason: str = ""
    changed_at: datetime
    state_at: datetime


def parts(
    rule: LinkRule, candidates: Iterable[Candidate], mapping: FieldMapping, *, is_query: bool
) -> list[Part]:
    """Every item in scope as a part, in the order given; ``is_query`` says it is a JQL scope."""
    weigher = Weigher(rule, mapping, is_query=is_query)
    drafted = map(weigher.draft, candidates)
    if rule.unestimated != "median":  # what the others are does not matter: one pass
        default = weigher.default_size(())
        return [weigher.weigh(each, default) for each in drafted]
    drafts = list(drafted)
    default = weigher.default_size(each.size for each in drafts if not each.part.reason)
    return [weigher.weigh(each, default) for each in drafts]


TELLING = ("status", "state", "done", "total", "in_scope", "included", "sized", "reason", "key")
telling = attrgetter(*TELLING)
"""What a part (or a version) says, in the order of ``TELLING``."""


def differs(one: object, other: object) -> bool:
    """Whether two parts of one item (or versions of it) say different things."""
    return bool(telling(one) != telling(other))


def left(part: Part, reason: str, at: datetime) -> Part:
    """The part of an item that is no longer in the scope."""
    return replace(
        part,
        done=0.0,
        total=0.0,
        in_scope=False,
        included=False,
        sized=None,
        reason=reason,
        changed_at=at,
        state_at=at,
    )


@dataclass(frozen=True, slots=True)
class Draft:
    """A part before it is weighed, with the size of its item; ``part.reason`` says why not.

    ``note`` is what to say of an item that counts.
    """

    part: Part
    size: float | None
    words: Words
    note: str = ""


class Weigher:
    """One link's rule under one field mapping, applied item by item."""

    def __init__(self, rule: LinkRule, mapping: FieldMapping, *, is_query: bool) -> None:
        self._rule, self._mapping, self._is_query = rule, mapping, is_query
        self._types = frozenset(map(fold, rule.types))
        self._labels = frozenset(map(fold, rule.labels))
        self._given = {fold(name): weight for name, weight in (rule.statuses or {}).items()}

    def draft(self, candidate: Candidate) -> Draft:
        """Whether an item in scope counts, and how big it is."""
        item = candidate.item
        words = self._mapping.at(item.place)
        state = state_of(item, self._mapping)
        reason = self._kind_reason(item, words) or _state_reason(self._rule, state, item)
        part = Part(
            item_id=candidate.item_id,
            key=item.key,
            status=item.status,
            state=state,
            reason=reason,
            changed_at=item.updated_at,
            state_at=item.state_at,
        )
        size = None if reason else size_of(item, self._rule.measure.of, self._mapping)
        unclear = item.category == "unknown" and not is_mapped(item, self._mapping)
        note = f"status {item.status} is mapped to nothing: counted as to do" if unclear else ""
        return Draft(part, size, words, note)

    def default_size(self, counted: Iterable[float | None]) -> float | None:
        """The size of an item without one, from the sizes of all items that count."""
        policy, _, number = self._rule.unestimated.partition(":")
        if policy == "zero":
            return 0.0
        if policy == "default":
            return float(number)
        if policy != "median":
            return None
        sized = [size for size in counted if size is not None]
        return statistics.median(sized) if sized else None

    def weigh(self, draft: Draft, default: float | None) -> Part:
        """The whole part of an item, given the size of items without one."""
        part = draft.part
        if part.reason:
            return part
        total = default if draft.size is None else draft.size
        if total is None:
            return replace(part, sized=False, reason="no estimate")
        # Written out: ``replace`` costs twice as much, and this is done for every item.
        return Part(
            item_id=part.item_id,
            key=part.key,
            status=part.status,
            state=part.state,
            done=total * self._share_done(part, draft.words),
            total=total,
            included=True,
            sized=draft.size is not None,
            reason=draft.note if draft.size is not None else _guessed(total, draft.note),
            changed_at=part.changed_at,
            state_at=part.state_at,
        )

    def _kind_reason(self, item: WorkItem, words: Words) -> str:
        """Why an item of this kind is not counted, or ""."""
        if self._types and fold(item.type) not in self._types:
            return f"type {item.type} is not counted by this link"
        if self._labels and self._labels.isdisjoint(map(fold, item.labels)):
            return "has none of the labels this link counts"
        if item.pull_request and not self._rule.pull_requests:
            return "pull requests are not counted by this link"
        if self._rule.pull_requests == "only" and not item.pull_request:
            return "only pull requests are counted by this link"
        counts = _counts(item, words)
        if counts == "never":
            return f"type {item.type} is not counted by the field mapping"
        if counts == "subtask" and not self._rule.subtasks:
            return "sub-task: its parent counts"
        if counts == "parent" and not self._is_query:
            return "parent: the items below it count"
        return ""

    def _share_done(self, part: Part, words: Words) -> float:
        meaning = _meaning(self._rule, part.state)
        if self._rule.statuses is None:
            return 1.0 if meaning == "done" else 0.0
        # A dropped item has the weight of what the link takes it for, not of its status.
        names = (meaning,) if part.state == "dropped" else (fold(part.status), meaning)
        for name in names:
            for weights in (self._given, words.weights):
                if name in weights:
                    return weights[name]
        return WEIGHTS[meaning]


def _guessed(total: float, note: str) -> str:
    guess = f"no estimate: counted as {total:g}"
    return f"{guess}; {note}" if note else guess


def _counts(item: WorkItem, words: Words) -> Counts:
    rule = words.types.get(fold(item.type)) if words.types else None
    if rule is not None and rule.counts is not None:
        return rule.counts
    return "subtask" if item.level < 0 else "parent" if item.level > 0 else "item"


def _state_reason(rule: LinkRule, state: State, item: WorkItem) -> str:
    if state == "dropped" and rule.dropped == "exclude":
        return f"dropped: {item.resolution or item.status}"
    over = rule.measure.over
    if rule.measure.is_share or over == "all":
        return ""
    is_done = _meaning(rule, state) == "done"
    if is_done == (over == "done"):
        return ""
    return "finished: open items count" if is_done else "open: finished items count"


def _meaning(rule: LinkRule, state: State) -> str:
    """The state a score sees, after the link's policy for dropped items."""
    if state != "dropped":
        return state
    return "done" if rule.dropped == "as_done" else "todo"
