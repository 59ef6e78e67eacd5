"""Many rows read and written at once, past the objects that a session holds."""

from collections import namedtuple
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Select, insert, update
from sqlalchemy.orm import Session

from connector.store.base import Base

Body = dict[str, Any]
"""A row by the names of its columns."""


def rows(session: Session, query: Select[*tuple[Any, ...]]) -> list[Any]:
    """What a query for columns finds, as named tuples; far faster than objects."""
    session.flush()  # what it holds back counts too
    found = session.connection().execute(query)
    # The attributes of a named tuple are many times as fast as those of the rows themselves.
    make: Callable[[Any], Any] = _named(tuple(found.keys()))._make
    return [make(row) for row in found]


@lru_cache(maxsize=256)
def _named(columns: tuple[str, ...]) -> Any:
    return namedtuple("Found", columns)  # noqa: PYI024 - its fields are those of a query


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
