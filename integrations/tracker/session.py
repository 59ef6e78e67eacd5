"""An open connection to a tracker, and what it may offer beside reading."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from connector.work import Ref
from integrations.tracker.account import Identity, Survey
from integrations.tracker.noting import NoteKind
from integrations.tracker.reading import Budget, Fetched, History, Listed, Look, Need, Page


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One scope a search found, ready to link: ``title`` as the tracker shows it."""

    kind: str
    value: str
    title: str
    url: str
    note: str = ""


class Finder(Protocol):
    """Searches a tracker for what can be linked."""

    def search(self, text: str, kind: str | None = None) -> tuple[Found, ...]:
        """At most 20 scopes that fit some words or a key, best first; of one kind if asked."""
        ...

    def judge(self, kind: str, value: str) -> str | None:
        """The tracker's own sentence against a scope it cannot read; None when it can."""
        ...

    def objection(self, kind: str, value: str, field: str) -> str | None:
        """The tracker's own sentence against measuring what lies in a scope by a number field,
        with the nearest there are; None when it has the field, or cannot tell."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """What an item, or a place beside items, is to say of the key results it serves.

    ``marker`` is ours and stable: it finds the note again, whatever became of an earlier try.
    ``body`` is what the kind needs: remote_link title, summary, url, icon, resolved; comment, block
    and reply text; property value; check title, summary, url. ``former`` is the marker an earlier
    version of ours may have given it: what still bears that one is replaced. ``place_id`` is the
    tracker's id of the place that was linked, where it is known: by now its name may be another's.
    """

    kind: NoteKind
    marker: str
    body: Mapping[str, Any] = field(default_factory=dict)
    former: str = ""
    place_id: str = ""


class Writer(Protocol):
    """Writes notes, each call safe to repeat; raises ``TrackerError`` kinds.

    A note on a place beside items is given a ref without an id, whose key is the place.
    """

    def put(self, ref: Ref, note: Note, remote_id: str | None) -> str:
        """Make the note, or change the one that is there; returns what the tracker knows it by.
        A reply is made once and never changed."""
        ...

    def remove(self, ref: Ref, note: Note, remote_id: str | None) -> None:
        """Take the note away; one that is not there is no error."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Registered:
    """Webhooks we set up: the tracker's ids of them, and when they end if nobody renews them.

    ``places`` are the only ones they tell of; none means all. ``lacking`` are sentences about those
    of the places that were asked for that they do not tell of.
    """

    ids: tuple[str, ...]
    expires_at: datetime | None = None
    places: tuple[str, ...] = ()
    lacking: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One try of a tracker to deliver: ``id`` is the tracker's own name of it, ``identifier`` that
    of the delivery. ``status`` is the answer it got, 0 for none; ``why`` says what went wrong."""

    id: str
    identifier: str
    event: str
    at: datetime
    good: bool
    status: int = 0
    why: str = ""


class Redelivery(Protocol):
    """Deliveries that failed, of trackers that repeat none by themselves; raises ``TrackerError``
    kinds."""

    def entered(self, url: str, places: Sequence[str]) -> Registered:
        """The webhooks that lead to our door at ``url`` for some of these places, whoever entered
        them; ``lacking`` says which of these are not shown to this account."""
        ...

    def attempts(self, held: Registered, since: datetime) -> Iterator[Attempt]:
        """The tries made since, of each webhook the newest first; ``Gone`` when one of the webhooks
        is not there any more."""
        ...

    def repeat(self, attempt: str) -> None:
        """Have the delivery of a try made once more; ``Gone`` when it is not kept any more."""
        ...


class Registrar(Protocol):
    """Sets up this tracker's webhooks for us; raises ``TrackerError`` kinds."""

    @property
    def redelivery(self) -> Redelivery | None:
        """What has failed deliveries repeated; None where the tracker does that by itself."""
        ...

    def register(self, url: str, secret: str, places: Sequence[str]) -> Registered:
        """Have deliveries sent to our door at ``url``, signed with the secret; where the tracker
        does not sign, to the door's ``secret_path``. Trackers that tell of single places only are
        asked for these. What an earlier try left at this door is replaced."""
        ...

    def renew(self, held: Registered) -> Registered:
        """Keep them from ending."""
        ...

    def remove(self, held: Registered) -> None:
        """Take them away; those that are not there are no error."""
        ...


class Session(Protocol):
    """One open connection; opening makes no call. Any method raises ``TrackerError`` kinds."""

    @property
    def calls(self) -> int:
        """HTTP calls made so far."""
        ...

    def check(self) -> Identity:
        """Test the URL and the token with as few calls as it takes."""
        ...

    @property
    def budget(self) -> Budget | None:
        """What the tracker's limits leave, as its answers told; None if they told nothing."""
        ...

    @property
    def finder(self) -> "Finder | None":
        """What searches for scopes; None where the tracker cannot."""
        ...

    @property
    def writer(self) -> "Writer | None":
        """What writes back; None where the tracker cannot."""
        ...

    @property
    def registrar(self) -> "Registrar | None":
        """What sets up webhooks; None where this account's kind of sign-in cannot."""
        ...

    def survey(self) -> Survey:
        """What the site offers a field mapping, and a mapping proposed."""
        ...

    def read(
        self, source: str, need: Need, cursor: str | None, *, sweep: bool = False
    ) -> Iterator[Page | Listed | Look]:
        """Read what changed since ``cursor`` (all for None): pages, then exactly one ``Look``.

        With ``sweep`` everything that is in the scopes now is told too, by reading it or by its
        ids alone (``Listed``); the look is then complete, or ``whole`` where the tracker tells in
        another way that nothing was lost.
        """
        ...

    def fetch(self, source: str, refs: Sequence[Ref]) -> Fetched:
        """Read single items directly, never from a search index; not more than 100."""
        ...

    def history(self, source: str, refs: Sequence[Ref]) -> Iterator[History]:
        """The histories of these items (any number), in portions; each item is in one of them."""
        ...

    def close(self) -> None:
        """Give connections back."""
        ...
