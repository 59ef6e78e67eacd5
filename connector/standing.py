"""How the sync does, as figures and lists: for the page, the command and monitoring."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFigures:
    """One source. ``waiting_since`` is when the first delivery came that was not followed yet,
    ``behind`` how many reasons to look are not followed; what is counted only grows, ``deaths``
    are the drains in a row that ended with their process. ``audit`` is what the last one kept."""

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
    """A drain that changed something or failed."""

    connection: str
    source: str
    started_at: datetime
    seconds: float
    calls: int
    changed: int
    gone: int
    error: str | None


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
