"""A cycle's rows as they are stored now: a fixed number of statements, however much there is."""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import JSON, Dialect, Select, Text, TypeDecorator, and_, select, type_coerce
from sqlalchemy import cast as as_type
from sqlalchemy.orm import Session, aliased

from connector.ledger import LinkReading
from connector.store.tables import (
    CheckIn,
    Cycle,
    KeyResult,
    Link,
    Objective,
    Override,
    Person,
    Reading,
    Score,
    Team,
)
from sync import bulk
from sync.reports.memory import Making, Memory, Query
from sync.standings import Standing

_NAMES = tuple(Standing.__dataclass_fields__)
_SCORE = tuple(getattr(Score, name).label(f"score_{name}") for name in _NAMES)
_READ = tuple(LinkReading.__dataclass_fields__)
_UNREAD = ("notes_at", "write_back", "told_from", "root_id", "reapply_from", "ended_by", "origin")
"""What no report shows of a link."""
_NAME = Person.name.label("person_name")
_SAID = tuple(
    getattr(Override, name).label(f"over_{name}")
    for name in ("id", "value", "reason", "author", "made_at", "until")
)


Numbers = dict[tuple[str, int], Standing]
"""Stored numbers by kind and subject."""


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows in their order, the names of whoever owns or leads them by id, and their numbers."""

    rows: Sequence[Any]
    names: Mapping[int, str]
    numbers: Numbers


NO_ROWS = Rows((), {}, {})


@dataclass(frozen=True, slots=True)
class Said:
    """The override that stands over a key result."""

    value: float
    reason: str
    author: str
    made_at: Any
    until: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyResults:
    """Key results with what people said of each, by id; ``names`` are those of the owners."""

    rows: Sequence[Any]
    overrides: Mapping[int, Said]
    confidence: Mapping[int, int]
    blockers: Mapping[int, str]
    names: Mapping[int, str]
    numbers: Numbers


class _Found(NamedTuple):
    """A row with its number, and the override or the reading beside it."""

    row: Any
    number: Standing | None = None
    beside: Any = None


def key_results(
    session: Session,
    cycle: Cycle,
    only: Collection[int] | None = None,
    memory: Memory | None = None,
) -> KeyResults:
    """The key results of a cycle in their order, or ``only`` these."""
    found = _read(session, memory, "key_results", lambda: _of_key_results(cycle, only), _judged)
    rows = [each.row for each in found]
    return KeyResults(
        # Of several overrides the last one stands.
        rows=list({row.id: row for row in rows}.values()),
        overrides={each.row.id: each.beside for each in found if each.beside},
        confidence={row.id: row.confidence for row in rows if row.confidence is not None},
        blockers={row.id: row.blockers for row in rows if row.blockers},
        names=_names(rows, "owner_id"),
        numbers=_numbers("key_result", found),
    )


def _of_key_results(cycle: Cycle, only: Collection[int] | None) -> Select[Any]:
    standing = and_(Override.key_result_id == KeyResult.id, Override.ended_at.is_(None))
    query = (
        select(*_columns(KeyResult), *_SAID, _NAME, _confidence(), _blockers(), *_SCORE)
        .outerjoin(Override, standing)
        .outerjoin(Score, _scored("key_result", KeyResult.id, cycle))
        .outerjoin(Person, Person.id == KeyResult.owner_id)
        .where(KeyResult.cycle_id == cycle.id)
        .order_by(KeyResult.position, KeyResult.id, Override.id)
    )
    return query if only is None else query.where(KeyResult.id.in_(only))


def objectives(
    session: Session,
    cycle: Cycle,
    memory: Memory | None = None,
    *,
    only: Collection[int] | None = None,
) -> Rows:
    """The objectives of a cycle in their order, or ``only`` these."""
    found = _read(session, memory, "objectives", lambda: _of_objectives(cycle, only), _scored_row)
    rows = [each.row for each in found]
    return Rows(rows, _names(rows, "owner_id"), _numbers("objective", found))


def _of_objectives(cycle: Cycle, only: Collection[int] | None) -> Select[Any]:
    query = (
        select(*_columns(Objective), _NAME, *_SCORE)
        .outerjoin(Person, Person.id == Objective.owner_id)
        .outerjoin(Score, _scored("objective", Objective.id, cycle))
        .where(Objective.cycle_id == cycle.id)
        .order_by(Objective.position, Objective.id)
    )
    return query if only is None else query.where(Objective.id.in_(only))


def teams(session: Session, cycle: Cycle, memory: Memory | None = None) -> Rows:
    """Every team in its order, with its numbers in this cycle."""
    found = _read(session, memory, "teams", lambda: _of_teams(cycle), _scored_row)
    rows = [each.row for each in found]
    return Rows(rows, _names(rows, "lead_id"), _numbers("team", found))


def _of_teams(cycle: Cycle) -> Select[Any]:
    return (
        select(*_columns(Team), _NAME, *_SCORE)
        .outerjoin(Person, Person.id == Team.lead_id)
        .outerjoin(Score, _scored("team", Team.id, cycle))
        .order_by(Team.position, Team.id)
    )


def links(
    session: Session,
    cycle: Cycle,
    only: Collection[int] | None = None,
    memory: Memory | None = None,
) -> tuple[dict[int, list[Any]], dict[int, LinkReading]]:
    """The links that stand by key result, each with ``changed_at`` (when its numbers last did),
    and their readings by link."""
    found = _read(session, memory, "links", lambda: _of_links(cycle, only), _linked)
    several: dict[int, list[Any]] = defaultdict(list)
    for each in found:
        several[each.row.key_result_id].append(each.row)
    return several, {each.row.id: each.beside for each in found if each.beside is not None}


def _of_links(cycle: Cycle, only: Collection[int] | None) -> Select[Any]:
    query = (
        select(
            *_columns(Link, _UNREAD),
            Reading.link_id.label("read"),
            Reading.computed_at.label("changed_at"),
            *(getattr(Reading, name).label(f"read_{name}") for name in _READ),
        )
        .join(KeyResult, KeyResult.id == Link.key_result_id)
        .outerjoin(Reading, Reading.link_id == Link.id)
        .where(KeyResult.cycle_id == cycle.id, Link.ended_at.is_(None))
        .order_by(Link.position, Link.id)
    )
    return query if only is None else query.where(Link.key_result_id.in_(only))


def _read(
    session: Session, memory: Memory | None, name: str, query: Query, make: Making
) -> list[_Found]:
    """What is made of the rows of a query; of those remembered nothing is made anew."""
    if memory is not None:
        return memory.read(session, name, query, make)
    return [make(row) for row in bulk.rows(session, query())]


def _judged(row: Any) -> _Found:
    return _Found(row, _number(row), _said(row) if row.over_id is not None else None)


def _scored_row(row: Any) -> _Found:
    return _Found(row, _number(row))


def _linked(row: Any) -> _Found:
    read = dict(zip(_READ, row[-len(_READ) :], strict=True))
    return _Found(row, beside=LinkReading(**read) if row.read is not None else None)


class _Shared(TypeDecorator[Any]):
    """JSON of which many rows hold the same: read once, and never to be changed."""

    impl = Text
    cache_ok = True

    def process_result_value(self, value: str | None, _dialect: Dialect) -> Any:
        return None if value is None else _loaded(value)


@lru_cache(maxsize=4096)
def _loaded(text: str) -> Any:
    return json.loads(text)


def _columns(table: type[Any], but: Collection[str] = ()) -> Iterator[Any]:
    for column in table.__table__.columns:
        if column.key in but:
            continue
        shown = getattr(table, column.key)
        if isinstance(column.type, JSON):
            shown = type_coerce(as_type(shown, Text), _Shared()).label(column.key)
        yield shown


def _names(rows: Iterable[Any], column: str) -> dict[int, str]:
    return {getattr(row, column): row.person_name for row in rows if row.person_name is not None}


def _scored(kind: str, subject: Any, cycle: Cycle) -> Any:
    return and_(Score.cycle_id == cycle.id, Score.kind == kind, Score.subject_id == subject)


def _numbers(kind: str, found: Iterable[_Found]) -> Numbers:
    return {(kind, each.row.id): each.number for each in found if each.number is not None}


def _number(row: Any) -> Standing | None:
    """Of a row that ends with the columns of a score; ``partial`` is None where there is none."""
    if row.score_partial is None:
        return None
    return Standing(**dict(zip(_NAMES, row[-len(_NAMES) :], strict=True)))


def _said(row: Any) -> Said:
    return Said(
        value=row.over_value,
        reason=row.over_reason,
        author=row.over_author,
        made_at=row.over_made_at,
        until=row.over_until,
    )


def _confidence() -> Any:
    """What was last said in a check-in that gave one."""
    return _last(CheckIn.confidence, CheckIn.confidence.is_not(None)).label("confidence")


def _blockers() -> Any:
    """What the last check-in says is in the way."""
    return _last(CheckIn.blockers).label("blockers")


def _last(column: Any, *conditions: Any) -> Any:
    said = aliased(CheckIn)
    query: Select[Any] = (
        select(getattr(said, column.key))
        .where(said.key_result_id == KeyResult.id)
        .order_by(said.made_at.desc(), said.id.desc())
        .limit(1)
    )
    if conditions:
        query = query.where(getattr(said, column.key).is_not(None))
    return query.correlate(KeyResult).scalar_subquery()
