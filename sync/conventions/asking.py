"""A connection where key results may be named by what the tracker shows, and what names them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Text, cast, select
from sqlalchemy.orm import Session

from connector.errors import Refused
from connector.scopes import Below, Scope, Selector
from connector.store.tables import Connection, Item, Link
from connector.store.tables import Naming as Row
from integrations.tracker import Naming, Tracker
from sync.runtime import Runtime
from sync.sources import naming_places

_OFF = "take the name off"


@dataclass(frozen=True, slots=True)
class Named:
    """What names a key result: its scope, the key as it is written there, what people call it, who
    speaks by it, and how that is taken back."""

    kind: str
    value: str
    key: str
    name: str
    title: str
    author: str
    undo: str = _OFF


@dataclass(frozen=True, slots=True)
class Asked:
    """A connection whose items, and what lies beside them, may name key results."""

    session: Session
    connection: Connection
    tracker: Tracker
    naming: Naming
    now: datetime
    zone: ZoneInfo

    def author(self, name: str) -> str:
        """Who makes and ends such links: the item itself, or who spoke there."""
        return f"{name} in {self.tracker.spec.label}"

    def is_item(self, who: str | None) -> bool:
        """Whether an item ended a link, not a person here."""
        return who is None or who.endswith(f" in {self.tracker.spec.label}")

    def selector(self, kind: str, value: str) -> Selector | None:
        """What a scope means; None where the tracker does not know it any more."""
        known = self.tracker.spec.kind(kind)
        try:
            return known.select(value) if known else None
        except Refused:
            return None

    def is_of(self, link: Link, named: Named) -> bool:
        """Whether a link, whoever made it, has what names the key result as its scope."""
        if (link.connection_id, link.kind) != (self.connection.id, named.kind):
            return False
        wanted = self.selector(named.kind, named.value)
        if isinstance(wanted, Below) and link.root_key == wanted.key:
            return True
        return wanted is not None and wanted == self.selector(link.kind, link.today or link.value)


def asked_of(runtime: Runtime, session: Session, connection: Connection) -> Asked | None:
    """The connection, if key results may be named there, or could until now."""
    tracker = runtime.trackers.get(connection.tracker)
    naming = tracker.spec.naming if tracker is not None else None
    if tracker is None or naming is None:
        return None
    mine = (Link.connection_id == connection.id, Link.origin == "convention")
    held = session.scalars(select(Link.id).where(*mine).limit(1)).first()
    if held is None and not naming_places(connection, tracker):
        return None
    zone = runtime.settings.zone
    return Asked(session, connection, tracker, naming, runtime.clock(), zone)


def named(asked: Asked) -> list[Named]:
    """What names key results now, where that is allowed: items first."""
    places = naming_places(asked.connection, asked.tracker)
    return [*_items(asked, places), *_rows(asked, places)]


def _items(asked: Asked, places: tuple[str, ...]) -> Iterator[Named]:
    query = select(Item).where(
        Item.connection_id == asked.connection.id,
        Item.place.in_(places),
        Item.gone_at.is_(None),
        cast(Item.mentions, Text) != "[]",
    )
    for item in asked.session.scalars(query.order_by(Item.id)):
        for key in item.mentions if item.level >= 1 else ():
            kind, author = asked.naming.kind, asked.author(item.key)
            yield Named(kind, item.key, key, item.key, item.title, author)


def _rows(asked: Asked, places: tuple[str, ...]) -> Iterator[Named]:
    query = select(Row).where(
        Row.connection_id == asked.connection.id,
        Row.place.in_(places),
        Row.ends.is_(False),
        Row.problem.is_(None),
    )
    for row in asked.session.scalars(query.order_by(Row.id)):
        name = f"{row.kind} {row.value}"
        author = asked.author(row.author or name)
        undo = f"say /okr unlink {row.key} there first" if row.remote_id else _OFF
        yield Named(row.kind, row.value, row.key, name, "", author, undo)


def says(item: Item, key: str) -> bool:
    """Whether an item names a key result, in any case."""
    return key.casefold() in (each.casefold() for each in item.mentions)


def scope_of(asked: Asked, kind: str, value: str) -> Scope:
    """A scope as it is linked; which connection is only said where there are several."""
    tracker = asked.tracker.spec.key
    query = select(Connection.id).where(Connection.tracker == tracker)
    others = query.where(Connection.ended_at.is_(None), Connection.id != asked.connection.id)
    several = asked.session.scalars(others.limit(1)).first() is not None
    name = asked.connection.name if several else None
    text = f"{tracker}{f'@{name}' if name else ''}:{kind}:{value}"
    return Scope(tracker, name, kind, value, text)
