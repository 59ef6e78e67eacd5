"""One new name of a place that is being followed, and what it makes of other names."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, or_
from sqlalchemy.orm import Session

from connector.errors import Renamed
from connector.store.tables import Connection, Item, Source
from integrations.tracker import Renaming, Spec


@dataclass(frozen=True, slots=True)
class Move:
    """One new name being followed, of the place that ``source`` reads."""

    session: Session
    connection: Connection
    source: Source
    spec: Spec
    renaming: Renaming
    told: Renamed
    now: datetime

    @property
    def author(self) -> str:
        """Who is said to have changed what is called otherwise."""
        return self.spec.label

    def value(self, kind: str, value: str) -> str:
        """The value of a scope by the new name."""
        return self.renaming.value(kind, value, self.told.was, self.told.now)

    def tag(self, tag: str) -> str:
        """A tag by the new name."""
        return self.renaming.tag(tag, self.told.was, self.told.now)

    def key(self, key: str) -> str:
        """The key of an item by the new name."""
        return self.renaming.key(key, self.told.was, self.told.now)

    def place(self, name: str) -> str:
        """The name of a place as it is now."""
        return self.told.now if name.strip().lower() == self.told.was else name.strip()

    @property
    def here(self) -> ColumnElement[bool]:
        """The items of the place. Where its source reads items, they are those it read: what
        others read under that name may be of another place that took it."""
        named = (Item.connection_id == self.connection.id) & (Item.place == self.told.was)
        reads = self.source.looked_at is not None and self.source.need.get("scopes")
        return named & (Item.source_id == self.source.id) if reads else named

    @property
    def below(self) -> ColumnElement[bool]:
        """The items whose parents lie in the place, by the names they give them."""
        named = (
            Item.parent_key.startswith(f"{self.told.was}{mark}", autoescape=True)
            for mark in ("#", "-", "/")
        )
        return (Item.connection_id == self.connection.id) & or_(*named)
