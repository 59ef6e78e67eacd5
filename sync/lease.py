"""The lease of a source: one writer at a time, and an old one is fenced off by its epoch."""

import contextlib
import math
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, or_, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from connector.errors import WorkliftError
from connector.store.tables import Connection, Source
from sync import circuit
from sync.runtime import Draw, Runtime

LENGTH = timedelta(seconds=30)
SOON = 3
"""So many drains that were cut off in a row are each followed at once by another."""
LONGEST_GAP, DOUBLINGS = timedelta(hours=1), 20


class LeaseLost(WorkliftError):
    """Another drain took the source over, or an admin paused it; what this one still holds must not
    be written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A source held for one drain: what was asked for when it was claimed.

    ``died``: the process of the last drain ended before it did; ``deaths`` are those in a row.
    """

    source_id: int
    connection_id: int
    epoch: int
    seq: int
    generation: int
    forced: bool
    started_at: datetime
    died: bool = False
    deaths: int = 0


def claim(runtime: Runtime, source_id: int, *, force: bool = False) -> Claim | None:
    """Take the source, or None when it is held, paused, broken or has nothing to do.

    ``force`` looks although nothing is dirty or due, and at a connection that was refused; a pause
    the tracker asked for is kept even then, and one that an admin did.
    """
    now = runtime.clock()
    with runtime.store.write() as session:
        source = session.get(Source, source_id)
        if source is None or not _wanted(runtime, session, source, force=force):
            return None
        died = source.lease_until is not None  # a drain that ends gives it back
        if not _taken(runtime, session, source, died=died):
            return None
        session.refresh(source)
        return Claim(
            source_id=source_id,
            connection_id=source.connection_id,
            epoch=source.epoch,
            seq=source.dirty_seq,
            generation=source.generation,
            forced=force,
            started_at=now,
            died=died,
            deaths=source.deaths,
        )


def is_torn(source: Source, claim: Claim) -> bool:
    """Whether the drain before was cut off, failed or was asked to wait: it may have stored items,
    and no cursor."""
    return claim.died or source.failing_since is not None or source.not_before is not None


def _taken(runtime: Runtime, session: Session, source: Source, *, died: bool) -> bool:
    """Whether nobody holds the source, nor took it since it was read; it is held then."""
    now = runtime.clock()
    free = or_(
        Source.lease_until.is_(None),
        Source.lease_until <= now,
        Source.lease_until > now + LENGTH,  # the clock was set back
    )
    taken = session.execute(
        update(Source)
        .where(Source.id == source.id, Source.epoch == source.epoch, free)
        .values(
            epoch=Source.epoch + 1,
            deaths=Source.deaths + int(died),
            lease_until=now + LENGTH,
            # Charged before trying: whatever kills this drain cannot make it loop.
            failures=Source.failures + 1,
            due_at=now + gap(source.failures, runtime.settings.poll, runtime.draw),
        )
    )
    return bool(taken.rowcount == 1)  # type: ignore[attr-defined]


def _wanted(runtime: Runtime, session: Session, source: Source, *, force: bool) -> bool:
    now = runtime.clock()
    if source.not_before is not None and source.not_before > now:
        return False
    connection = session.get_one(Connection, source.connection_id)
    if force or connection.paused_at is not None:
        return connection.paused_at is None
    latest = latest_due(runtime, source.failures)
    is_due = source.due_at is None or not now < source.due_at <= latest
    soon = source.failing_since is None and source.failures <= SOON
    waits = soon and (source.dirty_seq > source.done_seq or _was_cut_off(source, now))
    if connection.broken_at is not None or not (is_due or waits):
        return False
    return circuit.lets(session, connection, now, longest_rest(runtime))


def _was_cut_off(source: Source, now: datetime) -> bool:
    return source.lease_until is not None and source.lease_until <= now


def latest_due(runtime: Runtime, failures: int) -> datetime:
    """No source that failed so often in a row is ever due later: one that seems to be was planned
    before the clock went back, or by a machine whose clock is ahead."""
    poll = runtime.settings.poll
    longest = _longest_gap(failures - 1, poll) if failures else poll
    return runtime.clock() + 1.25 * longest + LENGTH


def ahead(runtime: Runtime) -> ColumnElement[bool]:
    """The condition under which a source lies further ahead than it can have been planned."""
    poll, steps = runtime.settings.poll, 1
    while steps <= DOUBLINGS and _longest_gap(steps - 1, poll) < LONGEST_GAP:
        steps += 1
    return or_(
        *((Source.failures == n) & (Source.due_at > latest_due(runtime, n)) for n in range(steps)),
        (Source.failures >= steps) & (Source.due_at > latest_due(runtime, steps)),
    )


def longest_rest(runtime: Runtime) -> datetime:
    """No connection ever rests longer."""
    return runtime.clock() + 1.25 * max(LONGEST_GAP, runtime.settings.poll)


@contextlib.contextmanager
def kept(runtime: Runtime, claim: Claim) -> Iterator[None]:
    """Extend the lease while a drain waits for a slow tracker; ends with the process."""
    stopping = threading.Event()

    def renew() -> None:
        while not stopping.wait(LENGTH.total_seconds() / 4):
            try:
                with runtime.store.write() as session:
                    if not _renewed(session, claim, runtime.clock()):
                        return
            except DBAPIError:
                continue  # the database is away: the drain itself finds out whether it comes back

    thread = threading.Thread(target=renew, name="lease", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stopping.set()
        thread.join()


def _renewed(session: Session, claim: Claim, now: datetime) -> bool:
    """Extend the lease, unless the drain ended while this waited to write: it would be held on."""
    mine = (Source.id == claim.source_id, Source.epoch == claim.epoch)
    still = update(Source).where(*mine, Source.lease_until.is_not(None))
    kept = session.execute(still.values(lease_until=now + LENGTH))
    return kept.rowcount == 1  # type: ignore[attr-defined,no-any-return]


def together(session: Session, connection_id: int) -> None:
    """Lock a connection before several of its sources: all that do so take turns."""
    session.execute(
        select(Connection.id).where(Connection.id == connection_id).with_for_update()
    ).all()


def all_together(session: Session) -> None:
    """Lock every connection that is read: before a write that may touch links of any of them."""
    standing = select(Connection.id).where(Connection.ended_at.is_(None)).order_by(Connection.id)
    session.execute(standing.with_for_update()).all()


def gap(failures: int, poll: timedelta, draw: Draw) -> timedelta:
    """The pause before the next try: its bound is doubled each time, and chance says how much of
    it is waited, so that sources and processes that failed together do not come back together."""
    bound = _longest_gap(failures, poll)
    least = min(bound, poll) / 2
    return least + (bound - least) * draw()


def _longest_gap(failures: int, poll: timedelta) -> timedelta:
    return min(LONGEST_GAP, poll * math.ldexp(1.0, min(failures, DOUBLINGS)))


def held(session: Session, claim: Claim, now: datetime) -> Source:
    """The source, its lease extended, inside a write; raises ``LeaseLost`` when fenced off."""
    kept = session.execute(
        update(Source)
        .where(Source.id == claim.source_id, Source.epoch == claim.epoch)
        .values(lease_until=now + LENGTH)
    )
    if kept.rowcount != 1:  # type: ignore[attr-defined]
        connection = session.get_one(Connection, claim.connection_id)
        if connection.paused_at is not None:
            raise LeaseLost(f"{connection.name} was paused while it was read")
        raise LeaseLost(f"source {claim.source_id} was taken over by another drain")
    query = select(Source).where(Source.id == claim.source_id)
    return session.scalars(query.execution_options(populate_existing=True)).one()
