"""Sends the notes of a connection: one sender at a time, one slice at a time.

A slice is short, so that drains that wait for the same worker do not wait long. No transaction is
open while the tracker is asked.
"""

import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import or_, select, update

from connector import failpoints
from connector.errors import AccessDenied, Declined, Gone, RateLimited, Refused, TrackerError
from connector.store.tables import Connection, Note
from integrations.tracker import Session, WritePace, Writer
from sync import grants
from sync.runtime import Runtime
from sync.writeback import order, pacing, turn
from sync.writeback.compose import compose
from sync.writeback.doors import may_write
from sync.writeback.order import Order
from sync.writeback.turn import Turn

log = structlog.get_logger()
SLICE, SECONDS = 50, 5.0
"""At most so many notes in one go, and no more begun after so long: ten a second, about."""
PACE = 5.0
"""Seconds from one full slice to the next, where nobody else sets the pace."""
IN_VAIN = 3
"""So many failures one after another are the tracker's: all notes wait then."""
REFUSED_FOR = timedelta(hours=1)
"""The pause where a right is missing, unless a person asks for another try."""
rest = time.sleep
"""Lets the seconds pass that a tracker wants between two notes: the turn is held meanwhile."""


@dataclass(slots=True)
class Sent:
    """What one slice did; ``more`` says that the next one may begin at once."""

    written: int = 0
    removed: int = 0
    failed: int = 0
    more: bool = False
    skipped: bool = False


def send(runtime: Runtime, connection_id: int) -> Sent:
    """Compose what is out of date and send what is due; every expected error ends in its row."""
    held = turn.take(runtime, connection_id)
    if held is None:
        return Sent(skipped=True)
    try:
        compose(runtime, connection_id)
        sent = _slice(runtime, connection_id, held)
    finally:
        turn.give(runtime, held)
    if sent.written or sent.removed or sent.failed:
        counts = {"written": sent.written, "removed": sent.removed, "failed": sent.failed}
        log.info("notes.sent", connection_id=connection_id, **counts)
    return sent


def answer(runtime: Runtime, connection_id: int) -> None:
    """What a ring asks for: one slice, and a ring for the next one."""
    if send(runtime, connection_id).more:
        runtime.doorbell.ring(connection_id, "notes")


@dataclass(slots=True)
class _Slice:
    """One slice under way."""

    runtime: Runtime
    connection_id: int
    turn: Turn
    writer: Writer
    pace: WritePace | None
    sent: Sent
    failures: int
    in_vain: int = 0


def _slice(runtime: Runtime, connection_id: int, held: Turn) -> Sent:
    sent = Sent()
    ids = _due(runtime, connection_id)
    if not ids:
        return sent
    try:
        asked, pace, failures = _open(runtime, connection_id)
    except (TrackerError, Refused) as error:
        log.warning("notes.not_opened", connection_id=connection_id, reason=str(error))
        _pause(runtime, connection_id, runtime.clock() + order.FIRST_GAP)
        return sent
    try:
        if asked.writer is not None:
            _all(_Slice(runtime, connection_id, held, asked.writer, pace, sent, failures), ids)
    finally:
        asked.close()
    return sent


def _open(runtime: Runtime, connection_id: int) -> tuple[Session, WritePace | None, int]:
    """The tracker, how fast it may be written to, and how often in a row it gave no answer."""
    with runtime.store.read() as session:
        connection = session.get_one(Connection, connection_id)
    tracker = runtime.tracker(connection.tracker)
    asked = tracker.open(grants.account(runtime, connection))
    return asked, tracker.spec.write_pace, connection.notes_failures


def _due(runtime: Runtime, connection_id: int) -> list[int]:
    """The notes to send, those not tried yet before the others."""
    now = runtime.clock()
    is_due = or_(Note.due_at <= now, Note.due_at > now + order.FARTHEST)
    query = (
        select(Note.id)
        .join(Connection, Connection.id == Note.connection_id)
        .where(Note.connection_id == connection_id, is_due, may_write(now))
        .order_by(Note.attempts, Note.due_at, Note.id)
    )
    with runtime.store.read() as session:
        return list(session.scalars(query.limit(SLICE)))


def _all(under_way: _Slice, ids: list[int]) -> None:
    begun = time.monotonic()
    for note_id in ids:
        if time.monotonic() - begun > SECONDS:
            under_way.sent.more = True
            return
        if not _may_go_on(under_way):
            return
        charged = order.charge(under_way.runtime, under_way.turn, note_id)
        if charged is None:
            continue
        failpoints.reach("note.charged")
        going = _one(under_way, charged)
        if under_way.pace is not None:
            rest(under_way.pace.gap)
        if not going:
            return


def _may_go_on(under_way: _Slice) -> bool:
    """Whether nobody paused or ended the connection since, and the tracker bears one more note
    within this hour; else all wait."""
    mine = Connection.id == under_way.connection_id
    allowed = select(Connection.id).where(mine, may_write(under_way.runtime.clock()))
    with under_way.runtime.store.read() as session:
        if session.scalar(allowed) is None:
            return False
    if under_way.pace is None:
        return True
    until = pacing.spend(under_way.runtime, under_way.connection_id, under_way.pace)
    if until is not None:
        _pause(under_way.runtime, under_way.connection_id, until)
    return until is None


def _one(under_way: _Slice, charged: Order) -> bool:
    """Send one; returns whether to go on."""
    runtime, sent = under_way.runtime, under_way.sent
    try:
        remote_id = _call(under_way.writer, charged)
    except TrackerError as error:
        return _explained(under_way, charged, error)
    failpoints.reach("note.written")
    _answered(under_way)
    if remote_id is None:
        order.removed(runtime, charged)
        sent.removed += 1
    else:
        order.arrived(runtime, charged, remote_id)
        sent.written += 1
    return True


def _call(writer: Writer, charged: Order) -> str | None:
    """The tracker's id of a note, None of one that is no longer there."""
    if charged.wanted:
        return writer.put(charged.ref, charged.note, charged.remote_id)
    try:
        writer.remove(charged.ref, charged.note, charged.remote_id)
    except Gone:
        return None  # the item took its notes with it
    return None


def _explained(under_way: _Slice, charged: Order, error: TrackerError) -> bool:
    """Store what an error means for its note and the others; returns whether to go on."""
    runtime, now = under_way.runtime, under_way.runtime.clock()
    match error:
        case RateLimited(certain=False):
            order.interrupted(runtime, charged, error.until)
            return _wait(under_way, error.until)
        case RateLimited(scope="issue"):
            order.put_off(runtime, charged, error.until)
            return True
        case RateLimited():
            order.put_off(runtime, charged, now)
            _pause(runtime, under_way.connection_id, error.until)
            return False
        case AccessDenied() if grants.refuses(runtime, under_way.connection_id, error):
            # The account is refused, for reading too: the next drain says so, or mends it.
            order.put_off(runtime, charged, now)
            _pause(runtime, under_way.connection_id, now + order.FIRST_GAP)
            return False
        case grants.SignInEnded():  # somebody else renewed it meanwhile
            order.put_off(runtime, charged, now)
            return False
        case AccessDenied():
            order.refused(runtime, charged, str(error), now + REFUSED_FOR)
        case Gone():
            order.closed(runtime, charged, f"{charged.ref.key} cannot be written on: {error}")
        case Declined():
            order.declined(runtime, charged, str(error), final=error.final)
        case _:
            order.failed(runtime, charged, str(error))
            return _failed(under_way)
    _answered(under_way)
    under_way.sent.failed += 1
    return True


def _answered(under_way: _Slice) -> None:
    """The tracker said something: what failed before is over."""
    under_way.in_vain = 0
    if under_way.failures:
        under_way.failures = 0
        _store(under_way.runtime, under_way.connection_id, notes_failures=0)


def _failed(under_way: _Slice) -> bool:
    """Without an answer: whether to go on, else all of the connection's notes wait."""
    under_way.sent.failed += 1
    under_way.in_vain += 1
    if under_way.in_vain < IN_VAIN:
        return True
    return _wait(under_way, under_way.runtime.clock())


def _wait(under_way: _Slice, least: datetime) -> bool:
    """All of the connection's notes wait, longer each time and at least until then."""
    runtime, failures = under_way.runtime, under_way.failures + 1
    until = max(least, runtime.clock() + order.pause(failures))
    _store(runtime, under_way.connection_id, notes_after=until, notes_failures=failures)
    return False


def _pause(runtime: Runtime, connection_id: int, until: datetime) -> None:
    """No note is sent before; reading goes on."""
    _store(runtime, connection_id, notes_after=until)


def _store(runtime: Runtime, connection_id: int, **values: Any) -> None:
    mine = update(Connection).where(Connection.id == connection_id)
    with runtime.store.write() as session:
        session.execute(mine.values(**values))
