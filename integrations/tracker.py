"""The port: what a tracker must be able to do. Nothing else of it is known outside."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from connector.scopes import Selector
from connector.work import ItemEvent, Ref, WorkItem


@dataclass(frozen=True, slots=True)
class Setting:
    """One field of a connection's form and command line."""

    name: str
    label: str
    help: str = ""
    secret: bool = False
    required: bool = False
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ScopeKind:
    """One kind of scope: ``select`` turns its value into a selector or raises ``Refused``.

    ``source`` names the source that holds the scope: ``""`` for the whole connection,
    else a key such as ``acme/api``. ``canonical`` values name the same scope equally.
    """

    kind: str
    label: str
    example: str
    select: Callable[[str], Selector]
    source: Callable[[str], str]
    url: Callable[[str, str], str]
    """(connection's browse URL, value) -> the page of the scope in the tracker, or ''."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spec:
    """What a tracker declares of itself; forms, command line and docs are drawn from it."""

    key: str
    label: str
    settings: tuple[Setting, ...]
    scope_kinds: tuple[ScopeKind, ...]
    dropped: frozenset[str]
    """Resolutions (lower case) that mean finished without being done, by default."""
    points: Callable[[Mapping[str, str]], tuple[str, ...]] = lambda _options: ()
    """A connection's options -> its point sources by default: ``field:customfield_10016``."""
    capabilities: frozenset[str] = frozenset()
    """Of: ``webhooks``, ``history``, ``writeback``."""
    authority: Callable[[str, str], bool] = lambda _source, _name: True
    """(source, a tag or the id of a number field) -> whether an item read in that source tells all
    of it. Where True, what the item shows replaces what is held, its absence included; where False
    the source knows nothing of it, and what another source told stays."""
    webhook_help: str = ""
    """Where in the tracker to enter the webhook's URL and secret."""

    def kind(self, name: str) -> ScopeKind | None:
        """The scope kind of that name, or None."""
        return next((kind for kind in self.scope_kinds if kind.kind == name), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One connection, as a tracker sees it; ``options`` are the non-secret settings."""

    name: str
    url: str
    token: str = field(repr=False)
    options: Mapping[str, str] = field(default_factory=dict)
    allow_private: bool = False
    """Plain http and loopback or private addresses are allowed for this connection."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """The answer to a connection test: who we are there and what was detected.

    ``options`` hold what was detected (such as ``deployment``) and are stored by the caller.
    """

    who: str
    options: Mapping[str, str] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """What is to be read of a source: the scopes links ask for, as (kind, value), and the keys
    of known parents outside them whose children count too (deep links).

    ``narrow`` asks only for what lies in the scopes now, not for what may come from or go
    elsewhere in the project: enough to look once, as a dry run does.
    """

    scopes: frozenset[tuple[str, str]]
    parents: frozenset[str] = frozenset()
    narrow: bool = False


@dataclass(frozen=True, slots=True)
class Unreadable:
    """An item that could not be understood; the rest of its page goes on."""

    external_id: str
    key: str
    field: str
    message: str


@dataclass(frozen=True, slots=True)
class Page:
    """Some items, in no particular order; the same item may come twice."""

    items: tuple[WorkItem, ...]
    unreadable: tuple[Unreadable, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """The end of a read that stored every page: where to go on, and what was learnt.

    ``cursor`` is opaque JSON text. ``matches`` gives, per query of a ``Matching`` selector, the
    external ids it lists now. ``broken`` gives a sentence for each scope (kind, value) that could
    not be read. ``titles`` names scopes the tracker knows a title for.
    ``complete`` means every item of the need was listed: what was not seen is no longer there.
    """

    cursor: str
    complete: bool
    matches: Mapping[str, frozenset[str]] = field(default_factory=dict)
    broken: Mapping[tuple[str, str], str] = field(default_factory=dict)
    titles: Mapping[tuple[str, str], str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Fetched:
    """The answer to a read by id: what is there, and which refs are not (gone or not visible)."""

    items: tuple[WorkItem, ...]
    missing: tuple[Ref, ...] = ()
    unreadable: tuple[Unreadable, ...] = ()


@dataclass(frozen=True, slots=True)
class History:
    """The whole history of some items: every change of a field that can matter to a number.

    ``told`` are the external ids whose events are all here (some may have none); ``untold`` says
    for others why theirs cannot be had, one sentence each.
    """

    events: tuple[ItemEvent, ...]
    told: frozenset[str]
    untold: Mapping[str, str] = field(default_factory=dict)


class Session(Protocol):
    """One open connection; opening makes no call. Any method raises ``TrackerError`` kinds."""

    @property
    def calls(self) -> int:
        """HTTP calls made so far."""
        ...

    def check(self) -> Identity:
        """Test the URL and the token with as few calls as it takes."""
        ...

    def read(self, source: str, need: Need, cursor: str | None) -> Iterator[Page | Look]:
        """Read what changed since ``cursor`` (all for None): pages, then exactly one ``Look``."""
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


@dataclass(frozen=True, slots=True)
class Hint:
    """Part of a delivery: this item of this source may have changed, as of ``updated_at``."""

    source: str
    ref: Ref
    updated_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """A webhook, read: ``identifier`` is the same across redeliveries of one event.

    ``sources`` are dirty even without an item (a version was renamed); hints name items.
    """

    identifier: str
    event: str
    sources: frozenset[str] = frozenset()
    hints: tuple[Hint, ...] = ()


class Tracker(Protocol):
    """One kind of tracker; stateless."""

    @property
    def spec(self) -> Spec:
        """What it declares."""
        ...

    def open(self, account: Account) -> Session:
        """A session; makes no call. Raises ``Refused`` for settings that cannot work."""
        ...

    def verify(self, headers: Mapping[str, str], body: bytes, secret: str) -> bool:
        """Whether the raw body was signed with the secret; any bytes are safe to pass."""
        ...

    def delivery(self, headers: Mapping[str, str], body: bytes) -> Delivery:
        """Read a verified delivery; raises ``BadReading`` when it cannot be understood."""
        ...
