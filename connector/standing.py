"""How the sync does, as figures and lists: for the page, the command and monitoring."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any

OVERDUE_POLLS = 3
"""Polls that may be missed before a source counts as overdue."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFigures:
    """One source. ``waiting_since`` is when the first delivery came that was not followed yet,
    ``behind`` how many reasons to look are not followed; what is counted only grows, ``deaths``
    are the drains in a row that ended with their process. ``audit`` is what the last one kept.
    No call is made before ``not_before``, as the tracker asked, nor before ``rests_until``, when
    nobody answered; ``lease_until`` lies ahead while it is being read. ``left_alone`` is since when
    an admin has it paused."""

    id: int
    connection: str
    tracker: str
    key: str
    looked_at: datetime | None
    due_at: datetime | None
    failing_since: datetime | None
    broken: bool
    waiting_since: datetime | None
    behind: int
    failures: int
    deaths: int
    drains: int
    calls: int
    items_read: int
    repaired: int
    aside: int = 0
    audited_at: datetime | None = None
    audit: Mapping[str, Any] = field(default_factory=dict)
    error: str | None = None
    not_before: datetime | None = None
    rests_until: datetime | None = None
    lease_until: datetime | None = None
    left_alone: datetime | None = None

    def paused_until(self, now: datetime) -> datetime | None:
        """Until when the tracker asked to be left alone, while that lies ahead."""
        until = self.not_before
        return until if until is not None and until > now and not self.broken else None

    def overdue_since(self, now: datetime, poll: timedelta) -> datetime | None:
        """Since when it should have been looked at, where several polls were missed."""
        is_held = self.lease_until is not None and self.lease_until > now
        if self.broken or self.left_alone or is_held:
            return None
        waits = filter(None, (self.due_at, self.not_before, self.rests_until))
        since = max(waits, default=None)
        return since if since is not None and since + OVERDUE_POLLS * poll < now else None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionFigures:
    """One connection: deliveries by kind, notes by state, and what the tracker's limits left."""

    name: str
    tracker: str
    deliveries: Mapping[str, int]
    notes: Mapping[str, int]
    limit: float | None
    left: float | None
    repairs: bool
    """Whether deliveries come at all, so that a poll may be found to mend what they left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Aside:
    """An item that is set aside; ``why`` is a sentence, ``again`` says that it is tried next."""

    connection: str
    source: str
    item: str
    field: str
    why: str
    since: datetime
    attempts: int
    again: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RunLine:
    """A drain that changed something, or failed: ``times`` in a row with the same error, first at
    ``since``."""

    connection: str
    source: str
    started_at: datetime
    seconds: float
    calls: int
    changed: int
    gone: int
    error: str | None
    times: int
    since: datetime
    read: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class UnsentNotes:
    """Notes a connection could not send: a sentence, how many, and whether they were given up."""

    connection: str
    why: str
    number: int
    given_up: bool


@dataclass(frozen=True, slots=True)
class Figures:
    """What is counted, with as many statements however much there is."""

    sources: tuple[SourceFigures, ...]
    connections: tuple[ConnectionFigures, ...]


@dataclass(frozen=True, slots=True)
class Standing:
    """All of it; ``aside`` and ``runs`` hold the newest, ``aside_in_all`` how many there are."""

    figures: Figures
    aside: tuple[Aside, ...]
    aside_in_all: int
    runs: tuple[RunLine, ...]
    notes: tuple[UnsentNotes, ...]

    def as_json(self) -> dict[str, Any]:
        """For programs."""
        found: dict[str, Any] = _plain(asdict(self))
        return found


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}
    return [_plain(each) for each in value] if isinstance(value, list | tuple) else value
