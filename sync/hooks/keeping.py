"""Keeping a connection's webhooks at its tracker: set up, renewed before they end, taken away."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import structlog
from sqlalchemy import select

from connector.errors import AccessDenied, Emptied, Gone, RateLimited, Refused, TrackerError
from connector.store.tables import Connection
from sync.connections import disconnect as connection_ended
from sync.connections import find
from sync.hook_secret import another, is_readable, opened, sealed
from sync.hooks import calling
from sync.hooks.calling import Call, discreet
from sync.hooks.doors import door_of, known_door
from sync.hooks.kept import Kept, digest, kept
from sync.runtime import Runtime

log = structlog.get_logger()
EARLY = timedelta(days=7)
"""So long before their end webhooks are renewed."""
AGAIN, LONG_AGAIN = timedelta(hours=1), timedelta(days=1)
"""The pause after a failure; the second when a person has to give a right first."""
MEANWHILE = timedelta(minutes=2)
"""Longer than a try takes: nobody else begins one meanwhile."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rotated:
    """A new secret, shown once; ``error`` says why the tracker could not be told of it."""

    secret: str = field(repr=False)
    until: datetime
    error: str | None = None


def register(runtime: Runtime, name: str) -> str | None:
    """Set up webhooks now and keep them; returns a sentence when that is not done yet.

    What only a person can mend leaves what was there, with the sentence, and is tried again a day
    later; where there was nothing, not by itself.
    """
    row = _row(runtime, name)
    known_door(runtime, row)
    before = kept(row)
    held = before or Kept()
    _store(runtime, row, replace(held, again_at=runtime.clock() + MEANWHILE))
    try:
        found = _tried(runtime, row, held, calling.set_up)
    except (AccessDenied, Refused) as error:
        said = discreet(runtime, row, str(error))
        _store(runtime, row, before and before.failed(said, runtime.clock() + LONG_AGAIN))
        return said
    _store(runtime, row, found)
    return found.error


def remove(runtime: Runtime, name: str) -> str | None:
    """Take away the webhooks we set up; a sentence when the tracker did not do it."""
    row = _row(runtime, name)
    held = kept(row)
    if held is not None:
        try:
            calling.taken_away(runtime, row, held)
        except (TrackerError, Refused) as error:
            return discreet(runtime, row, str(error))
    _store(runtime, row, None)
    return None


def disconnect(runtime: Runtime, name: str) -> tuple[int, str | None]:
    """Take the webhooks away and end the connection: its links, and what stayed at the tracker."""
    error = remove(runtime, name)
    return connection_ended(runtime, name), error


def rotate(runtime: Runtime, name: str) -> Rotated:
    """Make a new secret; the old one is good for a day, and webhooks we set up get the new one."""
    with runtime.store.write() as session:
        row = session.get_one(Connection, find(session, name).id, with_for_update=True)
        secret = another(runtime.vault, row, runtime.clock())
        row.hook_cipher = sealed(runtime.vault, row, secret)
    error = register(runtime, name) if row.registered is not None else None
    return Rotated(secret=secret.now, until=secret.until or runtime.clock(), error=error)


def renew_due(runtime: Runtime) -> None:
    """Renew the webhooks of one connection that end soon, or set up those that have to be anew.

    One at a time, since it waits for a tracker and the clock rings for all.
    """
    for row in asked(runtime):
        held = kept(row)
        call = _due(runtime, row, held) if held else None
        if held is not None and call is not None:
            _store(runtime, row, replace(held, again_at=runtime.clock() + MEANWHILE), new=False)
            _store(runtime, row, _kept_up(runtime, row, held, call), new=False)
            return


def asked(runtime: Runtime) -> list[Connection]:
    """The connections whose webhooks a person asked us to keep, and that can be called."""
    query = select(Connection).where(
        Connection.registered.is_not(None),
        Connection.ended_at.is_(None),
        Connection.broken_at.is_(None),
    )
    with runtime.store.read() as session:
        rows = list(session.scalars(query.order_by(Connection.id)))
    return [row for row in rows if is_readable(runtime.vault, row)]


def _due(runtime: Runtime, row: Connection, held: Kept) -> Call | None:
    """What is to be done now, if anything."""
    now, door = runtime.clock(), door_of(runtime, row)
    waits = held.again_at is not None and now < held.again_at <= now + LONG_AGAIN
    if waits or door is None:
        return None
    wanted = (row.url, door, digest(opened(runtime.vault, row).now))
    over = held.expires_at and held.expires_at <= now
    if (held.site, held.door, held.secret) != wanted or over:
        return calling.set_up
    if held.expires_at and held.expires_at - now < EARLY:
        return calling.renewed
    if held.error:
        return calling.set_up
    if held.retry_at and held.retry_at <= now:
        return calling.set_up
    with runtime.store.read() as session:
        places = calling.needed(session, row)
    more = (held.places or not held.ids) and places - set(held.places)
    return calling.set_up if more else None


def _kept_up(runtime: Runtime, row: Connection, held: Kept, call: Call) -> Kept:
    try:
        return _tried(runtime, row, held, call)
    except (AccessDenied, Refused) as error:
        again = runtime.clock() + LONG_AGAIN
        return held.failed(discreet(runtime, row, str(error)), again)


def _tried(runtime: Runtime, row: Connection, held: Kept, call: Call) -> Kept:
    """What is remembered after a try; raises what only a person can mend."""
    try:
        try:
            return call(runtime, row, held)
        except Gone:
            if call is calling.set_up:
                raise
            return calling.set_up(runtime, row, held)  # deleted there: made anew
    except AccessDenied:
        raise
    except TrackerError as error:
        log.warning("hooks.failed", connection=row.name)
        left = held.lost() if isinstance(error, Emptied) else held
        return left.failed(discreet(runtime, row, str(error)), _again_at(runtime, error))


def _again_at(runtime: Runtime, error: TrackerError) -> datetime:
    why = error.__cause__ if isinstance(error, Emptied) else error
    return why.until if isinstance(why, RateLimited) else runtime.clock() + AGAIN


def _row(runtime: Runtime, name: str) -> Connection:
    with runtime.store.read() as session:
        return find(session, name)


def _store(runtime: Runtime, row: Connection, held: Kept | None, *, new: bool = True) -> None:
    """Remember; what a person took away meanwhile does not come back unless it is ``new``."""
    with runtime.store.write() as session:
        now = session.get_one(Connection, row.id, with_for_update=True)
        if now.ended_at is None and (new or now.registered is not None):
            now.registered = held.as_json() if held else None
