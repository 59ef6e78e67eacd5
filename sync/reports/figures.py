"""What is counted of sources and connections, in a few statements."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Select, and_, case, func, select
from sqlalchemy.orm import Session

from connector.standing import ConnectionFigures, Figures, SourceFigures
from connector.store.tables import (
    Connection,
    Delivery,
    DeliveryCount,
    Note,
    Source,
    UnreadableItem,
)

WAITING, FAILED, UNDELIVERABLE = "waiting", "failed", "undeliverable"
ACCEPTED = "accepted"


def figures(session: Session) -> Figures:
    """Of all connections that are read."""
    aside = _counted(session, select(UnreadableItem.source_id, func.count())
                     .group_by(UnreadableItem.source_id))  # fmt: skip
    rows = session.execute(
        select(Source, Connection, _waiting_since())
        .join(Connection, Connection.id == Source.connection_id)
        .where(Connection.ended_at.is_(None))
        .order_by(Connection.name, Source.key)
    ).all()
    return Figures(
        tuple(_source(row, connection, since, aside) for row, connection, since in rows),
        tuple(_connections(session)),
    )


def _source(
    row: Source, connection: Connection, since: Any, aside: Mapping[int, int]
) -> SourceFigures:
    return SourceFigures(
        id=row.id,
        connection=connection.name,
        tracker=connection.tracker,
        key=row.key,
        looked_at=row.looked_at,
        due_at=row.due_at,
        failing_since=row.failing_since,
        broken=connection.broken_at is not None,
        waiting_since=since,
        behind=max(0, row.dirty_seq - row.done_seq),
        failures=row.failures,
        deaths=row.deaths,
        drains=row.drains,
        calls=row.calls,
        items_read=row.items_read,
        repaired=row.repaired,
        aside=aside.get(row.id, 0),
        audited_at=row.audited_at,
        audit=row.audit or {},
        error=row.error,
        not_before=row.not_before,
        rests_until=connection.rests_until,
        lease_until=row.lease_until,
        left_alone=connection.paused_at,
    )


def _waiting_since() -> Any:
    """The first delivery that came after the last look of a source which is behind."""
    first = (
        select(func.min(Delivery.received_at))
        .where(Delivery.connection_id == Source.connection_id)
        .where(Delivery.received_at >= func.coalesce(Source.looked_at, Connection.created_at))
        .correlate(Source, Connection)
        .scalar_subquery()
    )
    return case((Source.dirty_seq > Source.done_seq, first), else_=None)


def _connections(session: Session) -> Iterable[ConnectionFigures]:
    deliveries: dict[int, dict[str, int]] = defaultdict(dict)
    for owner, kind, number in session.execute(
        select(DeliveryCount.connection_id, DeliveryCount.kind, DeliveryCount.number)
    ):
        deliveries[owner][kind] = number
    accepted = select(Delivery.connection_id, func.count()).group_by(Delivery.connection_id)
    for owner, number in _counted(session, accepted).items():
        deliveries[owner][ACCEPTED] = number
    notes: dict[int, dict[str, int]] = defaultdict(dict)
    for owner, state, number in session.execute(_notes()):
        notes[owner][state] = number
    found = select(Connection).where(Connection.ended_at.is_(None)).order_by(Connection.name)
    for row in session.scalars(found):
        budget = row.budget or {}
        yield ConnectionFigures(
            name=row.name,
            tracker=row.tracker,
            deliveries=deliveries[row.id],
            notes=notes[row.id],
            limit=budget.get("limit"),
            left=budget.get("remaining"),
            repairs=row.delivered_at is not None,
        )


def _notes() -> Select[Any]:
    state = case(
        (and_(Note.error.is_not(None), Note.due_at.is_(None)), UNDELIVERABLE),
        (Note.error.is_not(None), FAILED),
        else_=WAITING,
    )
    unsent = Note.due_at.is_not(None) | Note.error.is_not(None)
    asked = select(Note.connection_id, state, func.count()).where(unsent)
    return asked.group_by(Note.connection_id, state)


def _counted(session: Session, query: Select[int, int]) -> dict[int, int]:
    return {owner: number for owner, number in session.execute(query)}  # noqa: C416 - rows
