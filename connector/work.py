"""Work items: what the mirror holds of an issue, epic, sub-task or pull request."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

Category = Literal["todo", "doing", "done", "unknown"]
"""What the tracker itself says of a status, before any field mapping."""

State = Literal["todo", "doing", "done", "dropped"]
"""What a status means to a score, after the field mapping."""

LARGEST = 1e15
"""The largest size of an item: beyond it no estimate means anything, and sums lose whole units."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkItem:
    """One work item as the tracker last showed it; all instants are UTC-aware.

    ``external_id`` is the tracker's immutable id, ``key`` the name people use (``PLAT-43``,
    ``acme/api#7``), which can change. ``resolution`` is the tracker's reason for closing.
    ``level`` is -1 for a sub-task, 0 for ordinary work, 1 for an epic, more above it.
    ``place`` is the project or repository it lies in (``PLAT``, ``acme/api``). ``tags`` say which
    scopes it lies in (``project:PLAT``, ``milestone:acme/api/7``) and what it is called on a board
    (``board:acme/3/in progress``). ``numbers`` are its number fields by field id. ``state_at`` is
    when it last changed between open and finished as far as the tracker tells, never later than
    ``updated_at``. ``assignee_email`` is one the tracker has verified; it is compared and never
    stored. ``mentions`` are the keys of key results the item itself names, by a label or a line of
    its description; None when that was not read.
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
    place: str = ""
    level: int = 0
    pull_request: bool = False
    parent_id: str | None = None
    parent_key: str | None = None
    assignee: str | None = None
    assignee_name: str | None = None
    assignee_email: str | None = field(default=None, repr=False)
    labels: tuple[str, ...] = ()
    tags: frozenset[str] = frozenset()
    numbers: Mapping[str, float] = field(default_factory=dict)
    mentions: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Ref:
    """Names one work item for a tracker: its immutable id, its key, or both."""

    external_id: str | None
    key: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemEvent:
    """One dated change of a work item, as its tracker keeps it.

    ``before`` and ``after`` hold the changed fields of the ``WorkItem`` by name: ``status`` (always
    with ``category``), ``resolution``, ``type`` (with ``level``), ``parent_id`` and ``parent_key``,
    ``key``, ``place``. Of ``tags`` and ``labels`` they hold only what was taken away (before) and
    what was added (after), as lists; of ``numbers`` the fields that changed, None for an empty one.
    """

    external_id: str
    at: datetime
    before: Mapping[str, Any]
    after: Mapping[str, Any]
