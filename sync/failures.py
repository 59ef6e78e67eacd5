"""What an error does to a source: when it is tried again, and who has to act."""

import contextlib
from datetime import datetime

from sqlalchemy import or_, update
from sqlalchemy.orm import Session

from connector.errors import AccessDenied, RateLimited, Refused, TrackerError
from connector.store.tables import Connection, Source
from integrations.tracker import Budget
from sync import grants, lease
from sync.lease import Claim
from sync.runtime import Runtime

CRASHED = "Worklift itself failed while reading this source; its log has the details"


def note_failure(
    runtime: Runtime, claim: Claim, error: TrackerError | Refused, *, budget: Budget | None = None
) -> str | None:
    """Keep the error with its source; returns the sentence, None for a pause asked for."""
    try:
        return _note(runtime, claim, error, budget)
    except lease.LeaseLost as lost:
        return str(lost)


def _note(
    runtime: Runtime, claim: Claim, error: TrackerError | Refused, budget: Budget | None
) -> str | None:
    refused = isinstance(error, AccessDenied) and grants.refuses(
        runtime, claim.connection_id, error
    )
    now = runtime.clock()
    with runtime.store.write() as session:
        lease.together(session, claim.connection_id)
        source = lease.held(session, claim, now)
        source.lease_until = None
        if isinstance(error, RateLimited):
            source.due_at = error.until
            source.failures = 0
            pause(session, source.connection_id, error.until)
            keep_budget(session.get_one(Connection, source.connection_id), budget)
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


def keep_budget(connection: Connection, budget: Budget | None) -> None:
    """Store what the tracker's limits left, where it told and it is not what is held."""
    if budget is None:
        return
    told = {
        "limit": budget.limit,
        "remaining": budget.remaining,
        "resets_at": budget.resets_at.isoformat() if budget.resets_at else None,
        "near": budget.near,
    }
    if connection.budget != told:
        connection.budget = told
