"""What an error does to a source: when it is tried again, and who has to act."""

import contextlib
from datetime import datetime

from sqlalchemy import or_, update
from sqlalchemy.orm import Session

from connector.errors import AccessDenied, RateLimited, Refused, TrackerError
from connector.store.tables import Connection, Source
from sync import lease
from sync.accounts import account_of
from sync.lease import Claim
from sync.runtime import Runtime

CRASHED = "Worklift itself failed while reading this source; its log has the details"


def note_failure(runtime: Runtime, claim: Claim, error: TrackerError | Refused) -> str | None:
    """Keep the error with its source; returns the sentence, None for a pause asked for."""
    try:
        return _note(runtime, claim, error)
    except lease.LeaseLost as lost:
        return str(lost)


def _note(runtime: Runtime, claim: Claim, error: TrackerError | Refused) -> str | None:
    refused = isinstance(error, AccessDenied) and _connection_refused(runtime, claim)
    now = runtime.clock()
    with runtime.store.write() as session:
        lease.together(session, claim.connection_id)
        source = lease.held(session, claim, now)
        source.lease_until = None
        if isinstance(error, RateLimited):
            source.due_at = error.until
            source.failures = 0
            pause(session, source.connection_id, error.until)
            return None
        source.error = str(error)
        source.failing_since = source.failing_since or now
        if refused:
            connection = session.get_one(Connection, source.connection_id)
            connection.broken_at, connection.error = now, str(error)
    return str(error)


def note_crash(runtime: Runtime, claim: Claim) -> None:
    """Say that Worklift itself failed; the next try waits as after any failure."""
    with contextlib.suppress(lease.LeaseLost), runtime.store.write() as session:
        source = lease.held(session, claim, runtime.clock())
        source.lease_until = None
        source.error = CRASHED
        source.failing_since = source.failing_since or runtime.clock()


def pause(session: Session, connection_id: int, until: datetime) -> None:
    """A limit is the account's: none of the connection's sources is asked before ``until``."""
    earlier = or_(Source.not_before.is_(None), Source.not_before < until)
    mine = update(Source).where(Source.connection_id == connection_id, earlier)
    session.execute(mine.values(not_before=until))


def _connection_refused(runtime: Runtime, claim: Claim) -> bool:
    """Whether the token itself is refused, or only this source of several."""
    with runtime.store.read() as session:
        connection = session.get_one(Connection, claim.connection_id)
    asked = runtime.tracker(connection.tracker).open(account_of(connection, runtime.vault))
    try:
        asked.check()
    except AccessDenied:
        return True
    except TrackerError:
        return False
    finally:
        asked.close()
    return False
