"""What deliveries are judged by: connections as they were last read, kept between deliveries.

What is kept may be out of date, so it never refuses alone: what does not fit it is judged by the
row as it is now; and what fits it is stored only if the row is still the same.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from connector.store import Store
from connector.store.tables import Connection, FormerName

COLUMNS = (
    Connection.id,
    Connection.uid,
    Connection.name,
    Connection.tracker,
    Connection.hook_cipher,
    Connection.grant_cipher,
)
_BY_NAME = select(*COLUMNS).where(Connection.ended_at.is_(None))
_BY_FORMER = _BY_NAME.join(FormerName, FormerName.connection_id == Connection.id)
RECENT = 1.0
"""Seconds: for addresses that were refused often, what was read so lately is true enough."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """The part of a connection that says who may deliver to it."""

    id: int
    uid: str
    name: str
    tracker: str
    hook_cipher: bytes = field(repr=False)
    grant_cipher: bytes | None = field(repr=False)


def door_of(row: Sequence[Any]) -> Door:
    """The door of a row that begins with the columns of one."""
    return Door(
        id=row[0], uid=row[1], name=row[2], tracker=row[3], hook_cipher=row[4], grant_cipher=row[5]
    )


@dataclass(slots=True)
class Doors:
    """The doors of one database by the names of their connections."""

    _kept: dict[str, tuple[Door, float]] = field(default_factory=dict)

    def kept(self, name: str) -> Door | None:
        """The door as it was when it was last read."""
        found = self._kept.get(name)
        return found[0] if found else None

    def is_recent(self, name: str) -> bool:
        """Whether it was read a moment ago."""
        found = self._kept.get(name)
        return found is not None and time.monotonic() < found[1] + RECENT

    def read(self, store: Store, name: str) -> Door | None:
        """The door as it is now; None where no such connection stands."""
        at = time.monotonic()
        with store.engine.connect() as connection:
            row = connection.execute(_BY_NAME.where(Connection.name == name)).first()
            row = row or connection.execute(_BY_FORMER.where(FormerName.name == name)).first()
        if row is None:
            self._kept.pop(name, None)
            return None
        door = door_of(row)
        self._kept[name] = (door, at)
        return door
