"""A cycle's rows as they are stored now: a fixed number of statements, however much there is."""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

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
from sync.standings import Standing

_NAMES = tuple(Standing.__dataclass_fields__)
_SCORE = tuple(getattr(Score, name).label(f"score_{name}") for name in _NAMES)
_READ = tuple(LinkReading.__dataclass_fields__)
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


def key_results(session: Session, cycle: Cycle, only: Collection[int] | None) -> KeyResults:
    """The key results of a cycle in their order, or ``only`` these."""
    standing = and_(Override.key_result_id == KeyResult.id, Override.ended_at.is_(None))
    query = (
        select(*_columns(KeyResult), *_SAID, _NAME, _confidence(), _blockers(), *_SCORE)
        .outerjoin(Override, standing)
        .outerjoin(Score, _scored("key_result", KeyResult.id, cycle))
        .outerjoin(Person, Person.id == KeyResult.owner_id)
        .where(KeyResult.cycle_id == cycle.id)
        .order_by(KeyResult.position, KeyResult.id, Override.id)
    )
    if only is not None:
        query = query.where(KeyResult.id.in_(only))
    found = bulk.rows(session, query)
    said = [row for row in found if row.over_id is not None]
    return KeyResults(
        # Of several overrides the last one stands.
        rows=list({row.id: row for row in found}.values()),
        overrides={row.id: _said(row) for row in said},
        confidence={row.id: row.confidence for row in found if row.confidence is not None},
        blockers={row.id: row.blockers for row in found if row.blockers},
        names=_names(found, "owner_id"),
        numbers=_numbers("key_result", found),
    )


def objectives(session: Session, cycle: Cycle) -> Rows:
    """The objectives of a cycle in their order."""
    query = (
        select(*_columns(Objective), _NAME, *_SCORE)
        .outerjoin(Person, Person.id == Objective.owner_id)
        .outerjoin(Score, _scored("objective", Objective.id, cycle))
        .where(Objective.cycle_id == cycle.id)
        .order_by(Objective.position, Objective.id)
    )
    found = bulk.rows(session, query)
    return Rows(found, _names(found, "owner_id"), _numbers("objective", found))


def teams(session: Session, cycle: Cycle) -> Rows:
    """Every team in its order, with its numbers in this cycle."""
    query = (
        select(*_columns(Team), _NAME, *_SCORE)
        .outerjoin(Person, Person.id == Team.lead_id)
        .outerjoin(Score, _scored("team", Team.id, cycle))
        .order_by(Team.position, Team.id)
    )
    found = bulk.rows(session, query)
    return Rows(found, _names(found, "lead_id"), _numbers("team", found))


def links(
    session: Session, cycle: Cycle, only: Collection[int] | None
) -> tuple[dict[int, list[Any]], dict[int, LinkReading]]:
    """The links that stand by key result, each with ``changed_at`` (when its numbers last did),
    and their readings by link."""
    query = (
        select(
            *_columns(Link),
            Reading.link_id.label("read"),
            Reading.computed_at.label("changed_at"),
            *(getattr(Reading, name).label(f"read_{name}") for name in _READ),
        )
        .join(KeyResult, KeyResult.id == Link.key_result_id)
        .outerjoin(Reading, Reading.link_id == Link.id)
        .where(KeyResult.cycle_id == cycle.id, Link.ended_at.is_(None))
        .order_by(Link.position, Link.id)
    )
    if only is not None:
        query = query.where(Link.key_result_id.in_(only))
    found: dict[int, list[Any]] = defaultdict(list)
    readings = {}
    first = -len(_READ)
    for row in bulk.rows(session, query):
        found[row.key_result_id].append(row)
        if row.read is not None:
            readings[row.id] = LinkReading(**dict(zip(_READ, row[first:], strict=True)))
    return found, readings


class _Shared(TypeDecorator[Any]):
    """JSON of which many rows hold the same: read once, and never to be changed."""

    impl = Text
    cache_ok = True

    def process_result_value(self, value: str | None, _dialect: Dialect) -> Any:
        return None if value is None else _loaded(value)


@lru_cache(maxsize=4096)
def _loaded(text: str) -> Any:
    return json.loads(text)


def _columns(table: type[Any]) -> Iterator[Any]:
    for column in table.__table__.columns:
        shown = getattr(table, column.key)
        if isinstance(column.type, JSON):
            shown = type_coerce(as_type(shown, Text), _Shared()).label(column.key)
        yield shown


def _names(rows: Iterable[Any], column: str) -> dict[int, str]:
    return {getattr(row, column): row.person_name for row in rows if row.person_name is not None}


def _scored(kind: str, subject: Any, cycle: Cycle) -> Any:
    return and_(Score.cycle_id == cycle.id, Score.kind == kind, Score.subject_id == subject)


def _numbers(kind: str, rows: Iterable[Any]) -> Numbers:
    """Of rows that end with the columns of a score; ``partial`` is None where there is none."""
    first = -len(_NAMES)
    return {
        (kind, row.id): Standing(**dict(zip(_NAMES, row[first:], strict=True)))
        for row in rows
        if row.score_partial is not None
    }


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
