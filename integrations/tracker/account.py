"""Who we are at a tracker: an account, what its test found, and sign-ins that renew themselves."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Protocol

from integrations.tracker.witness import Witness


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """This installation as an application at the tracker's sign-in; ``redirect`` is our address
    people come back to. ``server`` is where people sign in, empty for the tracker's own. ``extras``
    are the capabilities asked for beside reading: ``writeback``, ``registering``. ``page`` is the
    application's own at the tracker, where that told it."""

    id: str
    secret: str = field(repr=False)
    redirect: str
    server: str = ""
    allow_private: bool = False
    extras: frozenset[str] = frozenset()
    page: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One connection, as a tracker sees it; ``options`` are the non-secret settings."""

    name: str
    url: str
    token: str = field(repr=False)
    options: Mapping[str, str] = field(default_factory=dict)
    allow_private: bool = False
    """Plain http and loopback or private addresses are allowed for this connection."""
    scopes: frozenset[tuple[str, str]] = frozenset()
    """What links read through it, as (kind, value): a test says which of it cannot be seen."""
    beside: frozenset[tuple[str, str]] = frozenset()
    """What links read of other sources of the connection: the past of an item is told once, and
    must hold what matters to all of them."""
    client: Client | None = field(default=None, repr=False)
    """The application it signed in by; None where people gave a token."""
    witness: Witness | None = field(default=None, repr=False, compare=False)
    """Told of each item before it is read, where one ended the process before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """The answer to a connection test: who we are there and what was detected.

    ``options`` hold what was detected (such as ``deployment``) and are stored by the caller.
    ``token_until`` is the last day of the token, where the tracker or the settings tell it.
    ``notes`` are sentences about what was found, ``warnings`` about what will not work.
    """

    who: str
    options: Mapping[str, str] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    token_until: date | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """What a site offers a field mapping: names as the tracker shows them today.

    ``statuses`` are (name, category), ``types`` (name, level), ``fields`` (id, name) of those that
    hold numbers. ``proposed`` is a mapping document to begin with, ``notes`` say why it is so.
    """

    statuses: tuple[tuple[str, str], ...]
    types: tuple[tuple[str, int], ...]
    resolutions: tuple[str, ...]
    fields: tuple[tuple[str, str], ...]
    proposed: Mapping[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """A sign-in: a token that ``lasts`` so long from when it was asked for, and what renews it,
    which may serve only once."""

    token: str = field(repr=False)
    lasts: timedelta
    renewal: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """One site a grant opens: where its API is called, and where people browse it. ``options`` are
    settings of the connection that the sign-in told."""

    url: str
    browse_url: str
    name: str
    options: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """An application to be made at the tracker for one connection: our ``home``, its ``door`` for
    deliveries (empty where the tracker cannot reach it), and the ``owner`` it is made for (empty
    for who makes it). The ``client`` has no id yet."""

    name: str
    client: Client
    home: str
    door: str = ""
    owner: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """What a person's browser sends to the tracker, as a form of ours."""

    address: str
    fields: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """An application the tracker made, with the secret that signs its deliveries."""

    client: Client
    hook_secret: str = field(repr=False)


class Maker(Protocol):
    """Has the tracker make our application, so that nobody copies ids and keys."""

    def form(self, plan: Plan, state: str) -> Form:
        """What proposes it; people come back with a code and the ``state``. Raises ``Refused``."""
        ...

    def made(self, plan: Plan, code: str) -> Made:
        """The application of a code, which serves once; raises ``TrackerError`` kinds."""
        ...

    def place(self, client: Client, owner: str) -> str:
        """What people would bring back, of an application that is installed for the owner (empty:
        where it is installed at all); raises ``TrackerError`` kinds."""
        ...


class Consent(Protocol):
    """Signing in at the tracker itself, without giving us a token. Stateless."""

    @property
    def maker(self) -> Maker | None:
        """What has our application made; None where people make it themselves."""
        ...

    def address(self, client: Client, state: str) -> str:
        """Where a person goes to agree; they come back with a code, or what stands for one, and the
        ``state``."""
        ...

    def exchange(self, client: Client, code: str) -> Grant:
        """The grant of a code; raises ``TrackerError`` kinds."""
        ...

    def sites(self, client: Client, grant: Grant) -> tuple[Site, ...]:
        """The sites the grant opens."""
        ...

    def vouches(self, client: Client, headers: Mapping[str, str], at: datetime) -> bool | None:
        """Whether a delivery bears this app's own word, None where it bears none; any headers are
        safe to pass."""
        ...

    def renew(self, client: Client, renewal: str) -> Grant:
        """A new grant, the old ``renewal`` used up; ``AccessDenied`` when it is no longer good."""
        ...
