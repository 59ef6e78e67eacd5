"""An admin has a connection left alone for a while, and has it read again."""

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from connector.errors import Refused
from connector.store.tables import Connection, Source
from sync import lease
from sync.connections import find
from sync.runtime import Runtime

LONGEST = 500
"""Characters of a reason."""


def pause(runtime: Runtime, name: str, *, author: str, why: str) -> None:
    """Read nothing from a connection and write nothing to it until it is resumed.

    Deliveries are accepted meanwhile and followed then. Raises ``Refused`` where it is paused
    already, or without a reason.
    """
    reason = _reason(why)
    with runtime.store.write() as session:
        row = _locked(session, name)
        if row.paused_at is not None:
            raise Refused(
                f"the connection {name} is paused already, by {row.paused_by}; resume it first"
            )
        row.paused_at, row.paused_by, row.paused_why = runtime.clock(), author, reason
        # Whoever reads it now loses its lease, so that it stops at the next page; whoever saw no
        # pause and is just about to take one does not get it.
        cut = update(Source).where(Source.connection_id == row.id)
        session.execute(cut.values(epoch=Source.epoch + 1, lease_until=None))


def resume(runtime: Runtime, name: str) -> int:
    """Read a connection again, all of it at once; returns its sources. Raises ``Refused``."""
    with runtime.store.write() as session:
        row = _locked(session, name)
        if row.paused_at is None:
            raise Refused(f"the connection {name} is not paused")
        row.paused_at = row.paused_by = row.paused_why = None
        mine = Source.connection_id == row.id
        now = runtime.clock()
        session.execute(update(Source).where(mine).values(failures=0, due_at=now, past_after=None))
        sources = session.scalars(select(Source.id).where(mine).order_by(Source.id)).all()
    for source_id in sources:
        runtime.doorbell.ring(source_id)
    return len(sources)


def _locked(session: Session, name: str) -> Connection:
    connection_id = find(session, name).id
    lease.together(session, connection_id)
    return session.get_one(Connection, connection_id, populate_existing=True)


def _reason(why: str) -> str:
    text = " ".join(why.split())
    if not text:
        raise Refused("say why, so that whoever finds old numbers knows")
    if len(text) > LONGEST:
        raise Refused(f"the reason may have {LONGEST} characters; this one has {len(text)}")
    return text
