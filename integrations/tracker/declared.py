"""What a tracker declares of itself: its settings, its scope kinds, what it can do."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from connector.notes import Teller
from connector.notes_answers import Served
from connector.scopes import Below, Selector
from integrations.tracker.noting import Noting, WritePace


@dataclass(frozen=True, slots=True)
class Setting:
    """One field of a connection's form and command line.

    ``way`` is the way of signing in it belongs to: with a ``token``, or by ``consent`` given at the
    tracker; empty for both. Secrets are ``token``, and ``client_secret`` of the way ``consent``.
    ``lines`` are texts of several lines.
    """

    name: str
    label: str
    help: str = ""
    secret: bool = False
    required: bool = False
    choices: tuple[str, ...] = ()
    way: Literal["", "token", "consent"] = ""
    input: Literal["text", "email", "date", "lines"] = "text"


@dataclass(frozen=True, slots=True, kw_only=True)
class SignIn:
    """How people are told of signing in at the tracker, after ``NAME, ``: ``how``, in a few words;
    ``summary``, a sentence; ``lead``, above the form, with ``{redirect}`` for our address;
    ``writing``, of the right to write back."""

    how: str
    summary: str
    lead: str
    writing: str


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
    strays: Callable[[str], str] = lambda _value: ""
    """Of a scope whose items may lie in places that other sources read: what is not known of those
    that left it before it was linked, as a sentence; empty where its own source read them all."""
    hint: str = ""
    """What people type to find one, or write to narrow it, as a sentence."""


@dataclass(frozen=True, slots=True)
class Naming:
    """How items, and what lies beside them, name key results, where a connection allows it.

    ``places`` turns options into the places whose items may; ``kind`` is the kind of scope that
    such an item is, its value the item's key. ``how`` says what people write, as a sentence, and
    ``what`` may be linked so. ``source`` is the source that reads a place, ``setting`` the setting
    that lists the places. ``answer`` makes the body of a reply to somebody who asks at an item
    what it serves; None where nobody can ask.
    """

    places: Callable[[Mapping[str, str]], tuple[str, ...]]
    kind: str
    how: str
    what: str = "an epic"
    source: Callable[[str], str] = lambda _place: ""
    setting: str = "conventions"
    answer: Callable[[Sequence[Served], Teller], Mapping[str, Any]] | None = None


@dataclass(frozen=True, slots=True)
class Renaming:
    """How what is called by a place's name is called once the place has another one; pure.

    Each takes the name the place had and the one it has now; what is not called by it stays.
    """

    value: Callable[[str, str, str, str], str]
    """(kind, value of a scope, was, now) -> its value."""
    tag: Callable[[str, str, str], str]
    """(tag of an item or id of a number field, was, now) -> the tag."""
    key: Callable[[str, str, str], str]
    """(key of an item, was, now) -> its key."""
    aside: Callable[[str, str], str]
    """(name of a place, its id) -> a name that no place has, for one whose name is another's by
    now, until it is found by its id."""
    parent: Callable[[str], str] = lambda key: key
    """(key of a parent) -> the value of a scope that names it."""
    owner: Callable[[str], str] = lambda _place: ""
    """(name of a place) -> whose it is: another one decides anew who is trusted there."""
    asking: frozenset[str] = frozenset()
    """The kinds of scopes that other sources read and that may ask for a place by its name."""


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
    """Of: ``webhooks`` (deliveries are read), ``registering`` (they can be set up by us),
    ``redelivery`` (what failed is repeated only when we ask), ``secret_path`` (some come unsigned,
    to a secret address), ``history``, ``writeback``, ``finding`` (scopes can be searched),
    ``consent`` (people may sign in at the tracker instead of giving a token), ``conventions``
    (items name key results), ``absence`` (reading by id tells what is gone, lists do not),
    ``whereabouts`` (lists tell what is gone, reading by id why), ``fresh`` (the children of new
    parents are read by themselves)."""
    locate: Callable[[str, str], tuple[str, str] | None] = lambda _browse, _url: None
    """(connection's browse URL, a URL people paste) -> (kind, value) of the scope it shows, or
    None. Pure: a URL of another site is None."""
    astray: Callable[[str, str], str | None] = lambda _browse, _url: None
    """(connection's browse URL, a URL people paste that shows no scope) -> why it shows none and
    what can be one, as a sentence; None for a URL of another site. Pure."""
    measured: Callable[[str], tuple[str, str] | None] = lambda _field: None
    """(id of a number field) -> the scope, as (kind, value), that has to be read for items to show
    it; None where they show it wherever they are read."""
    authority: Callable[[str, str], bool] = lambda _source, _name: True
    """(source, a tag or the id of a number field) -> whether an item read in that source tells all
    of it. Where True, what the item shows replaces what is held, its absence included; where False
    the source knows nothing of it, and what another source told stays."""
    covering: Callable[[Mapping[str, str]], tuple[tuple[str, str], ...]] = lambda _options: ()
    """A connection's options -> scopes as (kind, value) that are read though no link names them,
    so that coverage knows of what lies in them."""
    naming: Naming | None = None
    """How items name key results; None where they cannot."""
    renaming: Renaming | None = None
    """How a place's new name is followed; None where scopes are named by ids alone."""
    notes: tuple[Noting, ...] = ()
    """The kinds of notes that may be written back, in the order they are shown."""
    write_pace: WritePace | None = None
    """How fast notes are sent; None where the tracker's own refusals set the pace."""
    sign_in: SignIn | None = None
    """How people are told of signing in there; with the capability ``consent`` only."""
    home: str = ""
    """The address that is meant where none is given; empty where one has to be."""
    webhook_help: str = ""
    """Where in the tracker to enter the webhook's URL and secret."""
    largest_delivery: int = 25 * 1024 * 1024
    """Bytes of a webhook's body beyond which it cannot be the tracker's; 25 MiB at most."""

    @property
    def note_labels(self) -> dict[str, str]:
        """The kinds of notes by name, each with its label."""
        return {each.kind: each.label for each in self.notes}

    def notes_of(self, kind: str, value: str) -> dict[str, str]:
        """The kinds of notes that a scope can carry, each with its label."""
        return {each.kind: each.label for each in self.notes if not self.lacking(each, kind, value)}

    def lacking(self, note: Noting, kind: str, value: str) -> str:
        """What a scope does not name, and would have to for a note to be carried; empty where it
        can carry it."""
        known = self.kind(kind)
        if note.on == "named" and not (known and isinstance(known.select(value), Below)):
            return "issue"
        if note.on == "place" and (note.scope != kind or note.place(value) is None):
            return f"single {note.scope}"
        return ""

    def kind(self, name: str) -> ScopeKind | None:
        """The scope kind of that name, or None."""
        return next((kind for kind in self.scope_kinds if kind.kind == name), None)
