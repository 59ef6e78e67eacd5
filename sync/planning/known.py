"""What the store holds by key, read once for a whole plan instead of once an object."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from connector.store.tables import Connection, Cycle, KeyResult, Link, Objective, Support

Place = tuple[int | None, str]
"""The cycle's id (None outside cycles) and the key."""


class Known:
    """Rows by key, kept up with what is added; each table is read when first asked for."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._rows: dict[type[Any], dict[Place, Any]] = {}
        self._links: dict[int, list[Link]] | None = None
        self._supports: dict[int, list[Support]] | None = None
        self._connections: list[Connection] | None = None

    def rows(self, table: type[Any]) -> dict[Place, Any]:
        """All rows of a table by their place."""
        if table not in self._rows:
            found = self._session.scalars(select(table))
            self._rows[table] = {(getattr(row, "cycle_id", None), row.key): row for row in found}
        return self._rows[table]

    def id(self, table: type[Any], key: str | None, cycle_id: int | None = None) -> int | None:
        """The id of a row that must be there; None for no key."""
        found: int | None = None if key is None else self.rows(table)[cycle_id, key].id
        return found

    def cycle_ids(self) -> Iterable[int]:
        """The ids of all cycles."""
        return [row.id for row in self.rows(Cycle).values()]

    def links(self, row: KeyResult) -> list[Link]:
        """The links a stored key result has, in order; a new one has none."""
        if self._links is None:
            self._links = defaultdict(list)
            standing = select(Link).where(Link.ended_at.is_(None))
            for link in self._session.scalars(standing.order_by(Link.position, Link.id)):
                self._links[link.key_result_id].append(link)
        return self._links.get(row.id, [])

    def supports(self, row: Objective) -> list[Support]:
        """What a stored objective supports, in order; a new one nothing yet."""
        if self._supports is None:
            self._supports = defaultdict(list)
            for each in self._session.scalars(select(Support).order_by(Support.position)):
                self._supports[each.objective_id].append(each)
        return self._supports.get(row.id, [])

    def work(self, cycle_id: int, key: str) -> tuple[str, Objective | KeyResult]:
        """The kind and the row of an objective or key result that must be there."""
        objective = self.rows(Objective).get((cycle_id, key))
        if objective is not None:
            return "objective", objective
        return "key_result", self.rows(KeyResult)[cycle_id, key]

    def connection_id(self, tracker: str, name: str | None) -> int | None:
        """The connection a scope means; None while there is none yet."""
        if self._connections is None:
            query = select(Connection).where(Connection.ended_at.is_(None))
            self._connections = list(self._session.scalars(query))
        fits = [
            row.id
            for row in self._connections
            if row.tracker == tracker and name in {None, row.name}
        ]
        if len(fits) > 1:
            raise LookupError(f"several connections to {tracker} fit {name!r}")
        return fits[0] if fits else None
