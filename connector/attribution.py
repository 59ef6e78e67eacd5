"""From a work item or a person up to what their work serves, as values.

People are never compared: there is no count, sum or rank per person.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from connector.explained import ContributionReport
from connector.work import State

AboveKind = Literal["objective", "key_result"]


@dataclass(frozen=True, slots=True)
class Named:
    """An objective, key result, team or person by its key and title."""

    key: str
    title: str

    def as_json(self) -> dict[str, Any]:
        """Key and title."""
        return {"key": self.key, "title": self.title}


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemReport:
    """A work item as the mirror holds it; ``gone`` says why it is no longer to be seen."""

    tracker: str
    connection: str
    key: str
    title: str
    url: str
    type: str
    status: str
    state: State
    place: str
    gone: str | None

    def as_json(self) -> dict[str, Any]:
        """The item's object in JSON."""
        names = "tracker connection key title url type status state place gone".split()
        return {name: getattr(self, name) for name in names}


@dataclass(frozen=True, slots=True, kw_only=True)
class AboveReport:
    """One edge of the support graph on the way up: what the objective ``supported_by`` supports.

    ``objective`` is the objective itself, or that of the key result; the way goes on from there.
    ``level`` is 1 for what the item's own objective supports.
    """

    kind: AboveKind
    key: str
    title: str
    objective: str
    state: str
    team: str
    supported_by: str
    level: int
    objective_title: str = ""

    def as_json(self) -> dict[str, Any]:
        """The edge's object in JSON."""
        names = "kind key title objective state team supported_by level".split()
        return {name: getattr(self, name) for name in names}


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What finishing an item now would do to a link's reading and a key result's progress.

    Each pair is (now, then); None is unknown. ``note`` is a sentence where a number stands still
    for a reason that is not the item's.
    """

    reading: tuple[float | None, float | None]
    progress: tuple[float | None, float | None]
    note: str = ""

    def as_json(self) -> dict[str, Any]:
        """Both numbers as they are, as they would be, and the difference."""
        pairs = {"reading": self.reading, "progress": self.progress}
        return {**{name: _moved(pair) for name, pair in pairs.items()}, "note": self.note}


@dataclass(frozen=True, slots=True, kw_only=True)
class ServingReport:
    """A link that holds an item now, and everything it serves through it.

    ``teams`` begin with the objective's own and end with the company. ``effect`` is None for a
    finished item, and where what finishing would do cannot be told. ``title`` and ``url`` are what
    the tracker calls the scope, and its page there.
    """

    link: int
    scope: str
    measure: Mapping[str, str]
    cycle: str
    cycle_state: str
    key_result: Named
    objective: Named
    objective_state: str
    above: tuple[AboveReport, ...]
    teams: tuple[Named, ...]
    contribution: ContributionReport
    effect: Effect | None
    title: str = ""
    url: str = ""

    @property
    def counts(self) -> bool:
        """Whether the item counts there, the objective does, and its cycle still goes on."""
        is_open = self.objective_state == "active" and self.cycle_state != "closed"
        return self.contribution.included and is_open

    def as_json(self) -> dict[str, Any]:
        """The link's object in JSON."""
        names = "scope cycle cycle_state objective_state counts".split()
        return {
            **{name: getattr(self, name) for name in names},
            "measure": dict(self.measure),
            "key_result": self.key_result.as_json(),
            "objective": self.objective.as_json(),
            "above": [each.as_json() for each in self.above],
            "teams": [each.as_json() for each in self.teams],
            "contribution": self.contribution.as_json(),
            "effect": self.effect.as_json() if self.effect else None,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class OnceReport:
    """A link that held an item once: since when (effective time) it does not, and why.

    ``team``, by key, and both states are its objective's and its cycle's.
    """

    link: int
    scope: str
    cycle: str
    key_result: Named
    objective: Named
    left_at: datetime
    reason: str
    team: str = ""
    objective_state: str = ""
    cycle_state: str = ""

    def as_json(self) -> dict[str, Any]:
        """The link's object in JSON."""
        return {
            "scope": self.scope,
            "cycle": self.cycle,
            "key_result": self.key_result.as_json(),
            "objective": self.objective.as_json(),
            "left_at": written(self.left_at),
            "reason": self.reason,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemServes:
    """What a work item serves; ``reason`` is a sentence where it serves nothing, else ""."""

    item: ItemReport
    serves: tuple[ServingReport, ...]
    once: tuple[OnceReport, ...]
    reason: str

    def as_json(self) -> dict[str, Any]:
        """The whole answer."""
        return {
            "item": self.item.as_json(),
            "serves": [each.as_json() for each in self.serves],
            "once": [each.as_json() for each in self.once],
            "reason": self.reason,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class ServedReport:
    """A key result of an open cycle that an item counts for, and what it brought so far."""

    scope: str
    cycle: str
    key_result: Named
    objective: Named
    team: Named
    done: float
    total: float

    def as_json(self) -> dict[str, Any]:
        """The key result's object in JSON."""
        return {
            "scope": self.scope,
            "cycle": self.cycle,
            "key_result": self.key_result.as_json(),
            "objective": self.objective.as_json(),
            "team": self.team.as_json(),
            "done": self.done,
            "total": self.total,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonItem:
    """An item of a person that is open, or was finished a moment ago.

    ``reason`` says why it serves nothing, else "".
    """

    item: ItemReport
    finished_at: datetime | None
    serves: tuple[ServedReport, ...]
    reason: str

    def as_json(self) -> dict[str, Any]:
        """The item's object in JSON."""
        return {
            **self.item.as_json(),
            "finished_at": written(self.finished_at) if self.finished_at else None,
            "serves": [each.as_json() for each in self.serves],
            "reason": self.reason,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonWork:
    """What a person works on: items that serve key results, and apart from them the others.

    ``accounts`` are (tracker, account); ``reason`` is a sentence where no item can be known.
    """

    person: Named
    accounts: tuple[tuple[str, str], ...]
    serving: tuple[PersonItem, ...]
    untied: tuple[PersonItem, ...]
    reason: str

    def as_json(self) -> dict[str, Any]:
        """The whole answer."""
        return {
            "person": self.person.as_json(),
            "accounts": [{"tracker": each[0], "account": each[1]} for each in self.accounts],
            "serving": [each.as_json() for each in self.serving],
            "untied": [each.as_json() for each in self.untied],
            "reason": self.reason,
        }


def written(moment: datetime) -> str:
    """An instant as JSON holds it."""
    return moment.isoformat().replace("+00:00", "Z")


def _moved(pair: tuple[float | None, float | None]) -> dict[str, float | None]:
    now, then = pair
    delta = then - now if now is not None and then is not None else None
    return {"now": now, "then": then, "delta": delta}
