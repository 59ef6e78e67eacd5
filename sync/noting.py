"""Which links' notes are out of date: marked in the transaction that changes what they tell."""

from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from connector.store.chunks import chunks
from connector.store.tables import Link


def ask(link: Link, kinds: Iterable[str], now: datetime) -> bool:
    """Have a link's items carry these kinds of notes; returns whether that is new."""
    wanted, held = list(kinds), list(link.write_back or ())
    if wanted == held:
        return False
    link.write_back, link.notes_at = wanted, now
    return True


def renote(session: Session, key_results: Collection[int], now: datetime) -> None:
    """What these key results say may have changed: their notes are composed anew, soon.

    One question where nothing is written back.
    """
    if not _any(session):
        return
    for chunk in chunks(key_results):
        later = (Link.key_result_id.in_(chunk), Link.notes_at > now)
        _mark(session, later, now)


def renote_connection(session: Session, connection_id: int, now: datetime) -> None:
    """The same for all links of a connection."""
    _mark(session, (Link.connection_id == connection_id, Link.notes_at > now), now)


def _any(session: Session) -> bool:
    query = select(Link.id).where(Link.notes_at.is_not(None)).limit(1)
    return session.execute(query).first() is not None


def _mark(session: Session, which: Iterable[ColumnElement[bool]], now: datetime) -> None:
    # Held in the order of their ids: a look that waits for no turn holds some as well.
    held = session.scalars(select(Link.id).where(*which).order_by(Link.id).with_for_update()).all()
    marked = update(Link).where(Link.id.in_(held)).values(notes_at=now)
    # Rows a session holds show it only when they are read again; nobody asks them for it.
    session.execute(marked, execution_options={"synchronize_session": False})
