"""What happens to a key result: its wording, links, items and people's words, each at a time."""

from dataclasses import dataclass
from datetime import datetime

from connector.ledger.movements import Version, as_recorded
from connector.okr import KeyResult, LinkRule


@dataclass(frozen=True, slots=True)
class Worded:
    """The key result reads so from now on."""

    at: datetime
    key_result: KeyResult


@dataclass(frozen=True, slots=True)
class Linked:
    """A link counts from now on, by this rule and at this place among the others.

    While it is ``waiting`` to be read by that rule, what it says is unknown.
    """

    at: datetime
    link_id: int
    rule: LinkRule
    position: int = 0
    waiting: bool = False


@dataclass(frozen=True, slots=True)
class Unlinked:
    """A link counts no more; ``scope`` names it, ``author`` ended it, as far as that was kept."""

    at: datetime
    link_id: int
    scope: str
    author: str = ""


@dataclass(frozen=True, slots=True)
class Valued:
    """A value was typed by a person or pushed by a program."""

    at: datetime
    value: float | None
    author: str
    pushed: bool = False


@dataclass(frozen=True, slots=True)
class Overridden:
    """A person's word over the computed value; None when it ended."""

    at: datetime
    value: float | None
    author: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Confirmed:
    """A person confirmed the outcome (or, with None, took that back)."""

    at: datetime
    author: str | None


@dataclass(frozen=True, slots=True)
class Contributed:
    """A link's contribution changed."""

    at: datetime
    link_id: int
    version: Version


@dataclass(frozen=True, slots=True)
class Read:
    """A link was read for the first time: a scope without items is known to be empty."""

    at: datetime
    link_id: int


@dataclass(frozen=True, slots=True)
class Supported:
    """The value that the objectives which support it stand for at that time."""

    at: datetime
    value: float | None


Happening = (
    Worded | Linked | Read | Unlinked | Valued | Supported | Overridden | Confirmed | Contributed
)
_RANKS = (Worded, Linked, Contributed, Read, Unlinked, Valued, Supported, Confirmed, Overridden)


def in_order(each: Happening) -> tuple[datetime, int, bool, datetime, str]:
    """What happenings are told by: time, kind, then as versions are recorded."""
    rank = _RANKS.index(type(each))
    if isinstance(each, Contributed):
        _, held_on, since, key = as_recorded(each.version)
        return (each.at, rank, held_on, since, key)
    return (each.at, rank, True, each.at, "")
