"""Many rows read and written at once, past the objects that a session holds."""

import json
from collections import namedtuple
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import chain, repeat
from typing import Any, TypeVar, cast

from sqlalchemy import (
    ARRAY,
    JSON,
    Boolean,
    Column,
    ColumnDefault,
    ColumnElement,
    Dialect,
    Insert,
    Result,
    Select,
    Table,
    Update,
    any_,
    bindparam,
    func,
    insert,
    inspect,
    select,
    true,
    update,
)
from sqlalchemy.orm import Session
from sqlalchemy.types import TypeEngine

from connector.store.base import Base, Instant, as_texts
from connector.store.chunks import chunks

V = TypeVar("V")
Body = dict[str, Any]
"""A row by the names of its columns."""
Columns = tuple[Any, ...]
"""Columns of a table, as it declares them."""
Making = Callable[[Iterable[Any]], Iterable[Any]]
"""Makes what a driver takes of the values of a column."""
_NEW = "new_"
"""Begins the names of values in statements: an update's must not be those of its columns."""


def rows(session: Session, query: Select[*tuple[Any, ...]]) -> list[Any]:
    """What a query for columns finds, as named tuples; far faster than objects."""
    session.flush()  # what it holds back counts too
    found = session.connection().execute(query)
    make = _making_rows(found)
    return [make(row) for row in found.all()]


def portions(session: Session, query: Select[*tuple[Any, ...]], size: int) -> Iterator[list[Any]]:
    """The same ``size`` at a time: the rest stays in the database until it is asked for."""
    session.flush()
    found = session.connection().execute(query, execution_options={"yield_per": size})
    make = _making_rows(found)
    with closing(found):
        for portion in found.partitions():
            yield [make(row) for row in portion]


def _making_rows(found: Result[Any]) -> Callable[[Any], Any]:
    # The attributes of a named tuple are many times as fast as those of the rows themselves.
    make: Callable[[Any], Any] = _named(tuple(found.keys()))._make
    return make


def column(session: Session, query: Select[V]) -> list[V]:
    """What a query for one column finds."""
    session.flush()
    return list(session.connection().execute(query).scalars().all())


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


def named(
    session: Session, columns: Columns, held: Mapping[Any, Any], key: Any, wanted: Collection[Any]
) -> dict[Any, Any]:
    """The rows whose ``key`` is one of these, by it, where other columns hold what is ``held``."""
    if not wanted:
        return {}
    session.flush()
    values, dialect = sorted(wanted), _dialect(session).name
    told: Body = {f"held_{n}": each for n, each in enumerate(held.values())}
    told["wanted"] = json.dumps(values) if dialect == "sqlite" else values
    found = session.connection().execute(_naming(dialect, columns, tuple(held), key), told)
    return {getattr(row, key.key): row for row in map(_making_rows(found), found.all())}


@lru_cache(maxsize=64)
def _naming(dialect: str, columns: Columns, held: Columns, key: Any) -> Select[Any]:
    """The statement of ``named``, put together once: it is asked many times in a row."""
    query = select(*columns).where(*(each == bindparam(f"held_{n}") for n, each in enumerate(held)))
    if dialect != "sqlite":
        return query.where(key == any_(bindparam("wanted", type_=ARRAY(key.type))))
    told = func.json_each(bindparam("wanted")).table_valued("value")
    return query.where(key.in_(select(told.c.value)))


def add(
    session: Session, table: type[Base], columns: Sequence[str], added: Iterable[Sequence[Any]]
) -> None:
    """Insert rows, each the values of ``columns``; the others get their defaults."""
    values = list(zip(*added, strict=True))
    if values:
        fill(session, table, dict(zip(columns, values, strict=True)))


def fill(session: Session, table: type[Base], columns: Mapping[str, Sequence[Any]]) -> None:
    """The same for rows told column by column; there is one at least."""
    session.flush()
    kept = {name: each for name, each in columns.items() if not _is_blank(table, name, each)}
    _inserting(_dialect(session), table, tuple(kept)).send(session, list(kept.values()))


def pair(
    session: Session, table: type[Base], columns: tuple[str, str], added: Mapping[str, list[int]]
) -> None:
    """Insert rows of two columns: each name with each of its numbers, in the order of both."""
    session.flush()
    if not added:
        return
    if _dialect(session).name != "sqlite":
        pairs = chain.from_iterable(zip(repeat(name), added[name]) for name in sorted(added))
        add(session, table, columns, pairs)
        return
    # Told as one parameter: to step through so small rows costs more than to write them.
    told = json.dumps({name: added[name] for name in sorted(added)})
    names = func.json_each(bindparam(None, told)).table_valued("key", "value").alias("names")
    numbers = func.json_each(names.c.value).table_valued("value").alias("numbers")
    rows = select(names.c.key, numbers.c.value).select_from(names.join(numbers, true()))
    session.connection().execute(insert(_table(table)).from_select(columns, rows))


def write(
    session: Session, table: type[Base], *, added: Sequence[Body], changed: Sequence[Body]
) -> None:
    """Insert rows, and update others by their primary key; each kind names the same columns."""
    if added:
        add(session, table, tuple(added[0]), _values(added))
    if changed:
        session.flush()
        values = list(zip(*_values(changed), strict=True))
        _updating(_dialect(session), table, tuple(changed[0])).send(session, values)
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
    """A statement for many rows: what becomes of each column of values, and their order."""

    text: str
    order: tuple[int, ...]
    defaults: tuple[Any, ...]
    makers: tuple[tuple[int, Making], ...]
    instants: tuple[int, ...]
    """Columns of which SQLite keeps text."""
    names: tuple[str, ...]
    """Empty where the driver takes values by their position."""

    def send(self, session: Session, columns: Sequence[Sequence[Any]]) -> None:
        """Have the driver carry it out for all rows; statements made row by row cost more than
        the database itself."""
        made: list[Iterable[Any]] = [*columns]
        made += (repeat(each, len(columns[0])) for each in self.defaults)
        told = as_texts([list(made[place]) for place in self.instants])
        for place, texts in zip(self.instants, told, strict=True):
            made[place] = texts
        for place, make in self.makers:
            made[place] = make(made[place])
        sent: list[Any] = list(zip(*(made[place] for place in self.order), strict=True))
        if self.names:
            sent = [dict(zip(self.names, row, strict=True)) for row in sent]
        session.connection().exec_driver_sql(self.text, sent)


@lru_cache(maxsize=256)
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
    types = [target.columns[name].type for name in given]
    texts = [isinstance(each, Instant) and dialect.name == "sqlite" for each in types]
    instants = tuple(place for place, is_text in enumerate(texts) if is_text)
    makers = ((place, _making(each, dialect)) for place, each in enumerate(types))
    return _Statement(
        str(compiled),
        tuple(map(given.index, columns)),
        defaults,
        tuple((place, make) for place, make in makers if make and place not in instants),
        instants,
        () if compiled.positional else names,
    )


def _making(kind: TypeEngine[Any], dialect: Dialect) -> Making | None:
    """What the driver takes for the values of a column, made of all of them at once."""
    make = kind.dialect_impl(dialect).bind_processor(dialect)
    if make is None:
        return None
    if isinstance(kind, Boolean):
        known = {value: make(value) for value in (True, False, None)}
        return partial(map, known.__getitem__)
    return partial(_shared, make) if isinstance(kind, JSON) else partial(map, make)


def _shared(make: Callable[[Any], Any], values: Iterable[Any]) -> Iterator[Any]:
    """Text for each value, made once for those that rows share."""
    held = list(values)  # as long as all are held, an id names one of them
    made = {id(each): each for each in held}
    return map({key: make(each) for key, each in made.items()}.__getitem__, map(id, held))


def _is_blank(table: type[Base], name: str, values: Sequence[Any]) -> bool:
    """Whether rows need not be told of a column to have none of it."""
    if values[0] is not None or any(each is not None for each in values):
        return False
    column = _table(table).columns[name]
    return column.default is None and column.server_default is None


def _values(bodies: Sequence[Body]) -> Iterator[tuple[Any, ...]]:
    """The values of rows that all name the columns of the first, in its order."""
    return (tuple(body[name] for name in bodies[0]) for body in bodies)


def _dialect(session: Session) -> Dialect:
    return session.connection().dialect


def _table(table: type[Base]) -> Table:
    return cast("Table", table.__table__)


def _primary(table: type[Base]) -> Column[Any]:
    return cast("Column[Any]", inspect(table).primary_key[0])


def _told_anew(session: Session, table: type[Base]) -> None:
    """What the session read of a table before is asked for again."""
    for each in [row for row in session.identity_map.values() if isinstance(row, table)]:
        session.expire(each)
