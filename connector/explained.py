"""What stands behind a key result's number, at one instant: values only, computed elsewhere.

``as_json`` of each is the stable shape of ``explain --json``.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from connector.report import KeyResultReport, LinkReport, plain
from connector.work import State


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
        return {name: plain(getattr(self, name)) for name in names}


@dataclass(frozen=True, slots=True, kw_only=True)
class MovementReport:
    """One change and the Δ it made to the link's reading (None where either is unknown).

    ``nature`` tells work from scope, rules and people; ``done`` and ``total`` are what it added
    to the amounts done and in all; ``why`` says what became of an item that left the scope.
    """

    at: datetime
    recorded_at: datetime
    kind: str
    item: str
    delta: float | None
    nature: str = "work"
    done: float = 0.0
    total: float = 0.0
    why: str = ""

    def as_json(self) -> dict[str, Any]:
        """The movement's object in ``explain --json``."""
        names = "at recorded_at kind nature item delta done total why".split()
        return {name: plain(getattr(self, name)) for name in names}


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeReport:
    """What moved the key result itself; ``delta`` is of its progress, ``value`` stood after it.

    ``scope`` names the link through which an item counts, where there are several.
    """

    at: datetime
    recorded_at: datetime
    kind: str
    nature: str
    subject: str
    author: str
    note: str
    delta: float
    value: float | None
    scope: str = ""

    def as_json(self) -> dict[str, Any]:
        """The change's object in ``explain --json``."""
        names = "at recorded_at kind nature subject author note delta value".split()
        return {name: plain(getattr(self, name)) for name in names}


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
            "history_from": plain(self.link.history_from),
            "history_note": self.link.history_note,
            "called": self.link.called,
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
