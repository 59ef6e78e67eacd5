"""Scopes: sets of work items written as text, ``jira:epic:PLAT-42``."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date

from connector.conditions import Condition
from connector.errors import Refused


@dataclass(frozen=True, slots=True)
class Scope:
    """A scope split at its first separators; ``value`` may hold further ``:``, ``/`` and ``@``."""

    tracker: str
    connection: str | None
    kind: str
    value: str
    text: str


@dataclass(frozen=True, slots=True)
class Tagged:
    """The items that carry a tag."""

    tag: str


@dataclass(frozen=True, slots=True)
class Below:
    """The items below a parent, as many levels as the link's depth says.

    ``formerly`` is what the parent was called when it was linked, where it has another key now:
    children may still name it so. ``alone`` says that the parent counts itself while nothing lies
    below it.
    """

    key: str
    formerly: str = ""
    alone: bool = field(default=False, compare=False)

    @property
    def keys(self) -> frozenset[str]:
        """Every name children may give it."""
        return frozenset({self.key, self.formerly} - {""})

    def moved(self, key: str) -> "Below":
        """The same parent by the key it has now."""
        return Below(key, self.key, self.alone)


@dataclass(frozen=True, slots=True)
class Matching:
    """The items the tracker itself lists when asked this query."""

    query: str


@dataclass(frozen=True, slots=True)
class Narrowed:
    """The items that carry a tag and meet every condition.

    ``undated`` is the first field asked for of whose changes the tracker keeps no dates: where
    there is one, the past is not told.
    """

    tag: str
    conditions: tuple[Condition, ...]
    undated: str = field(default="", compare=False)

    @property
    def follows_days(self) -> bool:
        """Whether it may hold other items tomorrow although nothing changed."""
        return any(each.follows_days for each in self.conditions)

    def holds(self, tags: Collection[str], numbers: Mapping[str, float], day: date) -> bool:
        """Whether an item with these tags and numbers lies in it on a day."""
        return self.tag in tags and all(each.holds(tags, numbers, day) for each in self.conditions)


Selector = Tagged | Narrowed | Below | Matching


def parse(text: str) -> Scope:
    """Split ``tracker[@connection]:kind:value``; raises ``Refused`` with the expected form."""
    head, _, rest = text.partition(":")
    kind, _, value = rest.partition(":")
    tracker, at, connection = head.partition("@")
    if not (tracker and kind and value.strip()) or (at and not connection):
        raise Refused(
            f"scope {text!r} is not of the form tracker:kind:value, such as jira:epic:PLAT-42"
        )
    return Scope(tracker, connection or None, kind, value.strip(), text)
