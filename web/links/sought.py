"""What somebody looks for in the link editor, and where it can be looked for."""

import re
from dataclasses import dataclass

from flask import request
from sqlalchemy import select

from connector import scopes
from connector.errors import Refused
from connector.okr import LinkRule
from connector.store.tables import Connection
from integrations.tracker import ScopeKind
from sync import linking
from sync.linking import Offer
from sync.sources import naming_places
from web.current import runtime

_QUERY = re.compile(
    r"[=~<>]|\bORDER\s+BY\b|\bIS\s+(?:NOT\s+)?(?:EMPTY|NULL)\b|\b(?:NOT\s+)?IN\s*\(", re.IGNORECASE
)
"""What a query of Jira has and words that are looked for have not."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """The words of a search and where it looks; an address or a whole scope needs no place."""

    text: str
    connection: str
    kind: str

    def offers(self) -> tuple[Offer, ...]:
        """What fits; raises ``Refused`` and ``TrackerError`` kinds."""
        running = runtime()
        if _is_whole(self.text):
            return (linking.offered(running, self._placed(self.text), judge=True),)
        if self._is_query():
            return (linking.offered(running, self._placed(f"jira:jql:{self.text}")),)
        if not self.connection:
            raise Refused("choose a connection to search in, or paste an address")
        return linking.search(running, self.connection, self.text, self.kind or None)

    def _is_query(self) -> bool:
        """Whether the words are a query, to be listed by the connection chosen."""
        chosen = next((row for row in _rows() if row.name == self.connection), None)
        is_jira = chosen is not None and chosen.tracker == "jira"
        return is_jira and self.kind in {"", "jql"} and _QUERY.search(self.text) is not None

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
    first = next((name for name, _, finds in known if finds), known[0][0] if known else "")
    return Wanted(
        given.get("q", "").strip()[:5000],
        given.get("connection", first),
        given.get("kind", ""),
    )


def chosen() -> Offer | None:
    """What was chosen of what was found; None for nothing, or for what no tracker knows."""
    scope = request.args.get("scope", "").strip()[:10_000]
    if not scope:
        return None
    try:
        return linking.offered(runtime(), scope)
    except Refused:
        return Offer(scope=scope, kind="", label="", title=scope[:200])


def connections() -> list[tuple[str, str, bool]]:
    """(name, the tracker's name, whether it can be searched by words) of each connection."""
    return [
        (row.name, runtime().tracker(row.tracker).spec.label,
         "finding" in runtime().tracker(row.tracker).spec.capabilities)
        for row in _rows()
    ]  # fmt: skip


def kinds() -> list[tuple[str, list[ScopeKind]]]:
    """The kinds of scopes by tracker, of those that can be searched."""
    trackers = {row.tracker: runtime().tracker(row.tracker).spec for row in _rows()}
    return [
        (spec.label, list(spec.scope_kinds))
        for spec in trackers.values()
        if "finding" in spec.capabilities
    ]


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
    tracker, _, name = scope.partition(":")[0].partition("@")
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
    with runtime().store.read() as session:
        query = select(Connection).where(Connection.ended_at.is_(None)).order_by(Connection.name)
        rows = session.scalars(query).all()
    return [row for row in rows if row.tracker in runtime().trackers]


def _is_whole(text: str) -> bool:
    """Whether a text says everything by itself: an address, or a scope as it is written."""
    head, colon, rest = text.partition(":")
    tracker = head.partition("@")[0]
    return text.startswith(("http://", "https://")) or (
        bool(colon) and ":" in rest and tracker in runtime().trackers
    )
