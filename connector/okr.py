"""The words of a plan as values: cycles, teams, people, objectives, key results and links."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any, Literal

ObjectiveKind = Literal["committed", "aspirational"]
KeyResultKind = Literal["increase", "decrease", "reach", "at_least", "at_most", "between", "done"]
Combine = Literal["pooled", "weighted", "sum", "avg", "min", "max"]
Aggregate = Literal["count", "sum", "avg", "min", "max"]
Over = Literal["done", "open", "all"]
Role = Literal["member", "lead", "viewer", "admin"]
Dropped = Literal["exclude", "as_done", "as_open"]
Curve = Literal["linear", "steps", "late", "early"]
PullRequests = bool | Literal["only"]
CycleState = Literal["draft", "active", "review", "closed"]
ObjectiveState = Literal["draft", "candidate", "active", "postponed", "cancelled"]
Takes = Literal["key_results", "children", "both"]
ProgressFrom = Literal["links", "supports"]


@dataclass(frozen=True, slots=True)
class Measure:
    """What a link measures: a share of work done, or a number.

    ``of`` is the size used: ``count``, ``points`` or ``field:<id>``. For a number,
    ``aggregate`` and ``over`` say how; for a share ``aggregate`` is None.
    """

    of: str = "count"
    aggregate: Aggregate | None = None
    over: Over = "all"

    @property
    def is_share(self) -> bool:
        """Whether it measures a share of work done (else a number)."""
        return self.aggregate is None

    def as_json(self) -> dict[str, str]:
        """The plan file's form: ``{"share": "count"}`` or ``{"number": "sum", "of": …}``."""
        if self.aggregate is None:
            return {"share": self.of}
        of = {} if self.aggregate == "count" else {"of": self.of}
        return {"number": self.aggregate, **of, "over": self.over}


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkRule:
    """What a link counts and how; ``unestimated`` is exclude, zero, median or default:<n>.

    ``statuses`` weighs a state (todo, doing, done) or a tracker's status name, 0..1;
    None counts finished work only, and ``{}`` takes the field mapping's weights. ``types`` narrows
    to these types, ``labels`` to items with any of these labels (any case); empty is all.
    ``pull_requests`` counts them beside other items, or them alone: ``only``.
    """

    measure: Measure = field(default_factory=Measure)
    weight: float = 1.0
    dropped: Dropped = "exclude"
    unestimated: str = "exclude"
    types: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    subtasks: bool = False
    pull_requests: PullRequests = False
    depth: int = 1
    statuses: Mapping[str, float] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyResult:
    """A number going from ``start`` to ``target``; ``limits`` only for ``between``.

    ``steps`` are (day, value): dated intermediate targets, for curve ``steps`` only. With ``guard``
    progress that links bring stays at 0.95 until a person confirms the outcome.
    """

    key: str
    title: str
    kind: KeyResultKind = "increase"
    start: float | None = None
    target: float | None = None
    unit: str = ""
    weight: float = 1.0
    combine: Combine | None = None
    lower_is_better: bool = False
    limits: tuple[float, float] | None = None
    guardrail: bool = False
    owner: str | None = None
    start_date: date | None = None
    end_date: date | None = None
    curve: Curve = "linear"
    steps: tuple[tuple[date, float], ...] = ()
    guard: bool = False
    progress_from: ProgressFrom = "links"


@dataclass(frozen=True, slots=True)
class Cycle:
    """The period objectives live in; both days belong to it."""

    key: str
    start: date
    end: date
    state: CycleState = "active"


def rule_as_json(rule: LinkRule) -> dict[str, Any]:
    """A link rule as it is stored."""
    return {**asdict(rule), "types": list(rule.types), "labels": list(rule.labels)}


def rule_from_json(stored: Mapping[str, Any]) -> LinkRule:
    """The link rule that ``rule_as_json`` stored."""
    measure = Measure(**stored["measure"])
    # Rules stored before a field existed do without it.
    names = {name: tuple(stored.get(name, ())) for name in ("types", "labels")}
    return LinkRule(**{**stored, "measure": measure, **names})
