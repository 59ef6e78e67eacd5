"""A key result, what it hangs on and its links as they were recorded at a past instant."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from connector import ledger, scoring
from connector.errors import Refused
from connector.store.tables import (
    Contribution,
    Cycle,
    KeyResult,
    Link,
    Objective,
    Reading,
    Revision,
    Score,
)
from sync import values

DATES = {"start_date", "end_date", "start", "end"}
"""Columns that hold a day: wordings keep them as ISO text. A key result's start is a number."""


def holds(row: Contribution, at: datetime | None) -> bool:
    """Whether a version is the one that held at ``at`` (now for None)."""
    if at is None:
        return row.replaced_at is None
    return row.recorded_at <= at and (row.replaced_at is None or row.replaced_at > at)


def key_result_at(session: Session, row: KeyResult, at: datetime) -> KeyResult:
    """The key result as it was worded then; raises ``Refused`` before it was first recorded."""
    body = _body(session, "key_result", row.id, at)
    if body is None:
        raise Refused(f"{row.key} was not recorded yet at {at.isoformat()}")
    place = {"cycle_id": row.cycle_id, "objective_id": row.objective_id, "position": row.position}
    return KeyResult(**{**place, **_wording(body)}, id=row.id, key=row.key)


def objective_at(session: Session, objective_id: int, at: datetime) -> Objective:
    """The objective as it was worded then, or as it is where nothing older is kept."""
    row = session.get_one(Objective, objective_id)
    body = _body(session, "objective", row.id, at)
    return Objective(**_wording(body), id=row.id, key=row.key) if body else row


def cycle_at(session: Session, row: Cycle, at: datetime) -> Cycle:
    """The cycle with the dates of then, or those of now where nothing older is kept."""
    body = _body(session, "cycle", row.id, at)
    return Cycle(**_wording(body), id=row.id, key=row.key) if body else row


def links_at(session: Session, key_result_id: int, at: datetime | None) -> list[Link]:
    """The links that stood then, each with the rule of then; detached from the session."""
    query = select(Link).where(Link.key_result_id == key_result_id)
    if at is None:
        query = query.where(Link.ended_at.is_(None))
    else:
        query = query.where(Link.created_at <= at, or_(Link.ended_at.is_(None), Link.ended_at > at))
    links = list(session.scalars(query.order_by(Link.position, Link.id)))
    if at is not None:
        for link in links:
            session.expunge(link)
            body = _body(session, "link", link.id, at)
            link.rule = body["rule"] if body else link.rule
    return links


def score_at(session: Session, row: KeyResult, links: list[Link], at: datetime) -> Score:
    """The key result's number computed from the versions recorded by then."""
    value, partial = (row.value, False) if not links else _value(session, row, links, at)
    progress = scoring.progress(values.key_result(row), value)
    return Score(value=value, progress=progress, score=scoring.score(progress), partial=partial)


def _value(
    session: Session, row: KeyResult, links: list[Link], at: datetime
) -> tuple[float | None, bool]:
    rules = [values.rule(link) for link in links]
    held = [_held(session, link.id, at) for link in links]
    readings = []
    for link, rule, rows in zip(links, rules, held, strict=True):
        is_known = rows or read_since(session.get(Reading, link.id), at)
        found = ledger.reading(rule.measure, rows) if is_known else None
        known = (found.done, found.total, found.value) if found else (None, None, None)
        readings.append((rule.weight, scoring.Reading(*known)))
    return scoring.combine(
        values.key_result(row),
        readings,
        share=rules[0].measure.is_share,
        pooled=scoring.share(*ledger.pooled(held)),
    )


def read_since(row: Reading | None, at: datetime) -> datetime | None:
    """Since when a link was reckoned, if it was by then; its scope may have held no item at all."""
    return row.since if row is not None and row.since <= at else None


def _held(session: Session, link_id: int, at: datetime) -> list[Contribution]:
    query = select(Contribution).where(
        Contribution.link_id == link_id,
        Contribution.recorded_at <= at,
        or_(Contribution.replaced_at.is_(None), Contribution.replaced_at > at),
    )
    return list(session.scalars(query))


def _body(session: Session, kind: str, subject_id: int, at: datetime) -> dict[str, Any] | None:
    query = (
        select(Revision.body)
        .where(Revision.kind == kind, Revision.subject_id == subject_id, Revision.recorded_at <= at)
        .order_by(Revision.recorded_at.desc(), Revision.id.desc())
        .limit(1)
    )
    return session.scalars(query).one_or_none()


def _wording(body: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _typed(name, value) for name, value in body.items()}


def _typed(name: str, value: Any) -> Any:
    if value is None:
        return None
    if name in DATES and isinstance(value, str):
        return date.fromisoformat(value)
    return datetime.fromisoformat(value) if name == "value_at" else value
