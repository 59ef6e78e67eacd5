"""Composes the notes of a connection anew where they are out of date, a portion at a time.

What is wanted is stored in the transaction that reads the numbers, before any of it is sent. Time
alone changes words too (more is expected, a reading grows old), so all is composed from time to
time.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, not_, or_, select, update
from sqlalchemy.orm import Session

from connector.store.chunks import chunks
from connector.store.tables import Connection, Link
from integrations.tracker import alike
from sync import lease
from sync.runtime import Runtime
from sync.scores import alone
from sync.writeback.asking import Asking, asking, is_seen
from sync.writeback.leading import pages_of
from sync.writeback.rows import Rows
from sync.writeback.shaping import Scene, apart, one_each, shared
from sync.writeback.telling import subjects, teller

PORTION = 100
"""Key results whose notes are composed in one transaction."""
AGAIN = timedelta(minutes=15)
"""How old the words may be that time alone changes."""


def compose(runtime: Runtime, connection_id: int) -> None:
    """Bring what is wanted of a connection's notes up to the numbers."""
    public_url = runtime.settings.public_url
    while public_url and _is_due(runtime, connection_id):
        with runtime.store.write() as session:
            alone(session)
            lease.together(session, connection_id)
            _portion(runtime, session, connection_id, public_url)


def due(now: datetime) -> ColumnElement[bool]:
    """The condition under which a link's notes are to be composed; a clock set back stops nothing,
    and of a site that was not looked at yet nothing can be said."""
    return and_(or_(Link.notes_at <= now, Link.notes_at > now + 2 * AGAIN), is_seen())


def _is_due(runtime: Runtime, connection_id: int) -> bool:
    mine = (Link.connection_id == connection_id, due(runtime.clock()))
    with runtime.store.read() as session:
        query = select(Link.id).where(*mine).limit(1)
        return session.execute(query).first() is not None


def _portion(runtime: Runtime, session: Session, connection_id: int, public_url: str) -> None:
    now = runtime.clock()
    connection = session.get_one(Connection, connection_id)
    tracker = runtime.tracker(connection.tracker)
    held = set(_held(session, connection_id))
    every = asking(session, connection, tracker)
    found = [each for each in every if each.link_id not in held]
    turned = sorted({each.key_result_id for each in found if not _is_fresh(each, now)})[:PORTION]
    groups = alike(tracker.spec.notes)
    single = [shared(session, found, group, turned) for group in groups if not group[0].apart]
    who = teller(runtime, session, connection, public_url)
    told = subjects(
        runtime, session, {*turned, *(key for each in single for key in each.beside)}, who
    )
    rows = Rows(session, connection_id, now, pages_of(session, connection, public_url))
    scene = Scene(session, rows, found, told, who)
    for group in groups:
        if group[0].apart:
            apart(scene, group, turned)
    for each in single:
        one_each(scene, each)
    scene.rows.write()
    _follow(session, [each for each in found if each.key_result_id in turned], now)


def _held(session: Session, connection_id: int) -> Iterable[int]:
    """The links whose items were not looked at yet where the connection now reads."""
    query = select(Link.id).where(Link.connection_id == connection_id, not_(is_seen()))
    return session.scalars(query)


def _is_fresh(each: Asking, now: datetime) -> bool:
    return now < each.notes_at <= now + 2 * AGAIN


def _follow(session: Session, composed: Iterable[Asking], now: datetime) -> None:
    """When the links' notes are composed next; never, where none are wanted any more."""
    after: dict[datetime | None, list[int]] = {now + AGAIN: [], None: []}
    for each in composed:
        after[now + AGAIN if each.lasting else None].append(each.link_id)
    for notes_at, link_ids in after.items():
        for chunk in chunks(link_ids):
            session.execute(update(Link).where(Link.id.in_(chunk)).values(notes_at=notes_at))
