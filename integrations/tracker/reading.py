"""What is asked of a tracker and what comes back, page by page."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from connector.work import ItemEvent, Ref, WorkItem
from integrations.tracker.naming import Names

OUT_OF_SIGHT = "out of sight:"
"""The field of what is set aside because it is there but not for us: it counts as last seen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """What is to be read of a source: the scopes links ask for, as (kind, value), and the keys
    of known parents outside them whose children count too (deep links).

    ``narrow`` asks only for what lies in the scopes now, not for what may come from or go
    elsewhere in the project: enough to look once, as a dry run does. ``lists`` says that the
    tracker told of a change in its small lists (versions, sprints, statuses): they are read now,
    not on their slower clock. ``conventions`` are places whose items may name key results
    themselves: those that may are read too, with what they mention. ``fresh`` are those of the
    parents whose children were not read yet: with a cursor too they are read whole. ``before`` is
    the cursor of the last look, for where everything is read anew: no place to go on from, but the
    names that were learnt by then. ``place_id`` is
    the tracker's id of the place that is read, once a look told it: what bears its name now may be
    another one. ``torn`` says that the look before this one did not come to its end: of what it
    stored no cursor tells.
    """

    scopes: frozenset[tuple[str, str]]
    parents: frozenset[str] = frozenset()
    narrow: bool = False
    lists: bool = False
    conventions: frozenset[str] = frozenset()
    fresh: frozenset[str] = frozenset()
    before: str | None = None
    place_id: str | None = None
    torn: bool = False


@dataclass(frozen=True, slots=True)
class Unreadable:
    """An item that could not be understood or seen; the rest of its page goes on."""

    external_id: str
    key: str
    field: str
    message: str


@dataclass(frozen=True, slots=True)
class Page:
    """Some items, in no particular order; the same item may come twice."""

    items: tuple[WorkItem, ...]
    unreadable: tuple[Unreadable, ...] = ()


@dataclass(frozen=True, slots=True)
class Listed:
    """Part of a sweep: these items (external ids) are in the need's scopes now, read or not."""

    external_ids: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """The end of a read that stored every page: where to go on, and what was learnt.

    ``cursor`` is opaque JSON text. ``matches`` gives, per query of a ``Matching`` selector, the
    external ids it lists now. ``broken`` gives a sentence for each scope (kind, value) that could
    not be read. ``titles`` names scopes the tracker knows a title for.
    ``complete`` means every item of the need was listed: what was not seen is no longer there.
    ``whole`` means that nothing was lost since the last complete look, found out without listing:
    what was not seen is as it was. ``place_id`` is the tracker's id of the place that was read,
    where the look told it. ``names`` is what names key results beside items, where the need's
    conventions ask for that.

    ``called`` gives the value of scopes that are called otherwise now: it is the same thing by the
    tracker's id. ``moved`` gives, by the key they had, what became of parents that the tracker made
    another item of. ``left`` are keys of items that were met before where they are not met any
    more: what became of them is asked by id.
    """

    cursor: str
    complete: bool
    whole: bool = False
    matches: Mapping[str, frozenset[str]] = field(default_factory=dict)
    broken: Mapping[tuple[str, str], str] = field(default_factory=dict)
    titles: Mapping[tuple[str, str], str] = field(default_factory=dict)
    place_id: str | None = None
    names: Names | None = None
    called: Mapping[tuple[str, str], str] = field(default_factory=dict)
    moved: Mapping[str, Ref] = field(default_factory=dict)
    left: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Fetched:
    """The answer to a read by id: what is there, and which refs are not (gone or not visible).

    ``why`` tells for missing refs, as far as the tracker lets it be known, which of the two it is,
    as a sentence. ``hidden`` are those of the missing that are not gone, only out of our sight.
    ``moved`` gives, by the key they had, what the tracker made of those that are another item now.
    """

    items: tuple[WorkItem, ...]
    missing: tuple[Ref, ...] = ()
    unreadable: tuple[Unreadable, ...] = ()
    why: Mapping[Ref, str] = field(default_factory=dict)
    hidden: frozenset[Ref] = frozenset()
    moved: Mapping[str, Ref] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class History:
    """The whole history of some items: every change of a field that can matter to a number.

    ``told`` are the external ids whose events are all here (some may have none); ``untold`` says
    for others why theirs cannot be had, one sentence each.
    """

    events: tuple[ItemEvent, ...]
    told: frozenset[str]
    untold: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """What a tracker's limits leave us, as its last answer told: ``remaining`` calls (or points)
    of ``limit`` until ``resets_at``; None for what it did not tell. ``near`` is its own warning."""

    limit: float | None = None
    remaining: float | None = None
    resets_at: datetime | None = None
    near: bool = False
