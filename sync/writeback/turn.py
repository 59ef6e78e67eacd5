"""Whose turn it is to write to a connection: a lease that ends by itself when its holder dies."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Update, or_, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from connector.store.tables import Lease
from sync.runtime import Runtime

LENGTH = timedelta(minutes=3)
"""Longer than the slowest note takes: looking for an earlier one, then writing it."""


@dataclass(slots=True)
class Turn:
    """A turn held; its end is also what tells it from a later holder's."""

    name: str
    until: datetime


def take(runtime: Runtime, connection_id: int) -> Turn | None:
    """The turn, or None while somebody else has it."""
    now = runtime.clock()
    turn = Turn(f"notes/{connection_id}", now + LENGTH)
    free = or_(Lease.until <= now, Lease.until > now + LENGTH)  # or the clock was set back
    with runtime.store.write() as session:
        if _moved(session, update(Lease).where(Lease.name == turn.name, free), turn.until):
            return turn
        if session.get(Lease, turn.name) is not None:
            return None
        try:
            with session.begin_nested():
                session.add(Lease(name=turn.name, until=turn.until))
        except IntegrityError:
            return None
    return turn


def keep(session: Session, turn: Turn, now: datetime) -> bool:
    """Lengthen the turn inside a write; False when it was lost."""
    mine = update(Lease).where(Lease.name == turn.name, Lease.until == turn.until)
    if not _moved(session, mine, now + LENGTH):
        return False
    turn.until = now + LENGTH
    return True


def give(runtime: Runtime, turn: Turn) -> None:
    """End the turn, if it is still ours."""
    mine = update(Lease).where(Lease.name == turn.name, Lease.until == turn.until)
    with runtime.store.write() as session:
        _moved(session, mine, runtime.clock())


def _moved(session: Session, which: Update, until: datetime) -> bool:
    done = session.execute(which.values(until=until))
    return bool(done.rowcount == 1)  # type: ignore[attr-defined]
