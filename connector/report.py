"""What pages, command line and API show of a cycle: values only, all computed elsewhere.

Unknown numbers are None everywhere. Scores and shares are 0..1; values carry the key
result's unit. ``as_json`` of each is the stable shape of ``score --json``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from connector import okr

Health = Literal["unknown", "not_started", "done", "on_track", "at_risk", "off_track"]
Grade = Literal["full", "strong", "moderate", "weak", "unknown"]


@dataclass(frozen=True, slots=True, kw_only=True)
class OverrideReport:
    """A person's value over the computed one; ``until`` None lasts until the next check-in."""

    value: float
    reason: str
    author: str
    made_at: datetime
    until: date | None

    def as_json(self) -> dict[str, Any]:
        """The override's object in the command line's JSON."""
        return {name: plain(getattr(self, name)) for name in "value reason author until".split()}


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkReport:
    """A link's reading now; ``error`` is why it is unknown or old, as a sentence.

    ``rebuilt``: it is a past day before the link was read, told from the tracker's own history.
    ``history_from`` is since when that reaches, ``history_note`` why it does not. ``called`` is
    what the tracker calls it now, where that is another name than the scope's.
    ``work`` is the word for what it counts: items, or pull requests where only these count.
    ``broken``: the tracker cannot read this scope any more, and ``error`` says why.
    """

    id: int
    scope: str
    tracker: str
    title: str
    url: str
    measure: Mapping[str, str]
    weight: float
    done: float | None
    total: float | None
    reading: float | None
    coverage: float | None
    items: int
    excluded: int
    as_of: datetime | None
    error: str | None
    stale: bool
    rebuilt: bool = False
    history_from: datetime | None = None
    history_note: str | None = None
    called: str | None = None
    work: str = "items"
    broken: bool = False

    def as_json(self) -> dict[str, Any]:
        """The link's object in the command line's JSON."""
        names = "scope measure done total reading coverage items excluded as_of error".split()
        return {name: plain(getattr(self, name)) for name in names}


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyResultReport:
    """A key result's numbers; ``reason`` is one sentence under an unusual number, or ''.

    ``computed`` is the value without the ``override``; ``capped``: its guard holds progress that
    links bring at 95 % until a person confirms. ``confidence`` (1 to 10) is the last check-in's.
    ``blockers`` is what the last check-in says is in the way; ``moved_at`` is when work or a
    person's value last changed it, which of a past day is not known.
    """

    key: str
    title: str
    kind: str
    start: float | None
    target: float | None
    limits: tuple[float, float] | None
    unit: str
    weight: float
    guardrail: bool
    owner: str | None
    value: float | None
    progress: float | None
    score: float | None
    expected: float | None
    health: Health
    partial: bool
    reason: str
    as_of: datetime | None
    links: tuple[LinkReport, ...]
    computed: float | None = None
    override: OverrideReport | None = None
    capped: bool = False
    confidence: int | None = None
    progress_from: str = "links"
    blockers: str = ""
    moved_at: datetime | None = None

    def as_json(self) -> dict[str, Any]:
        """The key result's object in the command line's JSON."""
        names = (
            "key title kind start target unit value progress score health partial "
            "expected computed capped confidence"
        ).split()
        shown = {name: plain(getattr(self, name)) for name in names}
        override = self.override.as_json() if self.override else None
        links = [link.as_json() for link in self.links]
        return {**shown, "override": override, "links": links}


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectiveReport:
    """An objective; ``known`` is known weight ÷ total weight (None without key results).

    ``some_unknown``: beside its health, something it is made of is unknown.
    """

    key: str
    title: str
    kind: str
    owner: str | None
    supports: tuple[str, ...]
    weight: float
    score: float | None
    known: float | None
    grade: Grade
    health: Health
    expected: float | None
    key_results: tuple[KeyResultReport, ...]
    takes: str = "key_results"
    passed: bool | None = None
    some_unknown: bool = False

    def as_json(self) -> dict[str, Any]:
        """The objective's object in the command line's JSON."""
        names = "key title kind score known grade passed health some_unknown".split()
        shown = {name: plain(getattr(self, name)) for name in names}
        supports = list(self.supports)
        key_results = [each.as_json() for each in self.key_results]
        return {**shown, "supports": supports, "key_results": key_results}


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamReport:
    """A team: ``score`` of its own objectives, ``subtree_score`` of all below it too."""

    key: str
    name: str
    kind: str
    parent: str | None
    score: float | None
    known: float | None
    subtree_score: float | None
    grade: Grade
    health: Health
    objectives: tuple[ObjectiveReport, ...]
    subtree_known: float | None = None
    lead: str | None = None
    some_unknown: bool = False

    def as_json(self) -> dict[str, Any]:
        """The team's object in the command line's JSON."""
        names = (
            "key name parent lead score known subtree_score subtree_known grade health some_unknown"
        ).split()
        shown = {name: plain(getattr(self, name)) for name in names}
        return {**shown, "objectives": [each.as_json() for each in self.objectives]}


@dataclass(frozen=True, slots=True, kw_only=True)
class Failing:
    """A source that cannot be read, or whose whole connection (``refused``) cannot; without a
    source where that has none yet. ``looked_at`` is its last complete look."""

    connection: str
    source: str | None
    refused: str | None
    error: str | None
    looked_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True, weakref_slot=True)
class CycleReport:
    """A cycle as it stands at ``as_of``; teams come parents first, in plan order.

    ``verdict`` is what a closed cycle is told of its ambition, or None. ``cycles`` are all there
    are, newest first; ``failing`` is what cannot be read now, of a past day nothing.
    """

    as_of: datetime
    cycle: str
    start: date
    end: date
    elapsed: float
    teams: tuple[TeamReport, ...]
    state: str = "active"
    verdict: str | None = None
    cycles: tuple[okr.Cycle, ...] = ()
    failing: tuple[Failing, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The whole answer of ``score --json``."""
        teams = [team.as_json() for team in self.teams]
        told = {"state": self.state, "verdict": self.verdict}
        return {"as_of": plain(self.as_of), "cycle": self.cycle, **told, "teams": teams}


def plain(value: object) -> Any:
    """A value as JSON has it: instants and days as text."""
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return dict(value)
    return value
