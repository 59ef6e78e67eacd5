"""A place that is called otherwise now: all that is called by its name follows, no number moves."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import ColumnElement, delete, or_, select, update

from connector.errors import Renamed
from connector.store.chunks import chunks
from connector.store.tables import (
    Connection,
    Hint,
    Item,
    ItemEvent,
    ItemTag,
    Link,
    Note,
    Source,
    UnreadableItem,
)
from sync import conventions, lease, move_settings, wording
from sync.failures import note_failure
from sync.lease import Claim
from sync.move import Move
from sync.runtime import Runtime
from sync.scores import alone
from sync.sources import attach, mark_dirty

log = structlog.get_logger()


def follow(runtime: Runtime, claim: Claim, told: Renamed) -> str | None:
    """Call everything by the place's new name, in one transaction; returns a sentence when that
    could not be done."""
    with runtime.store.read() as session:
        named = session.get_one(Connection, claim.connection_id).tracker
        source = session.get_one(Source, claim.source_id)
        is_its_own = source.key == told.was and source.external_id in (None, told.place_id)
    if runtime.tracker(named).spec.renaming is None or not is_its_own:
        return note_failure(runtime, claim, told)
    try:
        dirty = _follow(runtime, claim, told)
    except lease.LeaseLost as lost:
        return str(lost)
    log.info("place.renamed", connection_id=claim.connection_id, was=told.was, now=told.now)
    for source_id in dirty:
        runtime.doorbell.ring(source_id)
    return None


def _follow(runtime: Runtime, claim: Claim, told: Renamed) -> set[int]:
    """Returns the sources to look at next."""
    with runtime.store.write() as session:
        alone(session)
        lease.together(session, claim.connection_id)
        source = lease.held(session, claim, runtime.clock())
        connection = session.get_one(Connection, claim.connection_id)
        tracker = runtime.tracker(connection.tracker)
        renaming = tracker.spec.renaming
        if renaming is None:
            raise AssertionError("asked before")
        move = Move(session, connection, source, tracker.spec, renaming, told, runtime.clock())
        dirty = _make_way(move)
        _carry(move)
        dirty.add(_source(move).id)
        session.flush()
        attach(session, connection, tracker)
        mark_dirty(session, dirty)
        return dirty


def _make_way(move: Move) -> set[int]:
    """Another place that is read by the name has lost it: all of it is set aside under a name that
    no place has, and its next look finds it by its id. Returns its source."""
    other = _called(move)
    if other is None or other.external_id in (None, move.told.place_id):
        return set()
    aside = move.renaming.aside(move.told.now, str(other.external_id))
    told = Renamed("", was=move.told.now, now=aside, place_id=str(other.external_id))
    away = Move(move.session, move.connection, other, move.spec, move.renaming, told, move.now)
    _carry(away, but=move.source)
    other.key, other.lease_until, other.due_at = aside, None, None
    other.epoch += 1  # a read of it that is under way reads the place that has the name now
    move.session.flush()
    return {other.id}


def _carry(move: Move, *, but: Source | None = None) -> None:
    """All that is called by the name; the items of the source ``but`` are of another place."""
    _mirror(move, Item.source_id != but.id if but else Item.id.is_not(None))
    _links(move)
    _notes(move)
    move_settings.follow(move)
    conventions.rename(move.session, move.connection.id, move.renaming, move.told)


def _links(move: Move) -> None:
    """Also those that have ended: their place is called so too. Others may ask for it by name."""
    session, asking = move.session, Link.kind.in_(move.renaming.asking)
    mine = or_(Link.source_id == move.source.id, asking)
    found = select(Link).where(Link.connection_id == move.connection.id, mine)
    for link in session.scalars(found).all():
        called = link.today or link.value
        today = move.value(link.kind, called)
        if today != called:
            link.today = None if today == link.value else today
            wording.keep(session, "link", link, author=move.author, at=move.now)


def _notes(move: Move) -> None:
    """Notes on what is called by the place's name, and those that were not written on what moved:
    they are tried again."""
    session, mine = move.session, Note.connection_id == move.connection.id
    scopes: dict[str, str] = {
        each.note: each.scope for each in move.spec.notes if each.on == "place"
    }
    beside = select(Note).where(mine, Note.item_id.is_(None), Note.kind.in_(scopes))
    held = {(note.kind, note.subject): note for note in session.scalars(beside).all()}
    for note in held.values():
        today = move.value(scopes[note.kind], note.subject)
        if (note.kind, today) not in held:
            note.subject, note.due_at = today, _again(note, move.now)
        elif today != note.subject:
            session.delete(note)  # the one by the new name says the same there
    here = select(Item.id).where(
        Item.connection_id == move.connection.id, Item.place == move.told.now
    )
    for note in session.scalars(select(Note).where(mine, Note.item_id.in_(here))).all():
        note.due_at = _again(note, move.now)


def _again(note: Note, now: datetime) -> datetime | None:
    return now if note.error and note.sent_hash != note.wanted_hash else note.due_at


def _called(move: Move) -> Source | None:
    """The source that is called by the new name already."""
    named = (Source.connection_id == move.connection.id, Source.key == move.told.now)
    return move.session.scalars(select(Source).where(*named)).one_or_none()


def _source(move: Move) -> Source:
    """The source by its new name; where one is called so already, it takes over what is here."""
    told, source = move.told, move.source
    source.lease_until = source.due_at = source.failing_since = None
    source.error = source.error_kind = None
    source.failures = 0
    other = _called(move)
    if other is None:
        source.key, source.external_id = told.now, told.place_id
        source.swept_at = None  # the addresses of its items changed too
        return source
    _leave(move, other)
    return other


def _leave(move: Move, other: Source) -> None:
    """The place is read by another source; by its former name it may be another place's one day."""
    session, source = move.session, move.source
    source.done_seq = source.dirty_seq
    source.external_id = source.cursor = source.looked_at = None
    for beside in (Hint, UnreadableItem):
        session.execute(delete(beside).where(beside.source_id == source.id))
    mine = update(Item).where(Item.source_id == source.id)
    session.execute(mine.values(source_id=other.id))
    other.external_id, other.swept_at = move.told.place_id, None


def _mirror(move: Move, also: ColumnElement[bool]) -> None:
    """The mirror as the tracker shows it now: items, their parents, their tags, their past."""
    session, told = move.session, move.told
    here = session.scalars(select(Item).where(move.here, also)).all()
    for item in here:
        item.key, item.place = move.key(item.key), told.now
    for item in session.scalars(select(Item).where(move.below, also)):
        item.parent_key = move.key(item.parent_key or "")
    session.flush()
    for chunk in chunks([item.id for item in here]):
        _tags(move, ItemTag.item_id.in_(chunk))
        for event in session.scalars(select(ItemEvent).where(ItemEvent.item_id.in_(chunk))):
            event.before, event.after = _past(move, event.before), _past(move, event.after)
        session.flush()


def _tags(move: Move, here: ColumnElement[bool]) -> None:
    session = move.session
    for tag in session.scalars(select(ItemTag.tag).where(here).distinct()).all():
        renamed = move.tag(tag)
        if renamed == tag:
            continue
        held = select(ItemTag.item_id).where(here, ItemTag.tag == renamed)
        mine = (here, ItemTag.tag == tag)
        both = delete(ItemTag).where(*mine, ItemTag.item_id.in_(held))
        left = update(ItemTag).where(*mine).values(tag=renamed)
        for statement in (both, left):
            session.execute(statement, execution_options={"synchronize_session": False})


def _past(move: Move, values: Mapping[str, Any]) -> dict[str, Any]:
    """One side of a change of the past, by the new name."""
    found = dict(values)
    if found.get("tags"):
        found["tags"] = sorted(move.tag(tag) for tag in found["tags"])
    for name in ("key", "parent_key"):
        if found.get(name):
            found[name] = move.key(found[name])
    if found.get("place"):
        found["place"] = move.place(found["place"])
    return found
