"""What an error does to a source: when it is tried again, and who has to act."""

import contextlib
from datetime import datetime

from sqlalchemy import or_, update
from sqlalchemy.orm import Session

from connector.errors import AccessDenied, RateLimited, Refused, TrackerError
from connector.store.tables import Connection, Source
from integrations.tracker import Budget
from sync import circuit, grants, lease, outages
from sync.kinds import CRASHED as CRASH
from sync.kinds import UNANSWERED, kind_of
from sync.lease import Claim
from sync.runtime import Runtime

CRASHED = "Worklift itself failed while reading this source; its log has the details"
CUT_OFF = "the database failed while this source was read; Worklift's log has the details"


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
        connection = session.get_one(Connection, claim.connection_id)
        source.lease_until = None
        if isinstance(error, RateLimited):
            _wait(session, source, connection, error)
            keep_budget(connection, budget)
            return None
        _keep(source, str(error), kind_of(error), now)
        if refused:
            connection.broken_at, connection.error = now, str(error)
            connection.error_kind = source.error_kind
        if isinstance(error, TrackerError):
            _count(runtime, session, connection, source.error_kind)
    return str(error)


def _wait(session: Session, source: Source, connection: Connection, error: RateLimited) -> None:
    """A pause that was asked for is kept, and is no failure."""
    source.due_at, source.failures = error.until, 0
    pause(session, connection.id, error.until)
    if error.certain:  # else a server that failed, and says how long
        circuit.answered(session, connection, error.until)


def _keep(source: Source, sentence: str, kind: str, now: datetime) -> None:
    source.error, source.error_kind = sentence, kind
    source.failing_since = source.failing_since or now


def _count(runtime: Runtime, session: Session, connection: Connection, kind: str | None) -> None:
    """Whether the tracker answered at all is its connection's affair."""
    now = runtime.clock()
    if kind != UNANSWERED:
        circuit.answered(session, connection, now)
        return
    tries = max(0, connection.unanswered + 1 - circuit.OPENS_AFTER)
    circuit.unanswered(connection, now, lease.gap(tries, runtime.settings.poll, runtime.draw))


def note_crash(runtime: Runtime, claim: Claim, error: Exception) -> None:
    """Say that Worklift or its database failed; the next try waits as after any failure."""
    sentence = CUT_OFF if outages.is_away(error) else CRASHED
    with contextlib.suppress(lease.LeaseLost), runtime.store.write() as session:
        source = lease.held(session, claim, runtime.clock())
        source.lease_until = None
        _keep(source, sentence, CRASH, runtime.clock())


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
