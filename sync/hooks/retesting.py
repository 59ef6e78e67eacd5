"""Testing a connection at once when its tracker tells that what we may see there changed."""

import structlog
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from connector.errors import Refused
from connector.store.tables import Connection
from sync.connections import again
from sync.runtime import Runtime

log = structlog.get_logger()


def ask(session: Session, connection: Connection) -> None:
    """Have a connection tested by the clock."""
    mine = update(Connection).where(Connection.id == connection.id)
    session.execute(mine.values(checked_at=None))


def retest_due(runtime: Runtime) -> None:
    """Test one connection that is to be; a good test lets its calls go on."""
    query = select(Connection).where(
        Connection.checked_at.is_(None),
        Connection.ended_at.is_(None),
        Connection.paused_at.is_(None),
    )
    with runtime.store.read() as session:
        row = session.scalars(query.order_by(Connection.id)).first()
    if row is None:
        return
    _noted(runtime, row)
    try:
        found = again(runtime, row.name)
    except Refused:
        return  # it was changed meanwhile, which tests it too
    log.info("connection.retested", connection=row.name, good=found.error is None)


def _noted(runtime: Runtime, row: Connection) -> None:
    """Before it is tested, so that what is told meanwhile has it tested once more."""
    with runtime.store.write() as session:
        mine = update(Connection).where(Connection.id == row.id)
        session.execute(mine.values(checked_at=runtime.clock()))
