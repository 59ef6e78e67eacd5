"""What a drain learnt, and the transaction in which it ends."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from connector.errors import TrackerError
from connector.store.tables import Link, Source
from connector.work import Ref
from integrations.tracker import Look, Need
from sync.lease import Claim


@dataclass(slots=True)
class Seen:
    """What a drain learnt: ids seen, rows changed, refs that are not there, the end of the read,
    the links whose history was asked for, what stopped that, and why the history of some items (by
    external id) cannot be had."""

    ids: set[str] = field(default_factory=set)
    changed: set[int] = field(default_factory=set)
    missing: tuple[Ref, ...] = ()
    look: Look | None = None
    asked: frozenset[int] = frozenset()
    past_error: TrackerError | None = None
    untold: dict[str, str] = field(default_factory=dict)


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
        asked = (link.kind, link.value) in self.need.scopes
        # Read before, it is only not up to date; what is new may lack a field asked for since.
        held = link.looked_at is not None and not link.pending
        return self.seen.look is not None and asked and (self.is_current or held)
