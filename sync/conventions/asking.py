"""A connection whose items may name key results, and those that do."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Text, cast, select
from sqlalchemy.orm import Session

from connector.scopes import Scope
from connector.store.tables import Connection, Item, Link
from integrations.tracker import Naming, Tracker
from sync.runtime import Runtime
from sync.sources import naming_places


@dataclass(frozen=True, slots=True)
class Named:
    """An item that names a key result, and the key as it is written there."""

    item: Item
    key: str


@dataclass(frozen=True, slots=True)
class Asked:
    """A connection whose items may name key results."""

    session: Session
    connection: Connection
    tracker: Tracker
    naming: Naming
    now: datetime
    zone: ZoneInfo

    def author(self, key: str) -> str:
        """Who makes and ends such links: the item itself."""
        return f"{key} in {self.tracker.spec.label}"

    def is_item(self, who: str | None) -> bool:
        """Whether an item ended a link, not a person."""
        return who is None or who.endswith(f" in {self.tracker.spec.label}")


def asked_of(runtime: Runtime, session: Session, connection: Connection) -> Asked | None:
    """The connection, if its items may name key results, or could until now."""
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
    """The items that name key results now, where that is allowed, by key."""
    query = select(Item).where(
        Item.connection_id == asked.connection.id,
        Item.place.in_(naming_places(asked.connection, asked.tracker)),
        Item.gone_at.is_(None),
        cast(Item.mentions, Text) != "[]",
    )
    items = asked.session.scalars(query.order_by(Item.id))
    return [Named(item, key) for item in items if item.level >= 1 for key in item.mentions]


def says(item: Item, key: str) -> bool:
    """Whether an item names a key result, in any case."""
    return key.casefold() in (each.casefold() for each in item.mentions)


def scope_of(asked: Asked, key: str) -> Scope:
    """The scope that an item is; which connection is only said where there are several."""
    tracker, kind = asked.tracker.spec.key, asked.naming.kind
    query = select(Connection.id).where(Connection.tracker == tracker)
    others = query.where(Connection.ended_at.is_(None), Connection.id != asked.connection.id)
    several = asked.session.scalars(others.limit(1)).first() is not None
    name = asked.connection.name if several else None
    text = f"{tracker}{f'@{name}' if name else ''}:{kind}:{key}"
    return Scope(tracker, name, kind, key, text)
