"""The wordings people can go back to: how a row read, from when on, by whom."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from connector.store.tables import Base, Revision

FIXED = {"id", "key"}


def body_of(row: Base, more: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """A row as JSON, without what never changes; ``more`` is what other tables say of it."""
    columns = row.__table__.columns.keys()
    body = {name: _plain(getattr(row, name)) for name in columns if name not in FIXED}
    return {**body, **(more or {})}


def keep(
    session: Session,
    kind: str,
    row: Base,
    *,
    author: str,
    at: datetime,
    more: Mapping[str, Any] | None = None,
) -> None:
    """Keep how a row reads from now on, and what ``more`` says of it."""
    subject_id: int = row.id  # type: ignore[attr-defined]
    wording = {"recorded_at": at, "author": author, "body": body_of(row, more)}
    session.add(Revision(kind=kind, subject_id=subject_id, **wording))


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date | datetime) else value
