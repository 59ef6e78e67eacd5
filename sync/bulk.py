"""Many rows read and written at once, past the objects that a session holds."""

import json
from collections import namedtuple
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from operator import itemgetter
from typing import Any, cast

from sqlalchemy import (
    ARRAY,
    Column,
    ColumnDefault,
    ColumnElement,
    Dialect,
    Insert,
    Select,
    Table,
    Update,
    any_,
    bindparam,
    func,
    insert,
    inspect,
    select,
    update,
)
from sqlalchemy.orm import Session

from connector.store.base import Base
from connector.store.chunks import chunks

Body = dict[str, Any]
"""A row by the names of its columns."""
_NEW = "new_"
"""Begins the names of values in statements: an update's must not be those of its columns."""


def rows(session: Session, query: Select[*tuple[Any, ...]]) -> list[Any]:
    """What a query for columns finds, as named tuples; far faster than objects."""
    session.flush()  # what it holds back counts too
    found = session.connection().execute(query)
    # The attributes of a named tuple are many times as fast as those of the rows themselves.
    make: Callable[[Any], Any] = _named(tuple(found.keys()))._make
    return [make(row) for row in found.all()]


@lru_cache(maxsize=256)
def _named(columns: tuple[str, ...]) -> Any:
    return namedtuple("Found", columns)  # noqa: PYI024 - its fields are those of a query


def among(session: Session, column: Any, wanted: Collection[Any]) -> ColumnElement[bool]:
    """Whether a column holds one of these values, told as one parameter: a list of many costs
    more to put together than to look up."""
    values = sorted(wanted)
    if _dialect(session).name == "sqlite":
        told = func.json_each(bindparam(None, json.dumps(values))).table_valued("value")
        return cast("ColumnElement[bool]", column.in_(select(told.c.value)))
    return cast("ColumnElement[bool]", column == any_(bindparam(None, values, ARRAY(column.type))))


def add(
    session: Session, table: type[Base], columns: Sequence[str], added: Iterable[Sequence[Any]]
) -> None:
    """Insert rows, each the values of ``columns``; the others get their defaults."""
    values = list(added)
    if values:
        session.flush()
        _inserting(_dialect(session), table, tuple(columns)).send(session, values)


def write(
    session: Session, table: type[Base], *, added: Sequence[Body], changed: Sequence[Body]
) -> None:
    """Insert rows, and update others by their primary key; each kind names the same columns."""
    if added:
        add(session, table, tuple(added[0]), _values(added))
    if changed:
        session.flush()
        _updating(_dialect(session), table, tuple(changed[0])).send(session, _values(changed))
        _told_anew(session, table)


def mark(session: Session, table: type[Base], ids: Collection[int], body: Body) -> None:
    """Write the same into rows of these ids."""
    if not ids:
        return
    session.flush()
    for chunk in chunks(ids):
        named = _primary(table).in_(chunk)
        session.connection().execute(update(_table(table)).where(named).values(body))
    _told_anew(session, table)


@dataclass(frozen=True, slots=True)
class _Statement:
    """A statement for many rows: how each is put in its order, and what becomes of its values."""

    text: str
    ordered: Callable[[Sequence[Any]], tuple[Any, ...]]
    defaults: tuple[Any, ...]
    makers: tuple[tuple[int, Callable[[Any], Any]], ...]
    names: tuple[str, ...]
    """Empty where the driver takes values by their position."""

    def send(self, session: Session, values: Iterable[Sequence[Any]]) -> None:
        """Have the driver carry it out for all rows; statements made row by row cost more than
        the database itself."""
        sent: list[Any] = [self._made(row) for row in values]
        if self.names:
            sent = [dict(zip(self.names, row, strict=True)) for row in sent]
        session.connection().exec_driver_sql(self.text, sent)

    def _made(self, row: Sequence[Any]) -> tuple[Any, ...]:
        made = [*row, *self.defaults]
        for place, make in self.makers:
            made[place] = make(made[place])
        return self.ordered(made)


@lru_cache(maxsize=64)
def _inserting(dialect: Dialect, table: type[Base], columns: tuple[str, ...]) -> _Statement:
    target = _table(table)
    left = {
        column.name: column.default.arg(None) if column.default.is_callable else column.default.arg
        for column in target.columns
        if column.name not in columns and isinstance(column.default, ColumnDefault)
    }
    told: Body = {name: bindparam(f"{_NEW}{name}") for name in (*columns, *left)}
    query = insert(target).inline().values(told)
    return _statement(dialect, target, query, (*columns, *left), tuple(left.values()))


@lru_cache(maxsize=64)
def _updating(dialect: Dialect, table: type[Base], columns: tuple[str, ...]) -> _Statement:
    target, primary = _table(table), _primary(table)
    told: Body = {name: bindparam(f"{_NEW}{name}") for name in columns if name != primary.name}
    query = update(target).where(primary == bindparam(f"{_NEW}{primary.name}")).values(told)
    return _statement(dialect, target, query, columns, ())


def _statement(
    dialect: Dialect, target: Table, query: Insert | Update, given: Sequence[str], defaults: Any
) -> _Statement:
    compiled = query.compile(dialect=dialect)
    names = tuple(compiled.positiontup or compiled.binds)
    columns = [name.removeprefix(_NEW) for name in names]
    types = (target.columns[name].type.dialect_impl(dialect) for name in given)
    makers = ((place, each.bind_processor(dialect)) for place, each in enumerate(types))
    return _Statement(
        str(compiled),
        itemgetter(*map(given.index, columns)),
        defaults,
        tuple((place, make) for place, make in makers if make is not None),
        () if compiled.positional else names,
    )


def _values(bodies: Sequence[Body]) -> Iterator[tuple[Any, ...]]:
    """The values of rows that all name the columns of the first, in its order."""
    names = tuple(bodies[0])
    return (tuple(body[name] for name in names) for body in bodies)


def _dialect(session: Session) -> Dialect:
    return session.connection().dialect


def _table(table: type[Base]) -> Table:
    return cast("Table", table.__table__)


def _primary(table: type[Base]) -> Column[Any]:
    return cast("Column[Any]", inspect(table).primary_key[0])


def _told_anew(session: Session, table: type[Base]) -> None:
    """What the session read of a table before is asked for again."""
    for each in list(session.identity_map.values()):
        if isinstance(each, table):
            session.expire(each)
