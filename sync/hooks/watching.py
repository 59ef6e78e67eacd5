"""Deliveries of webhooks that people entered at the tracker by hand: only looked at.

Nobody asked us to keep them, so nothing is repeated and nothing set up.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import select

from connector.errors import Gone, RateLimited, Refused, TrackerError
from connector.store.tables import Connection
from integrations.tracker import Redelivery, Registered
from sync.hook_secret import is_readable
from sync.hooks.calling import discreet, needed, registrar_of
from sync.hooks.doors import door_of
from sync.hooks.failed import KEPT, Recovery, noted, recovery_from
from sync.hooks.recovering import EACH, EVERY, OVERLAP
from sync.runtime import Runtime

log = structlog.get_logger()
FIND_EVERY = timedelta(days=1)
"""How often it is looked whether there are any."""
AGAIN = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Watched:
    """The webhooks found, when they were looked for, and what is known of their deliveries.

    ``unseen`` says what is not shown to this account.
    """

    ids: tuple[str, ...] = ()
    door: str = ""
    found_at: datetime | None = None
    unseen: str = ""
    recovery: Recovery = field(default_factory=Recovery)

    def as_json(self) -> dict[str, Any]:
        """As it is stored."""
        return {
            "ids": list(self.ids),
            "door": self.door,
            "found_at": self.found_at.isoformat() if self.found_at else None,
            "unseen": self.unseen,
            "recovery": self.recovery.as_json(),
        }


def watched(row: Connection) -> Watched:
    """What is known of webhooks entered by hand."""
    held: Mapping[str, Any] = row.watched or {}
    found_at = held.get("found_at")
    return Watched(
        ids=tuple(held.get("ids", ())),
        door=held.get("door", ""),
        found_at=datetime.fromisoformat(found_at) if found_at else None,
        unseen=held.get("unseen", ""),
        recovery=recovery_from(held.get("recovery", {})),
    )


def watch_due(runtime: Runtime) -> None:
    """Look at those of one connection: one at a time, since it waits for a tracker."""
    for row in _rows(runtime):
        held, door = watched(row), door_of(runtime, row)
        if door is not None and _is_due(runtime, held):
            later = replace(held.recovery, due_at=runtime.clock() + AGAIN)
            _store(runtime, row, replace(held, recovery=later))
            _store(runtime, row, _looked(runtime, row, held, door))
            return


def _rows(runtime: Runtime) -> list[Connection]:
    able = [key for key, each in runtime.trackers.items() if _can(each.spec.capabilities)]
    query = select(Connection).where(
        Connection.registered.is_(None),
        Connection.ended_at.is_(None),
        Connection.broken_at.is_(None),
        Connection.paused_at.is_(None),
        Connection.tracker.in_(able),
    )
    with runtime.store.read() as session:
        rows = list(session.scalars(query.order_by(Connection.id)))
    return [row for row in rows if is_readable(runtime.vault, row)]


def _can(capabilities: frozenset[str]) -> bool:
    return "redelivery" in capabilities


def _is_due(runtime: Runtime, held: Watched) -> bool:
    now, due_at = runtime.clock(), held.recovery.due_at
    return due_at is None or due_at <= now or due_at > now + FIND_EVERY


def _looked(runtime: Runtime, row: Connection, held: Watched, door: str) -> Watched:
    now = runtime.clock()
    try:
        with registrar_of(runtime, row) as registrar:
            if registrar.redelivery is None:
                return _later(held, now + FIND_EVERY)
            found = _found(runtime, row, held, registrar.redelivery, door)
            return _followed(runtime, found, registrar.redelivery)
    except RateLimited as error:
        return _later(held, error.until)
    except (TrackerError, Refused) as error:
        log.warning("hooks.unwatched", connection=row.name)
        return replace(_later(held, now + AGAIN), unseen=discreet(runtime, row, str(error)))


def _found(
    runtime: Runtime, row: Connection, held: Watched, redelivery: Redelivery, door: str
) -> Watched:
    """Which there are; looked for once a day, and when our address changed."""
    now = runtime.clock()
    fresh = held.found_at is not None and now - held.found_at < FIND_EVERY
    if fresh and held.door == door:
        return held
    with runtime.store.read() as session:
        places = sorted(needed(session, row))
    if not places:
        return replace(held, ids=(), unseen="")
    made = redelivery.entered(door, places)
    said = discreet(runtime, row, " ".join(made.lacking))
    return replace(held, ids=made.ids, door=door, found_at=now, unseen=said)


def _followed(runtime: Runtime, held: Watched, redelivery: Redelivery) -> Watched:
    """What failed of them since the last look."""
    now, before = runtime.clock(), held.recovery
    if not held.ids:
        until = (held.found_at or now - FIND_EVERY + AGAIN) + FIND_EVERY
        return _later(replace(held, recovery=replace(before, error=None)), until)
    since = max(before.since or now - KEPT, now - KEPT)
    try:
        attempts = list(redelivery.attempts(Registered(ids=held.ids), since))
    except Gone:
        return replace(_later(held, now), found_at=None)  # one was deleted: looked for anew
    failed = tuple(each.left() for each in noted(before.failed, attempts, now))
    due_at = now + max(EVERY, EACH * len(held.ids))
    return replace(held, recovery=Recovery(failed=failed, since=now - OVERLAP, due_at=due_at))


def _later(held: Watched, until: datetime) -> Watched:
    return replace(held, recovery=replace(held.recovery, due_at=until))


def _store(runtime: Runtime, row: Connection, held: Watched) -> None:
    with runtime.store.write() as session:
        now = session.get_one(Connection, row.id, with_for_update=True)
        if now.ended_at is None:
            now.watched = held.as_json()
