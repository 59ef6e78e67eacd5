"""The straight line: pull → mirror → contributions → readings → scores, for one source.

Pages are committed as they come; contributions, readings, scores and ``done_seq`` together at
the end. No transaction is open while the tracker is asked.
"""

from dataclasses import replace

import structlog

from connector import failpoints
from connector.errors import Refused, Renamed, TrackerError
from connector.store.tables import Connection, Run, Source
from sync import care, grants, history, lease, renames, repairs
from sync.failures import note_crash, note_failure
from sync.finish import finish
from sync.pull import FETCH_AT_ONCE, Drain, Drained, Progress, order_of, pull, quiet
from sync.runtime import Runtime
from sync.sources import beside

__all__ = ["FETCH_AT_ONCE", "Drained", "drain"]
log = structlog.get_logger()


def drain(
    runtime: Runtime,
    source_id: int,
    *,
    force: bool = False,
    full: bool = False,
    progress: Progress = quiet,
) -> Drained:
    """Bring one source up to date; every expected error ends in the source's own record."""
    claim = lease.claim(runtime, source_id, force=force)
    if claim is None:
        return Drained(skipped=True)
    failpoints.reach("drain.claimed")
    under_way = Drain(runtime, claim, progress)
    try:
        with lease.kept(runtime, claim):
            _run(under_way, full=full)
    except lease.LeaseLost as error:
        under_way.result.error = str(error)
    except Renamed as error:
        under_way.result.error = renames.follow(runtime, claim, error)
    except (TrackerError, Refused) as error:
        under_way.result.error = note_failure(runtime, claim, error, budget=under_way.seen.budget)
    except Exception as error:
        note_crash(runtime, claim, error)
        raise
    result = under_way.result
    result.seconds = (runtime.clock() - claim.started_at).total_seconds()
    _note_run(under_way)
    _tell(source_id, result)
    return result


def _tell(source_id: int, result: Drained) -> None:
    tell = log.info if result.items_changed or result.items_gone else log.debug
    (log.warning if result.error else tell)("drained", source_id=source_id, **_figures(result))


def _run(drain: Drain, *, full: bool) -> None:
    order = order_of(drain, full=full)
    with drain.runtime.store.read() as session:
        connection = session.get_one(Connection, drain.claim.connection_id)
        past = history.wanted(session, drain.claim.source_id)
        others = beside(session, connection.id) if past else frozenset()
    scopes = order.need.scopes
    account = grants.account(drain.runtime, connection, order.fields, scopes)
    witness = care.witness(drain.runtime, drain.claim)
    account = replace(account, beside=others - scopes, witness=witness)
    tracker = drain.runtime.tracker(connection.tracker)
    drain.authority = tracker.spec.authority
    drain.reads_index = "absence" in tracker.spec.capabilities
    asked = tracker.open(account)
    try:
        pull(drain, asked, order, tracker)
        called = drain.seen.look.called if drain.seen.look else {}
        if order.cursor is not None and not (order.need.fresh or called):
            drain.seen.repaired = repairs.unhinted(drain.runtime, drain.claim, drain.seen.shown)
    finally:
        drain.result.calls, drain.seen.budget = asked.calls, asked.budget
        drain.seen.calls, drain.seen.read = asked.calls, drain.result.items_read
        asked.close()
    failpoints.reach("drain.read")
    drain.result.items_gone += finish(
        drain.runtime,
        drain.claim,
        drain.seen,
        need=order.need,
        tracker=tracker,
    )


def _note_run(drain: Drain) -> None:
    """Keep what happened where anything did; an idle look leaves no row."""
    runtime, claim, result, seen = drain.runtime, drain.claim, drain.result, drain.seen
    if not (result.items_changed or result.items_gone or result.error):
        return
    with runtime.store.write() as session:
        if session.get(Source, claim.source_id) is None:
            return
        if result.error:  # else it was counted when it ended
            repairs.count(session, claim, seen)
        session.add(Run(source_id=claim.source_id, started_at=claim.started_at, **_figures(result)))


def _figures(result: Drained) -> dict[str, float | int | str | None]:
    names = ("seconds", "calls", "items_read", "items_changed", "items_gone", "error")
    return {name: getattr(result, name) for name in names}
