"""A plan file as values: what it says of each object, and where."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from connector.okr import LinkRule
from connector.scopes import Scope

Kind = Literal["scoring", "cycle", "team", "person", "objective", "key_result"]
Identity = tuple[Kind, str | None, str]
"""(kind, cycle, key); the cycle is None but for objectives and key results."""


@dataclass(frozen=True, slots=True)
class PlanLink:
    """A link of a key result; the line does not take part in comparisons.

    ``write_back`` are the kinds of notes its items are to carry (``connector.notes``). ``origin``
    is who made it: a ``plan`` file, a ``person``, or the item itself by ``convention``.
    """

    scope: Scope
    rule: LinkRule
    line: int = field(default=0, compare=False)
    write_back: tuple[str, ...] = ()
    origin: str = "plan"


@dataclass(frozen=True, slots=True)
class Entry:
    """What the file says of one object: only the fields it gives, typed.

    A key result has its objective's key under ``objective``; a person's accounts at trackers
    are under ``accounts`` (None takes one away). ``lines`` gives the line of each field, and under
    ``supports KEY`` that of each support. The one entry of kind scoring has its kind as its key;
    its ``health`` and ``pass`` hold only what is given of them.
    """

    kind: Kind
    key: str
    cycle: str | None
    fields: Mapping[str, Any]
    line: int
    lines: Mapping[str, int] = field(default_factory=dict)

    @property
    def identity(self) -> Identity:
        """What names the object among all stored ones."""
        return (self.kind, self.cycle, self.key)

    def at(self, name: str) -> int:
        """The line of a field, or of the entry where the file does not give it."""
        return self.lines.get(name, self.line)


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan file that is well formed; whether it fits what is stored, ``diff`` tells.

    Entries come scoring, cycles, teams, people, then each objective followed by its key results.
    ``by`` says who gives it: a ``plan`` file, or an ``admin`` on a page.
    """

    name: str
    entries: tuple[Entry, ...]
    by: str = "plan"
