"""What somebody looks for in the link editor, and where it can be looked for."""

import re
from dataclasses import dataclass
from itertools import zip_longest

from flask import request
from sqlalchemy import select

from connector import scopes
from connector.errors import Refused, TrackerError
from connector.okr import LinkRule
from connector.scopes import Matching
from connector.store.tables import Connection
from integrations.tracker import ScopeKind
from sync import linking
from sync.linking import Offer
from sync.sources import naming_places
from web import access
from web.current import runtime
from web.language import _

_QUERY = re.compile(
    r"[=~<>]|\bORDER\s+BY\b|\bIS\s+(?:NOT\s+)?(?:EMPTY|NULL)\b|\b(?:NOT\s+)?IN\s*\(", re.IGNORECASE
)
"""What a query has and words that are looked for have not."""
MOST = 20
"""So many of all that fits are shown."""


class Partly(Refused):
    """Some connections could not be asked; ``offers`` are what the others found."""

    def __init__(self, offers: tuple[Offer, ...], *problems: str) -> None:
        super().__init__(*problems)
        self.offers = offers


@dataclass(frozen=True, slots=True)
class Wanted:
    """The words of a search and where it looks, "" for everywhere; an address or a whole scope
    needs no place."""

    text: str
    connection: str
    kind: str

    def offers(self) -> tuple[Offer, ...]:
        """What fits; raises ``Refused`` and ``TrackerError`` kinds."""
        running = runtime()
        if _is_whole(self.text):
            return (_offered(self._placed(self.text), judge=True),)
        if query := self._query():
            return (linking.offered(running, self._placed(query)),)
        if not self.connection:
            return self._everywhere()
        refuse_unseen(self.connection)
        return linking.search(running, self.connection, self.text, self.kind or None)

    def _everywhere(self) -> tuple[Offer, ...]:
        """What fits at any connection, the best of each first; raises where none could be asked.

        One that does not answer is named by ``Partly``: what the others found is told with it.
        """
        found: list[tuple[Offer, ...]] = []
        problems: list[str] = []
        names = [name for name, _label, finds in connections() if finds]
        if not names:
            raise Refused(_("choose a connection to search in, or paste an address"))
        for name in names:
            try:
                found.append(linking.search(runtime(), name, self.text))
            except TrackerError as error:
                problems.append(f"{name}: {error}")
        mixed = tuple(each for row in zip_longest(*found) for each in row if each is not None)
        if problems:
            raise Partly(mixed[:MOST], *problems)
        return mixed[:MOST]

    def query_chosen(self) -> str | None:
        """The scope of a query typed as such: it needs no list to be chosen from."""
        query = self._query() if self.kind else None
        return self._placed(query) if query else None

    def _query(self) -> str | None:
        """The words as a scope, where they are a query that the connection chosen answers."""
        mine = (row for row in _rows() if self.connection in {"", row.name})
        chosen = next((row for row in mine if query_kind(row.tracker) is not None), None)
        kind = query_kind(chosen.tracker) if chosen is not None else None
        fits = kind is not None and (
            kind.kind == self.kind or (not self.kind and _QUERY.search(self.text) is not None)
        )
        return (
            f"{chosen.tracker}:{kind.kind}:{self.text}"
            if chosen and kind and fits and self.text
            else None
        )

    def _placed(self, scope: str) -> str:
        """A scope that names no connection, at the one chosen where its tracker has several."""
        head, colon, rest = scope.partition(":")
        of_tracker = [row.name for row in _rows() if row.tracker == head]
        if len(of_tracker) > 1 and self.connection in of_tracker:
            return f"{head}@{self.connection}{colon}{rest}"
        return scope


NOTHING = Wanted("", "", "")


def asked() -> Wanted:
    """The search of this request."""
    given = request.args
    known = connections()
    several = sum(finds for _name, _label, finds in known) > 1
    first = next((name for name, _label, finds in known if finds), known[0][0] if known else "")
    return Wanted(
        given.get("q", "").strip()[:5000],
        given.get("connection", "" if several else first),
        given.get("kind", ""),
    )


def chosen() -> Offer | None:
    """What was chosen of what was found; None for nothing, or for what no tracker knows."""
    scope = request.args.get("scope", "").strip()[:10_000]
    if not scope:
        return None
    try:
        return _offered(scope)
    except Refused:
        return Offer(scope=scope, kind="", label="", title=scope[:200])


def refuse_unseen(connection: str) -> None:
    """Refuse to link work that whoever is signed in may not see, as if it were told."""
    if not access.sight().sees_named(connection):
        said = _(
            "You may not see work of %(connection)s, so you cannot link it. An admin can let your"
            " team see it, on the page of the connection.",
            connection=connection,
        )
        raise Refused(said)


def refuse_unseen_scope(text: str) -> None:
    """The same for a scope as it is written: it names a connection, or has its tracker's one."""
    head, name = scopes.parse(text).tracker, scopes.parse(text).connection
    for row in _every_row():
        if row.tracker == head and name in {None, row.name}:
            refuse_unseen(row.name)


def _offered(text: str, *, judge: bool = False) -> Offer:
    """What a text means; refused before the tracker is asked, or once it is known whose it is."""
    if not text.startswith(("http://", "https://")):
        refuse_unseen_scope(text)
    found = linking.offered(runtime(), text, judge=judge)
    refuse_unseen_scope(found.scope)
    return found


def connections() -> list[tuple[str, str, bool]]:
    """(name, the tracker's name, whether it can be searched by words) of each connection."""
    return [
        (row.name, runtime().tracker(row.tracker).spec.label,
         "finding" in runtime().tracker(row.tracker).spec.capabilities)
        for row in _rows()
    ]  # fmt: skip


def kinds(connection: str) -> list[ScopeKind]:
    """The kinds of scopes of a connection, where it can be searched."""
    trackers = [runtime().tracker(row.tracker).spec for row in _rows() if row.name == connection]
    return [
        kind for spec in trackers if "finding" in spec.capabilities for kind in spec.scope_kinds
    ]


def query_kind(tracker: str) -> ScopeKind | None:
    """The kind of scope that is a query of the tracker's own, if it has one."""
    known = runtime().tracker(tracker).spec.scope_kinds
    return next((kind for kind in known if is_query(kind)), None)


def is_query(kind: ScopeKind) -> bool:
    """Whether a kind of scope is a query."""
    return isinstance(kind.select(kind.example), Matching)


def note_kinds(scope: str) -> dict[str, str]:
    """The kinds of notes that a scope can carry, each with its label."""
    try:
        parsed = scopes.parse(scope)
        tracker = runtime().trackers.get(parsed.tracker)
        return tracker.spec.notes_of(parsed.kind, parsed.value) if tracker else {}
    except Refused:
        return {}


def writing(scope: str) -> frozenset[str]:
    """The notes that the connection of a scope may write."""
    tracker, _at, name = scope.partition(":")[0].partition("@")
    rows = [row for row in _rows() if row.tracker == tracker and name in {"", row.name}]
    return frozenset(rows[0].write_back) if rows else frozenset()


def naming() -> list[tuple[str, str, str, str]]:
    """(the places, what people write there, the tracker, what links itself) where that may be."""
    found = []
    for row in _rows():
        tracker = runtime().tracker(row.tracker)
        places = naming_places(row, tracker)
        if places and tracker.spec.naming is not None:
            naming = tracker.spec.naming
            found.append((", ".join(places), naming.how, tracker.spec.label, naming.what))
    return found


def like(rule: LinkRule | None) -> LinkRule:
    """The rule a new link begins with: measured as the key result is already."""
    return LinkRule(measure=rule.measure) if rule else LinkRule()


def _rows() -> list[Connection]:
    """Those whose work may be seen."""
    seen = (row for row in _every_row() if access.sight().sees(row.id))
    return [row for row in seen if row.tracker in runtime().trackers]


def _every_row() -> list[Connection]:
    with runtime().store.read() as session:
        query = select(Connection).where(Connection.ended_at.is_(None)).order_by(Connection.name)
        return list(session.scalars(query).all())


def _is_whole(text: str) -> bool:
    """Whether a text says everything by itself: an address, or a scope as it is written."""
    head, colon, rest = text.partition(":")
    tracker = head.partition("@")[0]
    return text.startswith(("http://", "https://")) or (
        bool(colon) and ":" in rest and tracker in runtime().trackers
    )
