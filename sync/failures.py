"""What an error does to a source: when it is tried again, and who has to act."""

from connector.errors import AccessDenied, RateLimited, TrackerError
from connector.store.tables import Connection
from sync import lease
from sync.accounts import account_of
from sync.lease import Claim
from sync.runtime import Runtime

CRASHED = "Worklift itself failed while reading this source; its log has the details"


def note_failure(runtime: Runtime, claim: Claim, error: TrackerError) -> str | None:
    """Keep the error with its source; returns the sentence, None for a pause asked for."""
    refused = isinstance(error, AccessDenied) and _connection_refused(runtime, claim)
    now = runtime.clock()
    with runtime.store.write() as session:
        source = lease.held(session, claim, now)
        source.lease_until = None
        if isinstance(error, RateLimited):
            source.not_before = source.due_at = error.until
            source.failures = 0
            return None
        source.error = str(error)
        source.failing_since = source.failing_since or now
        if refused:
            connection = session.get_one(Connection, source.connection_id)
            connection.broken_at, connection.error = now, str(error)
    return str(error)


def note_crash(runtime: Runtime, claim: Claim) -> None:
    """Say that Worklift itself failed; the next try waits as after any failure."""
    with runtime.store.write() as session:
        source = lease.held(session, claim, runtime.clock())
        source.lease_until = None
        source.error = CRASHED
        source.failing_since = source.failing_since or runtime.clock()


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
