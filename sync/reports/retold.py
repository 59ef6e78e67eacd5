"""A query asked again and again, whose rows come as the driver tells them: to be compared."""

from collections import namedtuple
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import Dialect, Select
from sqlalchemy.orm import Session

Told = tuple[Any, ...]
"""A row before anything is made of its values."""


class Asked:
    """One query, put together once."""

    def __init__(self, query: Select[Any]) -> None:
        self._query = query
        columns = tuple(query.selected_columns)
        self._row = _row([each.key or "" for each in columns])
        self._types = [each.type for each in columns]
        self._text = ""
        self._given: Any = ()
        self._makers: list[tuple[int, Callable[[Any], Any]]] = []

    def told(self, session: Session) -> list[Told]:
        """What the driver tells now, in order."""
        session.flush()  # what it holds back counts too
        connection = session.connection()
        if not self._text:
            self._put_together(connection.dialect)
        with connection.exec_driver_sql(self._text, self._given) as found:
            cursor: Any = found.cursor
            kinds = [each[1] for each in cursor.description]
            rows: list[Told] = cursor.fetchall()
        self._makers = list(self._making(connection.dialect, kinds))
        return rows

    def rows(self, told: Iterable[Told]) -> Iterator[Any]:
        """Named tuples with the values that the query's columns stand for."""
        for each in told:
            values = list(each)
            for place, make in self._makers:
                values[place] = make(values[place])
            yield self._row._make(values)

    def _put_together(self, dialect: Dialect) -> None:
        compiled = self._query.compile(dialect=dialect, compile_kwargs={"render_postcompile": True})
        given = compiled.params
        self._given = (
            tuple(given[name] for name in compiled.positiontup or ())
            if compiled.positional
            else given
        )
        self._text = str(compiled)

    def _making(
        self, dialect: Dialect, kinds: Sequence[Any]
    ) -> Iterator[tuple[int, Callable[[Any], Any]]]:
        for place, (kind, told) in enumerate(zip(self._types, kinds, strict=True)):
            make = kind.dialect_impl(dialect).result_processor(dialect, told)
            if make is not None:
                yield place, make


def _row(columns: Sequence[str]) -> Any:
    return namedtuple("Found", columns)  # noqa: PYI024 - its fields are those of a query
