"""The daily audit: what a tracker shows against what we count, source by source, in few calls."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import structlog
from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import Session

from connector.store.tables import Connection, Item, Source
from sync.against import Compared, Limits, compare
from sync.runtime import Runtime

log = structlog.get_logger()
EVERY = timedelta(hours=24)
MOST_CALLS = 60
"""Calls one audit of a source may make."""
WHOLE = 1000
"""Items of a source up to which all of what they show is compared, beyond that their ids."""
KEPT = 50
"""Differences that are kept by name."""


def ring(runtime: Runtime) -> int | None:
    """Have the source audited that waits longest; one at a time, so that audits spread out."""
    now = runtime.clock()
    waits = or_(Source.audited_at.is_(None), Source.audited_at <= now - EVERY,
                Source.audited_at > now)  # fmt: skip
    query = (
        select(Source.id)
        .join(Connection, Connection.id == Source.connection_id)
        .where(waits, Source.looked_at.is_not(None), Source.failing_since.is_(None))
        .where(Connection.broken_at.is_(None), Connection.ended_at.is_(None))
        .where(Connection.paused_at.is_(None))
        .where(or_(Source.not_before.is_(None), Source.not_before <= now))
        .where(Source.dirty_seq <= Source.done_seq)
        .order_by(Source.audited_at.is_not(None), Source.audited_at, Source.id)
    )
    with runtime.store.read() as session:
        found = session.scalars(query.limit(1)).first()
    if found is not None:
        runtime.doorbell.ring(found, "audit")
    return found


def audit_source(runtime: Runtime, source_id: int) -> Compared | None:
    """Audit one source and keep what was found; None where it was just done, or may not be."""
    now = runtime.clock()
    with runtime.store.write() as session:
        mine = update(Source).where(
            Source.id == source_id,
            or_(Source.audited_at.is_(None), Source.audited_at <= now - EVERY,
                Source.audited_at > now),
        )  # fmt: skip
        if _is_paused(session, source_id):
            return None
        # Charged before it is tried: what kills it is not tried again at once.
        if session.execute(mine.values(audited_at=now)).rowcount != 1:  # type: ignore[attr-defined]
            return None
        source = session.get_one(Source, source_id)
        connection = session.get_one(Connection, source.connection_id)
        alive = (Item.source_id == source_id, Item.gone_at.is_(None))
        size = session.scalar(select(func.count()).where(*alive)) or 0
    limits = Limits(calls=MOST_CALLS, listed=size > WHOLE)
    found = compare(runtime, source, connection, limits)
    with runtime.store.write() as session:
        kept = {**_kept(found), "at": now.isoformat()}
        session.execute(update(Source).where(Source.id == source_id).values(audit=kept))
    (log.warning if found.differences else log.info)(
        "audited", source_id=source_id, differences=len(found.differences), calls=found.calls
    )
    return found


def _is_paused(session: Session, source_id: int) -> bool:
    """Whether an admin paused its connection since the audit was rung for."""
    query = (
        select(Connection.id)
        .join(Source, Source.connection_id == Connection.id)
        .where(Source.id == source_id, Connection.paused_at.is_not(None))
    )
    return session.scalar(query) is not None


def _kept(found: Compared) -> Mapping[str, Any]:
    return {
        "here": found.here,
        "there": found.there,
        "calls": found.calls,
        "note": found.note,
        "differences": len(found.differences),
        "named": list(found.differences[:KEPT]),
    }
