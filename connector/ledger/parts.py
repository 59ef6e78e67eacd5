"""From work items to contributions: who counts for a link, how much, and why not.

Rules: docs/scoring.md, section 1.
"""

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from connector.mapping import FieldMapping, fold, size_of, state_of
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
    found = list(candidates)
    drafts = [_draft(rule, each, mapping, is_query=is_query) for each in found]
    sizes = [size_of(each.item, rule.measure.of) for each in found]
    default = _default_size(rule, drafts, sizes)
    return [
        _weigh(rule, draft, size, default) if not draft.reason else draft
        for draft, size in zip(drafts, sizes, strict=True)
    ]


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


def _draft(rule: LinkRule, candidate: Candidate, mapping: FieldMapping, *, is_query: bool) -> Part:
    item = candidate.item
    state = state_of(item, mapping)
    return Part(
        item_id=candidate.item_id,
        key=item.key,
        status=item.status,
        state=state,
        reason=_kind_reason(rule, item, is_query=is_query) or _state_reason(rule, state, item),
        changed_at=item.updated_at,
        state_at=item.state_at,
    )


def _kind_reason(rule: LinkRule, item: WorkItem, *, is_query: bool) -> str:
    if rule.types and fold(item.type) not in {fold(name) for name in rule.types}:
        return f"type {item.type} is not counted by this link"
    if item.pull_request and not rule.pull_requests:
        return "pull requests are not counted by this link"
    if item.level < 0 and not rule.subtasks:
        return "sub-task: its parent counts"
    if item.level > 0 and not is_query:
        return "parent: the items below it count"
    return ""


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


def _default_size(
    rule: LinkRule, drafts: Sequence[Part], sizes: Sequence[float | None]
) -> float | None:
    policy, _, number = rule.unestimated.partition(":")
    if policy == "zero":
        return 0.0
    if policy == "default":
        return float(number)
    counted = [s for d, s in zip(drafts, sizes, strict=True) if not d.reason and s is not None]
    return statistics.median(counted) if policy == "median" and counted else None


def _weigh(rule: LinkRule, draft: Part, size: float | None, default: float | None) -> Part:
    total = default if size is None else size
    if total is None:
        return replace(draft, sized=False, reason="no estimate")
    meaning = _meaning(rule, draft.state)
    return replace(
        draft,
        included=True,
        sized=size is not None,
        total=total,
        done=total * _share_done(rule, draft.status, meaning),
        reason="" if size is not None else f"no estimate: counted as {total:g}",
    )


def _share_done(rule: LinkRule, status: str, meaning: str) -> float:
    if rule.statuses is None:
        return 1.0 if meaning == "done" else 0.0
    given = {fold(name): weight for name, weight in rule.statuses.items()}
    named = given.get(fold(status))
    return named if named is not None else given.get(meaning, WEIGHTS[meaning])
