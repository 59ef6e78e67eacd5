"""Rows as they were worded at a past instant, detached from the session."""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any, TypeVar

from sqlalchemy import Date, select
from sqlalchemy.orm import Session

from connector.store.base import Base, Instant
from connector.store.chunks import chunks
from connector.store.tables import Revision

Row = TypeVar("Row", bound=Base)


def bodies(
    session: Session, kind: str, ids: Collection[int], at: datetime
) -> dict[int, Mapping[str, Any]]:
    """The newest wording of each subject recorded by then."""
    found: dict[int, Mapping[str, Any]] = {}
    for chunk in chunks(ids):
        query = select(Revision.subject_id, Revision.body).where(
            Revision.kind == kind, Revision.subject_id.in_(chunk), Revision.recorded_at <= at
        )
        ordered = query.order_by(Revision.recorded_at, Revision.id)
        found.update({row[0]: row[1] for row in session.execute(ordered)})
    return found


def first_bodies(session: Session, kind: str, ids: Collection[int]) -> dict[int, Mapping[str, Any]]:
    """The first wording of each subject: for days before it was recorded."""
    found: dict[int, Mapping[str, Any]] = {}
    for chunk in chunks(ids):
        query = select(Revision.subject_id, Revision.body).where(
            Revision.kind == kind, Revision.subject_id.in_(chunk)
        )
        ordered = query.order_by(Revision.recorded_at.desc(), Revision.id.desc())
        found.update({row[0]: row[1] for row in session.execute(ordered)})
    return found


LATER = {
    "curve": "linear",
    "steps": [],
    "guard": False,
    "confirmed_at": None,
    "confirmed_by": None,
    "progress_from": "links",
    "takes": "key_results",
    "retired": False,
}
"""What did not exist when the first wordings were kept, as it was then."""


def worded(row: Row, body: Mapping[str, Any]) -> Row:
    """A copy of a row that reads as a wording says; what that does not know stays."""
    columns = type(row).__table__.columns
    fields = {column.key: getattr(row, column.key) for column in columns}
    if len(body) > 1:
        fields |= {name: value for name, value in LATER.items() if name in fields}
    for name, value in body.items():
        if name in columns:
            fields[name] = _typed(columns[name].type, value)
    return type(row)(**fields)


def _typed(kind: object, value: Any) -> Any:
    if isinstance(value, str) and isinstance(kind, Instant):
        return datetime.fromisoformat(value)
    if isinstance(value, str) and isinstance(kind, Date):
        return date.fromisoformat(value)
    return value
