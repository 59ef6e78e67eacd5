"""Scopes: sets of work items written as text, ``jira:epic:PLAT-42``."""

from dataclasses import dataclass

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
    children may still name it so.
    """

    key: str
    formerly: str = ""

    @property
    def keys(self) -> frozenset[str]:
        """Every name children may give it."""
        return frozenset({self.key, self.formerly} - {""})


@dataclass(frozen=True, slots=True)
class Matching:
    """The items the tracker itself lists when asked this query."""

    query: str


Selector = Tagged | Below | Matching


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
