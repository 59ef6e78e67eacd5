"""The clock: every 15 seconds whatever is dirty or due is rung, by one process at a time."""

from datetime import timedelta

from sqlalchemy import delete, or_, select, update
from sqlalchemy.exc import IntegrityError

from connector.store.tables import Connection, Delivery, Lease, Run, Source
from sync import refusals, said, writeback
from sync.hooks import keeping, recovering, retesting
from sync.lease import LENGTH, latest_due
from sync.runtime import Runtime

EVERY = 15.0
"""Seconds between two sweeps."""
PRUNE_EVERY = 3600.0
KEEP_DELIVERIES = timedelta(days=14)
KEEP_RUNS = timedelta(days=90)


def sweep(runtime: Runtime, every: float = EVERY) -> list[int]:
    """Ring every source that is dirty or due and may be read; returns what was rung."""
    refusals.settle(runtime)
    if not _first(runtime, "sweep", every * 0.8):
        return []
    said.end_due(runtime)
    if _first(runtime, "prune", PRUNE_EVERY):
        prune(runtime)
    rung = due(runtime)
    for source_id in rung:
        runtime.doorbell.ring(source_id)
    writeback.ring(runtime)
    keeping.renew_due(runtime)
    recovering.recover_due(runtime)
    retesting.retest_due(runtime)
    return rung


def prune(runtime: Runtime) -> None:
    """Forget deliveries no tracker sends again, and runs nobody asks for any more."""
    now = runtime.clock()
    with runtime.store.write() as session:
        session.execute(delete(Delivery).where(Delivery.received_at < now - KEEP_DELIVERIES))
        session.execute(delete(Run).where(Run.started_at < now - KEEP_RUNS))


def due(runtime: Runtime) -> list[int]:
    """The sources that want a drain now."""
    now = runtime.clock()
    waits = (Source.dirty_seq > Source.done_seq) & Source.failing_since.is_(None)
    # What lies further ahead than anything is ever planned was planned before the clock went back.
    is_due = or_(Source.due_at.is_(None), Source.due_at <= now, Source.due_at > latest_due(runtime))
    is_free = or_(
        Source.lease_until.is_(None), Source.lease_until <= now, Source.lease_until > now + LENGTH
    )
    query = (
        select(Source.id)
        .join(Connection, Connection.id == Source.connection_id)
        .where(
            Connection.broken_at.is_(None),
            or_(Source.not_before.is_(None), Source.not_before <= now),
            is_free,
            or_(is_due, waits),
        )
        .order_by(Source.id)
    )
    with runtime.store.read() as session:
        return list(session.scalars(query))


def _first(runtime: Runtime, name: str, seconds: float) -> bool:
    """Whether this process is the one to do it in this span: two clocks cannot double."""
    now = runtime.clock()
    length = timedelta(seconds=seconds)
    expired = or_(Lease.until <= now, Lease.until > now + length)
    with runtime.store.write() as session:
        taken = session.execute(
            update(Lease).where(Lease.name == name, expired).values(until=now + length)
        )
        if taken.rowcount == 1:  # type: ignore[attr-defined]
            return True
        if session.get(Lease, name) is not None:
            return False
        try:
            with session.begin_nested():
                session.add(Lease(name=name, until=now + length))
        except IntegrityError:
            return False
        return True
