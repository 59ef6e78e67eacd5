"""Which connections have notes to compose or to send, and ringing for them."""

from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_, select

from connector.store.tables import Connection, Link, Note
from sync.runtime import Runtime
from sync.writeback.compose import due as out_of_date
from sync.writeback.order import FARTHEST


def may_write(now: datetime) -> ColumnElement[bool]:
    """The condition under which a connection may be written to."""
    return and_(
        Connection.ended_at.is_(None),
        Connection.broken_at.is_(None),
        Connection.paused_at.is_(None),
        or_(
            Connection.notes_after.is_(None),
            Connection.notes_after <= now,
            Connection.notes_after > now + FARTHEST,
        ),
    )


def waiting(runtime: Runtime) -> list[int]:
    """The connections whose notes are out of date or due; one question."""
    if runtime.settings.public_url is None:
        return []
    now = runtime.clock()
    composing = select(Link.connection_id).where(out_of_date(now))
    sending = select(Note.connection_id).where(
        or_(Note.due_at <= now, Note.due_at > now + FARTHEST)
    )
    query = select(Connection.id).where(
        or_(Connection.id.in_(composing), Connection.id.in_(sending)), may_write(now)
    )
    with runtime.store.read() as session:
        return list(session.scalars(query.order_by(Connection.id)))


def ring(runtime: Runtime) -> None:
    """Have the notes that wait be sent soon, beside the drains and not before them."""
    for connection_id in waiting(runtime):
        runtime.doorbell.ring(connection_id, "notes")
