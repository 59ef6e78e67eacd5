"""What people said of a key result in check-ins, newest first."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from connector.store.tables import CheckIn


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckInReport:
    """One check-in; ``confidence`` is 1 to 10, ``value`` in the key result's unit."""

    at: datetime
    author: str
    value: float | None
    confidence: int | None
    note: str
    blockers: str
    confirms: bool


def check_ins(
    session: Session, key_result_id: int, *, at: datetime | None = None
) -> tuple[CheckInReport, ...]:
    """All check-ins of a key result; with ``at`` those made by then."""
    query = select(CheckIn).where(CheckIn.key_result_id == key_result_id)
    if at is not None:
        query = query.where(CheckIn.made_at <= at)
    newest_first = query.order_by(CheckIn.made_at.desc(), CheckIn.id.desc())
    return tuple(_report(row) for row in session.scalars(newest_first))


def _report(row: CheckIn) -> CheckInReport:
    return CheckInReport(
        at=row.made_at,
        author=row.author,
        value=row.value,
        confidence=row.confidence,
        note=row.note,
        blockers=row.blockers,
        confirms=row.confirms,
    )
