"""The clock: every 15 seconds whatever is dirty or due is rung, by one process at a time."""

from datetime import timedelta

from sqlalchemy import or_, select, update
from sqlalchemy.exc import IntegrityError

from connector.store.tables import Connection, Lease, Source
from sync.runtime import Runtime

EVERY = 15.0
"""Seconds between two sweeps."""


def sweep(runtime: Runtime, every: float = EVERY) -> list[int]:
    """Ring every source that is dirty or due and may be read; returns what was rung."""
    if not _first(runtime, every):
        return []
    rung = due(runtime)
    for source_id in rung:
        runtime.doorbell.ring(source_id)
    return rung


def due(runtime: Runtime) -> list[int]:
    """The sources that want a drain now."""
    now = runtime.clock()
    waits = (Source.dirty_seq > Source.done_seq) & Source.failing_since.is_(None)
    query = (
        select(Source.id)
        .join(Connection, Connection.id == Source.connection_id)
        .where(
            Connection.broken_at.is_(None),
            or_(Source.not_before.is_(None), Source.not_before <= now),
            or_(Source.lease_until.is_(None), Source.lease_until <= now),
            or_(Source.due_at.is_(None), Source.due_at <= now, waits),
        )
        .order_by(Source.id)
    )
    with runtime.store.read() as session:
        return list(session.scalars(query))


def _first(runtime: Runtime, every: float) -> bool:
    """Whether this process is the one to sweep now: two clocks cannot double."""
    now = runtime.clock()
    until = now + timedelta(seconds=every * 0.8)
    with runtime.store.write() as session:
        taken = session.execute(
            update(Lease).where(Lease.name == "sweep", Lease.until <= now).values(until=until)
        )
        if taken.rowcount == 1:  # type: ignore[attr-defined]
            return True
        if session.get(Lease, "sweep") is not None:
            return False
        try:
            with session.begin_nested():
                session.add(Lease(name="sweep", until=until))
        except IntegrityError:
            return False
        return True
