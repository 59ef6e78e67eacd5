"""Calling a connection otherwise: its links, history and webhooks stay."""

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from connector.errors import Refused
from connector.store.tables import Connection, Dismissal, FormerName, Link
from sync import lease, names
from sync.connecting import bind
from sync.connections import NAME, find
from sync.runtime import Runtime


def rename(runtime: Runtime, name: str, new: str, *, author: str) -> None:
    """Call a connection otherwise; raises ``Refused`` where the name cannot be had.

    The old name still leads to it: webhooks come in under it, and plan files may say it.
    """
    wanted, dirty = new.strip(), set[int]()
    with runtime.store.write() as session:
        lease.all_together(session)
        row = find(session, name)
        _refuse(session, row, wanted)
        _follow(session, row, wanted)
        now = runtime.clock()
        old = FormerName(name=row.name, connection_id=row.id, until=now, author=author)
        session.execute(delete(FormerName).where(FormerName.name.in_([wanted, row.name])))
        session.add(old)
        row.name = wanted
        names.settle(session, wanted)
        if _is_awaited(session, row):
            dirty = bind(runtime, session, row)
    for source_id in dirty:
        runtime.doorbell.ring(source_id)


def _refuse(session: Session, row: Connection, wanted: str) -> None:
    if not NAME.fullmatch(wanted):
        raise Refused(
            f"connection name {wanted!r}: use up to 32 of a-z, 0-9, - and _, such as jira-eu"
        )
    if wanted == row.name:
        raise Refused(f"it is called {row.name} already; choose another name")
    called = names.now_called(session, wanted)
    if called is not None and called != row.name:
        raise Refused(names.taken(wanted, called))
    there = session.scalars(select(Connection).where(Connection.name == wanted)).one_or_none()
    if there is not None and there.ended_at is None:
        raise Refused(names.another(wanted))
    if there is not None:
        raise Refused(
            f"a connection called {wanted} was disconnected and keeps its history under that name;"
            " choose another name"
        )


def _follow(session: Session, row: Connection, wanted: str) -> None:
    """Have scopes that name the connection name it as it is called from now on."""
    head = f"{row.tracker}@{row.name}:"
    mine = or_(Link.connection_id == row.id, Link.connection_id.is_(None))
    named = Link.scope.startswith(head, autoescape=True)
    for link in session.scalars(select(Link).where(mine, named)):
        link.scope = names.placed(link.scope, wanted)
    dismissed = Dismissal.scope.startswith(head, autoescape=True)
    for no in session.scalars(select(Dismissal).where(dismissed)).all():
        fresh = names.placed(no.scope, wanted)
        if session.get(Dismissal, (no.key_result_id, fresh)) is None:
            no.scope = fresh


def _is_awaited(session: Session, row: Connection) -> bool:
    """Whether links wait for a connection of that name."""
    head = f"{row.tracker}@{row.name}:"
    waiting = select(Link.id).where(
        Link.connection_id.is_(None),
        Link.ended_at.is_(None),
        Link.scope.startswith(head, autoescape=True),
    )
    return session.scalar(waiting.limit(1)) is not None
