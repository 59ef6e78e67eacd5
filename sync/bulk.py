"""Many rows written at once, past the objects that a session holds."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import insert, update
from sqlalchemy.orm import Session

from connector.store.base import Base

Body = dict[str, Any]
"""A row by the names of its columns."""


def write(
    session: Session, table: type[Base], *, added: Sequence[Body], changed: Sequence[Body]
) -> None:
    """Insert rows, and update others by their primary key; each kind names the same columns."""
    if added:
        session.execute(insert(table), added)
    if changed:
        session.execute(update(table), changed)
        # What the session read of them before is told anew when it is asked for.
        for each in list(session.identity_map.values()):
            if isinstance(each, table):
                session.expire(each)
