"""Work items: what the mirror holds of an issue, epic, sub-task or pull request."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

Category = Literal["todo", "doing", "done", "unknown"]
"""What the tracker itself says of a status, before any field mapping."""

State = Literal["todo", "doing", "done", "dropped"]
"""What a status means to a score, after the field mapping."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkItem:
    """One work item as the tracker last showed it; all instants are UTC-aware.

    ``external_id`` is the tracker's immutable id, ``key`` the name people use (``PLAT-43``,
    ``acme/api#7``), which can change. ``resolution`` is the tracker's reason for closing.
    ``level`` is -1 for a sub-task, 0 for ordinary work, 1 for an epic, more above it.
    ``tags`` say which scopes it lies in (``project:PLAT``, ``milestone:acme/api/7``).
    ``numbers`` are its number fields by field id. ``state_at`` is when it last changed between
    open and finished as far as the tracker tells, never later than ``updated_at``.
    """

    external_id: str
    key: str
    title: str
    url: str
    status: str
    category: Category
    type: str
    created_at: datetime
    updated_at: datetime
    state_at: datetime
    resolution: str | None = None
    level: int = 0
    pull_request: bool = False
    parent_id: str | None = None
    parent_key: str | None = None
    assignee: str | None = None
    labels: tuple[str, ...] = ()
    tags: frozenset[str] = frozenset()
    numbers: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Ref:
    """Names one work item for a tracker: its immutable id, its key, or both."""

    external_id: str | None
    key: str | None
