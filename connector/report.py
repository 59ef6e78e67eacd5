"""What pages, command line and API show of a cycle: values only, all computed elsewhere.

Unknown numbers are None everywhere. Scores and shares are 0..1; values carry the key
result's unit. ``as_json`` of each is the stable shape of ``score --json`` and ``explain --json``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from connector.work import State

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
        return {name: _plain(getattr(self, name)) for name in "value reason author until".split()}


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkReport:
    """A link's reading now; ``error`` is why it is unknown or old, as a sentence.

    ``rebuilt``: it is a past day before the link was read, told from the tracker's own history.
    ``history_from`` is since when that reaches, ``history_note`` why it does not.
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

    def as_json(self) -> dict[str, Any]:
        """The link's object in the command line's JSON."""
        names = "scope measure done total reading coverage items excluded as_of error".split()
        return {name: _plain(getattr(self, name)) for name in names}


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyResultReport:
    """A key result's numbers; ``reason`` is one sentence under an unusual number, or ''.

    ``computed`` is the value without the ``override``; ``capped``: its guard holds progress that
    links bring at 95 % until a person confirms. ``confidence`` (1 to 10) is the last check-in's.
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

    def as_json(self) -> dict[str, Any]:
        """The key result's object in the command line's JSON."""
        names = (
            "key title kind start target unit value progress score health partial "
            "expected computed capped confidence"
        ).split()
        shown = {name: _plain(getattr(self, name)) for name in names}
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
        shown = {name: _plain(getattr(self, name)) for name in names}
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
        shown = {name: _plain(getattr(self, name)) for name in names}
        return {**shown, "objectives": [each.as_json() for each in self.objectives]}


@dataclass(frozen=True, slots=True, kw_only=True)
class CycleReport:
    """A cycle as it stands at ``as_of``; teams come parents first, in plan order.

    ``verdict`` is what a closed cycle is told of its ambition, or None.
    """

    as_of: datetime
    cycle: str
    start: date
    end: date
    elapsed: float
    teams: tuple[TeamReport, ...]
    state: str = "active"
    verdict: str | None = None

    def as_json(self) -> dict[str, Any]:
        """The whole answer of ``score --json``."""
        teams = [team.as_json() for team in self.teams]
        told = {"state": self.state, "verdict": self.verdict}
        return {"as_of": _plain(self.as_of), "cycle": self.cycle, **told, "teams": teams}


@dataclass(frozen=True, slots=True, kw_only=True)
class ContributionReport:
    """One item's part in one link; ``since`` is when it became so (effective time)."""

    item: str
    title: str
    url: str
    status: str
    state: State
    done: float
    total: float
    included: bool
    reason: str
    since: datetime

    def as_json(self) -> dict[str, Any]:
        """The contribution's object in ``explain --json``."""
        names = "item title url status state done total included reason since".split()
        return {name: _plain(getattr(self, name)) for name in names}


@dataclass(frozen=True, slots=True, kw_only=True)
class MovementReport:
    """One change and the Δ it made to the link's reading (None where either is unknown).

    ``nature`` tells work from scope, rules and people; ``done`` and ``total`` are what it added
    to the amounts done and in all.
    """

    at: datetime
    recorded_at: datetime
    kind: str
    item: str
    delta: float | None
    nature: str = "work"
    done: float = 0.0
    total: float = 0.0

    def as_json(self) -> dict[str, Any]:
        """The movement's object in ``explain --json``."""
        names = "at recorded_at kind nature item delta done total".split()
        return {name: _plain(getattr(self, name)) for name in names}


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeReport:
    """What moved the key result itself; ``delta`` is of its progress, ``value`` stood after it."""

    at: datetime
    recorded_at: datetime
    kind: str
    nature: str
    subject: str
    author: str
    note: str
    delta: float
    value: float | None

    def as_json(self) -> dict[str, Any]:
        """The change's object in ``explain --json``."""
        names = "at recorded_at kind nature subject author note delta value".split()
        return {name: _plain(getattr(self, name)) for name in names}


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkExplanation:
    """What stands behind one link's reading: items included first, movements newest first.

    ``past`` are the movements from before the link was read, rebuilt, by effective time.
    """

    link: LinkReport
    contributions: tuple[ContributionReport, ...]
    movements: tuple[MovementReport, ...]
    past: tuple[MovementReport, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The link's object in ``explain --json``."""
        return {
            **self.link.as_json(),
            "contributions": [each.as_json() for each in self.contributions],
            "movements": [each.as_json() for each in self.movements],
            "rebuilt": self.link.rebuilt,
            "history_from": _plain(self.link.history_from),
            "history_note": self.link.history_note,
            "past": [each.as_json() for each in self.past],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Why a key result is what it is, at ``at``."""

    at: datetime
    cycle: str
    team: str
    objective: str
    key_result: KeyResultReport
    links: tuple[LinkExplanation, ...]
    changes: tuple[ChangeReport, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The whole answer of ``explain --json``."""
        links = [each.as_json() for each in self.links]
        changes = [each.as_json() for each in self.changes]
        return {**self.key_result.as_json(), "links": links, "changes": changes}


def _plain(value: object) -> Any:
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return dict(value)
    return value
