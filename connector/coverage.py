"""Where work and key results miss each other: values, each with a sentence, and their counting."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from connector.attribution import Named, written
from connector.mapping import FieldMapping, fold, state_of
from connector.work import WorkItem

NEWEST = 20
"""Keys shown of a project or repository."""

Stillness = Literal["no_source", "unsupported", "unmoved"]
"""Why nothing moves a key result: no link and no value, no objective that supports it though its
progress comes from those, or no movement of late."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceReport:
    """The work of one project or repository; ``newest`` are keys of the work tied to nothing."""

    tracker: str
    connection: str
    place: str
    untied: int
    total: int
    newest: tuple[str, ...]

    @property
    def share(self) -> float:
        """The share of its work that is tied to a key result."""
        return (self.total - self.untied) / self.total

    @property
    def sentence(self) -> str:
        """How much of it is tied to nothing."""
        named = self.place or self.connection
        if not self.untied and self.total == 1:
            return f"{named}: its only item serves a key result"
        if not self.untied:
            return f"{named}: all {many(self.total, 'item')} serve a key result"
        serve = "serves" if self.untied == 1 else "serve"
        return f"{named}: {self.untied} of {many(self.total, 'item')} {serve} no key result"

    def as_json(self) -> dict[str, Any]:
        """The place's object in JSON."""
        names = "tracker connection place untied total share sentence".split()
        shown = {name: getattr(self, name) for name in names}
        return {**shown, "newest": list(self.newest)}


@dataclass(frozen=True, slots=True, kw_only=True)
class StillReport:
    """A key result nothing moves; ``days`` is how far back movements were looked for."""

    key_result: Named
    objective: Named
    team: str
    why: Stillness
    days: int

    @property
    def sentence(self) -> str:
        """Why nothing moves it."""
        key = self.key_result.key
        if self.why == "no_source":
            return f"{key} has no link and no value"
        if self.why == "unsupported":
            return f"{key} takes its progress from objectives that support it, and none does"
        return f"nothing has moved {key} in the last {many(self.days, 'day')}"

    def as_json(self) -> dict[str, Any]:
        """The key result's object in JSON."""
        return {
            "key_result": self.key_result.as_json(),
            "objective": self.objective.as_json(),
            "team": self.team,
            "why": self.why,
            "sentence": self.sentence,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class TwiceReport:
    """An item that several key results of one objective count; ``link`` is one that holds it."""

    item: str
    objective: Named
    key_results: tuple[str, ...]
    link: int | None = None

    @property
    def sentence(self) -> str:
        """Which key results count it."""
        named = f"{', '.join(self.key_results[:-1])} and {self.key_results[-1]}"
        return f"{self.item} counts for {named} of {self.objective.key}"

    def as_json(self) -> dict[str, Any]:
        """The item's object in JSON."""
        return {
            "item": self.item,
            "objective": self.objective.as_json(),
            "key_results": list(self.key_results),
            "sentence": self.sentence,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class EmptyLinkReport:
    """A link that counts no item; ``items`` are those it holds and leaves out."""

    link: int
    scope: str
    key_result: Named
    items: int

    @property
    def sentence(self) -> str:
        """What it holds."""
        place = f"{self.scope} of {self.key_result.key}"
        if self.items:
            return f"{place} holds {many(self.items, 'item')} and counts none"
        return f"{place} holds no item"

    def as_json(self) -> dict[str, Any]:
        """The link's object in JSON."""
        shown = {name: getattr(self, name) for name in ("scope", "items", "sentence")}
        return {**shown, "key_result": self.key_result.as_json()}


@dataclass(frozen=True, slots=True, kw_only=True)
class UnsizedLinkReport:
    """A link that measures a size some of its items do not have; ``keys`` are the first ones."""

    link: int
    scope: str
    key_result: Named
    coverage: float
    unsized: int
    keys: tuple[str, ...]

    @property
    def sentence(self) -> str:
        """How many have no estimate."""
        have = "has" if self.unsized == 1 else "have"
        where = f"{self.scope} of {self.key_result.key}"
        return f"{many(self.unsized, 'item')} of {where} {have} no estimate"

    def as_json(self) -> dict[str, Any]:
        """The link's object in JSON."""
        names = "scope coverage unsized sentence".split()
        shown = {name: getattr(self, name) for name in names}
        return {**shown, "keys": list(self.keys), "key_result": self.key_result.as_json()}


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverageReport:
    """A cycle's work and key results where they miss each other.

    Long lists are cut: ``cut`` says of which list how many there are in all. ``places`` come with
    the most untied work first.
    """

    as_of: datetime
    cycle: str
    untied: int
    total: int
    places: tuple[PlaceReport, ...]
    still: tuple[StillReport, ...]
    twice: tuple[TwiceReport, ...]
    empty: tuple[EmptyLinkReport, ...]
    unsized: tuple[UnsizedLinkReport, ...]
    cut: tuple[tuple[str, int], ...]

    @property
    def share(self) -> float | None:
        """The share of all work that is tied to a key result; None without any work."""
        return (self.total - self.untied) / self.total if self.total else None

    @property
    def sentence(self) -> str:
        """The share in words."""
        if not self.total:
            return f"no work of cycle {self.cycle} is known yet"
        tied = self.total - self.untied
        serve = "serves" if tied == 1 else "serve"
        return f"{tied} of {many(self.total, 'item')} {serve} a key result of cycle {self.cycle}"

    def as_json(self) -> dict[str, Any]:
        """The whole answer."""
        lists = "places still twice empty unsized".split()
        names = "cycle untied total share sentence".split()
        return {
            "as_of": written(self.as_of),
            **{name: getattr(self, name) for name in names},
            **{name: [each.as_json() for each in getattr(self, name)] for name in lists},
            "cut": dict(self.cut),
        }


@dataclass(frozen=True, slots=True)
class Period:
    """From the first instant of a cycle to the one after its last."""

    begin: datetime
    end: datetime


def is_work(item: WorkItem, mapping: FieldMapping, period: Period) -> bool:
    """Whether an item is ordinary work that was open or finished within a period.

    Sub-tasks, parents, pull requests and what was dropped are not: key results count them by
    their own rules or not at all.
    """
    words = mapping.at(item.place)
    rule = words.types.get(fold(item.type))
    counts = rule.counts if rule else None
    if item.pull_request or not (item.level == 0 if counts is None else counts == "item"):
        return False
    state = state_of(item, mapping)
    if state == "done":
        return period.begin <= item.state_at < period.end
    return state != "dropped" and item.created_at < period.end


def order(place: PlaceReport) -> tuple[int, str, str, str]:
    """Projects and repositories are told in this order: the most untied work first."""
    return -place.untied, place.tracker, place.connection, place.place


def many(number: int, noun: str) -> str:
    """``1 item``, ``2 items``."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
