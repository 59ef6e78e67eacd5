"""What a drain learnt, and the transaction in which it ends."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from connector.errors import TrackerError
from connector.store.tables import Link, Source
from connector.work import Ref
from integrations.tracker import Budget, Look, Need
from sync.ids import Ids
from sync.lease import Claim


@dataclass(slots=True)
class Seen:
    """What a drain learnt.

    ``ids`` were read, ``listed`` a sweep told by their ids alone (None where it read everything);
    ``changed`` are rows of other sources that were changed here (of its own the mirror says so);
    ``doubted`` are ids that pages showed of items known to be gone;
    ``missing`` is not there when read by id, with the reason. ``look`` ended
    the read, ``unfollowed`` are links whose scope can be read again but was not read from the
    beginning. ``asked`` are the links whose history was asked for, ``past_error`` what stopped
    that, ``untold`` why the history of some items (by external id) cannot be had. ``roots`` are the
    ids of parents that the tracker still finds by former keys, ``moved`` what it made, by the key
    they had, of items that are another one now. ``unsized`` says by link what the tracker has
    against the number field it measures by, None for nothing, where it was asked.
    ``shown`` are the rows that pages changed where they lie; ``calls`` were made and ``read``
    items read, of which ``repaired`` had changed without a delivery that named them.
    """

    ids: Ids = field(default_factory=Ids)
    listed: set[str] | None = None
    changed: set[int] = field(default_factory=set)
    doubted: set[str] = field(default_factory=set)
    missing: dict[Ref, str] = field(default_factory=dict)
    look: Look | None = None
    unfollowed: frozenset[int] = frozenset()
    asked: frozenset[int] = frozenset()
    past_error: TrackerError | None = None
    untold: dict[str, str] = field(default_factory=dict)
    roots: dict[str, str] = field(default_factory=dict)
    moved: dict[str, Ref] = field(default_factory=dict)
    unsized: dict[int, str | None] = field(default_factory=dict)
    budget: Budget | None = None
    shown: set[int] = field(default_factory=set)
    calls: int = 0
    read: int = 0
    repaired: int = 0

    @property
    def is_quiet(self) -> bool:
        """Whether nothing was learnt that any number could follow from."""
        found = (self.changed, self.shown, self.doubted, self.missing, self.roots, self.moved)
        asked = (self.asked, self.untold, self.unsized, self.unfollowed, self.past_error)
        return not (any(found) or any(asked))

    def has(self, external_id: str) -> bool:
        """Whether an item was read, or listed by a sweep."""
        return external_id in self.ids or (self.listed is not None and external_id in self.listed)


@dataclass(frozen=True, slots=True)
class Ending:
    """The end of one drain under way, inside its transaction."""

    session: Session
    source: Source
    claim: Claim
    seen: Seen
    need: Need
    now: datetime

    @property
    def is_current(self) -> bool:
        """Whether what was read is still all that is asked for."""
        return self.source.generation == self.claim.generation

    def was_read(self, link: Link) -> bool:
        """Whether the look covered a link that may have been made or changed since it began."""
        asked = (link.kind, link.today or link.value) in self.need.scopes
        if link.id in self.seen.unfollowed:
            return False
        # Read before, it is only not up to date; what is new may lack a field asked for since.
        held = link.looked_at is not None and not link.pending
        return self.seen.look is not None and asked and (self.is_current or held)
