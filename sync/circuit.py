"""The circuit of a connection: where nobody answers, one source asks for all the others.

It opens after some tries in a row without an answer, of whichever sources. Then all of them rest;
when the rest is over one is tried, and its answer lets the others go on.
"""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, or_, update
from sqlalchemy.orm import Session

from connector.store.tables import Connection, Source

OPENS_AFTER = 5
PROBE = timedelta(seconds=60)
"""So long one source is given for its try before another one is let."""


def closed(now: datetime, farthest: datetime) -> ColumnElement[bool]:
    """The condition under which a connection may be called; what rests beyond ``farthest`` was
    planned before the clock was set back."""
    until = Connection.rests_until
    return or_(until.is_(None), until <= now, until > farthest)


def lets(session: Session, connection: Connection, now: datetime, farthest: datetime) -> bool:
    """Whether a source may be tried; where the connection rested, it is the one that asks for
    all."""
    until = connection.rests_until
    if until is None:
        return True
    if now < until <= farthest:
        return False
    mine = update(Connection).where(Connection.id == connection.id, Connection.rests_until == until)
    taken = session.execute(mine.values(rests_until=now + PROBE))
    return bool(taken.rowcount == 1)  # type: ignore[attr-defined]


def unanswered(connection: Connection, now: datetime, pause: timedelta) -> None:
    """Note a try without an answer; after too many all rest for that long."""
    connection.unanswered += 1
    if connection.unanswered >= OPENS_AFTER:
        connection.rests_until = now + pause


def answered(session: Session, connection: Connection, now: datetime) -> None:
    """The tracker said something: where all rested, what waited for it is tried now."""
    rested, connection.rests_until, connection.unanswered = connection.rests_until, None, 0
    if rested is None:
        return
    waiting = update(Source).where(
        Source.connection_id == connection.id,
        Source.failing_since.is_not(None),
        Source.lease_until.is_(None),
        Source.due_at > now,
    )
    session.execute(waiting.values(due_at=now), execution_options={"synchronize_session": False})
