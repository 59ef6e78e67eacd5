"""The clock: every 15 seconds whatever is dirty or due is rung, by one process at a time."""

import math
from datetime import timedelta

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.exc import IntegrityError

from connector import failpoints
from connector.store.tables import Connection, Delivery, Lease, Run, Source
from sync import auditing, circuit, refusals, said, trending, writeback
from sync.hooks import keeping, recovering, retesting, watching
from sync.lease import LENGTH, SOON, ahead, longest_rest
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
    failpoints.reach("clock.looked")
    for source_id in rung:
        runtime.doorbell.ring(source_id)
    writeback.ring(runtime)
    keeping.renew_due(runtime)
    recovering.recover_due(runtime)
    watching.watch_due(runtime)
    retesting.retest_due(runtime)
    auditing.ring(runtime)
    trending.tell_due(runtime)
    return rung


def look(runtime: Runtime) -> list[int]:
    """Ring what drains left that were cut off, between two sweeps; returns what was rung."""
    rung = due(runtime, left=True)
    for source_id in rung:
        runtime.doorbell.ring(source_id)
    return rung


def held_for(runtime: Runtime) -> float:
    """Seconds until the first of the leases that are held now runs out; without end if none is."""
    now = runtime.clock()
    first = select(func.min(Source.lease_until)).where(Source.lease_until > now)
    with runtime.store.read() as session:
        until = session.scalar(first)
    return (until - now).total_seconds() if until is not None else math.inf


def take_over(runtime: Runtime) -> None:
    """Free what a process that was killed held: for one that has the database to itself."""
    with runtime.store.write() as session:
        held = update(Source).where(Source.lease_until > runtime.clock())
        session.execute(held.values(lease_until=runtime.clock()))
        session.execute(delete(Lease))


def prune(runtime: Runtime) -> None:
    """Forget deliveries no tracker sends again, and runs nobody asks for any more."""
    now = runtime.clock()
    with runtime.store.write() as session:
        session.execute(delete(Delivery).where(Delivery.received_at < now - KEEP_DELIVERIES))
        session.execute(delete(Run).where(Run.started_at < now - KEEP_RUNS))


def due(runtime: Runtime, *, left: bool = False) -> list[int]:
    """The sources that want a drain now; with ``left`` only those whose drain was cut off."""
    now = runtime.clock()
    # A drain that ends gives its lease back; one that was cut off leaves it to run out.
    cut_off = Source.lease_until.is_not(None) & (Source.lease_until <= now)
    soon = Source.failing_since.is_(None) & (Source.failures <= SOON)
    waits = soon & (cut_off | (Source.dirty_seq > Source.done_seq))
    is_due = or_(Source.due_at.is_(None), Source.due_at <= now, ahead(runtime))
    is_free = or_(
        Source.lease_until.is_(None), Source.lease_until <= now, Source.lease_until > now + LENGTH
    )
    query = (
        select(Source.id)
        .join(Connection, Connection.id == Source.connection_id)
        .where(
            Connection.broken_at.is_(None),
            Connection.paused_at.is_(None),
            circuit.closed(now, longest_rest(runtime)),
            or_(Source.not_before.is_(None), Source.not_before <= now),
            is_free,
            or_(is_due, waits),
        )
        .order_by(Source.id)
    )
    if left:
        query = query.where(cut_off)
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
