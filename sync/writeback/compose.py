"""Composes the notes of a connection anew where they are out of date, a portion at a time.

What is wanted is stored in the transaction that reads the numbers, before any of it is sent. Time
alone changes words too (more is expected, a reading grows old), so all is composed from time to
time.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, not_, or_, select, update
from sqlalchemy.orm import Session

from connector import notes
from connector.notes import Teller, Told
from connector.store.chunks import chunks
from connector.store.tables import Connection, Link
from sync import lease
from sync.runtime import Runtime
from sync.scores import alone
from sync.writeback.asking import Asking, asking, carriers, is_seen
from sync.writeback.rows import Rows, Text, text
from sync.writeback.telling import Subjects, subjects, teller

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


@dataclass(frozen=True, slots=True)
class _Scene:
    """One portion under way: all that ask, and what is told of the key results concerned."""

    session: Session
    rows: Rows
    asking: Sequence[Asking]
    said: Subjects
    who: Teller


def _is_due(runtime: Runtime, connection_id: int) -> bool:
    mine = (Link.connection_id == connection_id, due(runtime.clock()))
    with runtime.store.read() as session:
        query = select(Link.id).where(*mine).limit(1)
        return session.execute(query).first() is not None


def _portion(runtime: Runtime, session: Session, connection_id: int, public_url: str) -> None:
    now = runtime.clock()
    connection = session.get_one(Connection, connection_id)
    held = set(_held(session, connection_id))
    every = asking(session, connection, runtime.tracker(connection.tracker))
    found = [each for each in every if each.link_id not in held]
    turned = sorted({each.key_result_id for each in found if not _is_fresh(each, now)})[:PORTION]
    epics = {each.epic for each in found if each.key_result_id in turned}
    beside = {each.key_result_id for each in found if each.epic is not None and each.epic in epics}
    who = teller(runtime, session, connection, public_url)
    said = subjects(runtime, session, {*turned, *beside}, who)
    rows = Rows(session, connection_id, now)
    scene = _Scene(session, rows, found, said, who)
    _remote_links(scene, turned)
    for kind in ("comment", "property"):
        _singles(scene, kind, {each for each in epics if each is not None})
    rows.write()
    _follow(session, [each for each in found if each.key_result_id in turned], now)


def _held(session: Session, connection_id: int) -> Iterable[int]:
    """The links whose items were not looked at yet where the connection now reads."""
    query = select(Link.id).where(Link.connection_id == connection_id, not_(is_seen()))
    return session.scalars(query)


def _is_fresh(each: Asking, now: datetime) -> bool:
    return now < each.notes_at <= now + 2 * AGAIN


def _remote_links(scene: _Scene, key_results: Iterable[int]) -> None:
    by_key_result: dict[int, list[Asking]] = defaultdict(list)
    for each in scene.asking:
        by_key_result[each.key_result_id].append(each)
    for key_result_id in key_results:
        name, told = scene.said.names[key_result_id], scene.said.told.get(key_result_id)
        held = scene.rows.remote_links(name)
        wanted = carriers(scene.session, by_key_result[key_result_id])
        scene.rows.take_away(row for item_id, row in held.items() if item_id not in wanted)
        if told is not None:  # else its cycle is closed, and the last words stay
            body = text(notes.remote_link(told, scene.who))
            scene.rows.put(held, dict.fromkeys(wanted, body), "remote_link", name)


def _singles(scene: _Scene, kind: str, epics: Collection[int]) -> None:
    """Comments or properties: one on an issue, for all key results that it serves."""
    served: dict[int, list[int]] = defaultdict(list)
    for each in scene.asking:
        if each.epic is not None and kind in each.kinds:
            served[each.epic].append(each.key_result_id)
    held = scene.rows.single(kind)
    scene.rows.take_away(row for item_id, row in held.items() if item_id not in served)
    wanted: dict[int, Text] = {}
    for item_id in sorted(served.keys() & epics):
        several = _told(scene, served[item_id])
        if several:
            wanted[item_id] = text(_single(kind, several, scene.who))
    scene.rows.put(held, wanted, kind, "")


def _single(kind: str, several: Sequence[Told], who: Teller) -> notes.Body:
    return notes.comment(several, who) if kind == "comment" else notes.property_value(several)


def _told(scene: _Scene, key_results: Iterable[int]) -> list[Told]:
    found = (scene.said.told.get(each) for each in dict.fromkeys(key_results))
    return sorted((each for each in found if each is not None), key=lambda each: each.subject)


def _follow(session: Session, composed: Iterable[Asking], now: datetime) -> None:
    """When the links' notes are composed next; never, where none are wanted any more."""
    after: dict[datetime | None, list[int]] = {now + AGAIN: [], None: []}
    for each in composed:
        after[now + AGAIN if each.lasting else None].append(each.link_id)
    for notes_at, link_ids in after.items():
        for chunk in chunks(link_ids):
            session.execute(update(Link).where(Link.id.in_(chunk)).values(notes_at=notes_at))
