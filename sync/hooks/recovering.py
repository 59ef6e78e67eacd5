"""Having failed deliveries repeated, of trackers that repeat none by themselves."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from connector.errors import AccessDenied, Declined, Gone, RateLimited, Refused, TrackerError
from connector.store.tables import Connection, Delivery
from integrations.tracker import Attempt, Redelivery, Registered
from sync.hooks.calling import discreet, registrar_of
from sync.hooks.failed import GAPS, KEPT, Failed, Recovery, noted
from sync.hooks.keeping import LONG_AGAIN, MEANWHILE, asked
from sync.hooks.kept import Kept, kept
from sync.runtime import Runtime

log = structlog.get_logger()
EVERY, EACH = timedelta(minutes=5), timedelta(seconds=20)
"""How often deliveries are looked at; the second for each webhook, where there are many."""
SOON = timedelta(minutes=1)
"""When some are left to be repeated."""
OVERLAP = timedelta(minutes=10)
"""A try is told when it began, and may end later; clocks differ."""
AT_ONCE = 30
"""Deliveries that are repeated at once."""


@dataclass(frozen=True, slots=True)
class _Looked:
    """What a look found out; ``missed`` says that a webhook is not there any more."""

    recovery: Recovery
    missed: bool = False


def recover_due(runtime: Runtime) -> None:
    """Look at the deliveries of one connection, and have those repeated that failed.

    One at a time, since it waits for a tracker and the clock rings for all.
    """
    for row in asked(runtime):
        held = kept(row)
        if row.paused_at is None and held and held.ids and _is_due(runtime, row, held.recovery):
            later = replace(held.recovery, due_at=runtime.clock() + MEANWHILE)
            _remember(runtime, row, _Looked(later))
            _remember(runtime, row, _look(runtime, row, held))
            return


def arrived(session: Session, connection_id: int, failed: Collection[Failed]) -> tuple[Failed, ...]:
    """The same, with what came in although the tracker thinks it failed, or since."""
    names = {each.identifier for each in failed}
    query = select(Delivery.identifier).where(
        Delivery.connection_id == connection_id, Delivery.identifier.in_(names)
    )
    here = frozenset(session.scalars(query)) if names else frozenset[str]()
    return tuple(replace(each, arrived=each.arrived or each.identifier in here) for each in failed)


def _is_due(runtime: Runtime, row: Connection, recovery: Recovery) -> bool:
    tracker = runtime.trackers.get(row.tracker)
    if tracker is None or "redelivery" not in tracker.spec.capabilities:
        return False
    now, due_at = runtime.clock(), recovery.due_at
    # What lies further ahead than is ever planned was planned before the clock went back.
    return due_at is None or due_at <= now or due_at > now + LONG_AGAIN


def _look(runtime: Runtime, row: Connection, held: Kept) -> _Looked:
    now, recovery = runtime.clock(), held.recovery
    try:
        with registrar_of(runtime, row) as registrar:
            redelivery = registrar.redelivery
            if redelivery is None:
                return _Looked(replace(recovery, due_at=now + LONG_AGAIN))
            return _followed(runtime, row, held, redelivery)
    except RateLimited as error:
        return _Looked(replace(recovery, due_at=error.until))
    except (AccessDenied, Refused) as error:
        said = discreet(runtime, row, str(error))
        return _Looked(replace(recovery, error=said, due_at=now + LONG_AGAIN))
    except TrackerError:
        log.warning("hooks.unseen", connection=row.name)
        return _Looked(replace(recovery, due_at=now + _pause(held)))


def _followed(runtime: Runtime, row: Connection, held: Kept, redelivery: Redelivery) -> _Looked:
    now = runtime.clock()
    # An app is told of its installation before it is connected: nobody was there to hear it.
    since = max(held.recovery.since or now - KEPT, now - KEPT, row.created_at)
    attempts, missed = _attempts(redelivery, held.ids, since)
    with runtime.store.read() as session:
        failed = arrived(session, row.id, noted(held.recovery.failed, attempts, now))
    round_ = _Round(now, now + _pause(held))
    failed = tuple(round_.treated(redelivery, each) for each in failed)
    return _Looked(Recovery(failed=failed, since=now - OVERLAP, due_at=round_.due_at), missed)


def _attempts(
    redelivery: Redelivery, ids: Sequence[str], since: datetime
) -> tuple[list[Attempt], bool]:
    """The tries of every webhook, and whether one of these is missing."""
    found: list[Attempt] = []
    missed = False
    for each in ids:
        try:
            found += redelivery.attempts(Registered(ids=(each,)), since)
        except Gone:
            missed = True
    return found, missed


@dataclass(slots=True)
class _Round:
    """One round of asking, oldest first, as far as the tracker lets us."""

    now: datetime
    due_at: datetime
    left: int = AT_ONCE
    stopped: bool = False

    def treated(self, redelivery: Redelivery, one: Failed) -> Failed:
        """A delivery after this round."""
        if one.state != "waits" or self.stopped or not one.again_at or one.again_at > self.now:
            return one
        if one.asked == len(GAPS):
            return one.left()
        if self.left == 0:
            self.due_at = self.now + SOON
            return one
        return self._asked(redelivery, one)

    def _asked(self, redelivery: Redelivery, one: Failed) -> Failed:
        self.left -= 1
        try:
            redelivery.repeat(one.attempt)
        except (Gone, Declined):
            return one.left()  # the tracker has it no more
        except TrackerError as error:
            self.stopped = True
            if isinstance(error, RateLimited):
                self.due_at = error.until
            return one
        return one.repeated(self.now)


def _pause(held: Kept) -> timedelta:
    return max(EVERY, EACH * len(held.ids))


def _remember(runtime: Runtime, row: Connection, looked: _Looked) -> None:
    """Keep what was found out beside what was set up or taken away meanwhile."""
    with runtime.store.write() as session:
        now = session.get_one(Connection, row.id, with_for_update=True)
        held = kept(now)
        if held is None or now.ended_at is not None:
            return
        after = replace(held, recovery=looked.recovery)
        now.registered = (after.missed() if looked.missed else after).as_json()
