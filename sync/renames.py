"""A place that is called otherwise now: all that is called by its name follows, no number moves."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import ColumnElement, delete, func, or_, select, update
from sqlalchemy.orm import Session

from connector.errors import Renamed
from connector.store.chunks import chunks
from connector.store.tables import (
    Connection,
    Hint,
    Item,
    ItemEvent,
    ItemTag,
    Link,
    MappingVersion,
    Note,
    Source,
)
from integrations.tracker import Renaming, Spec
from sync import conventions, lease, wording
from sync.failures import note_failure
from sync.lease import Claim
from sync.runtime import Runtime
from sync.scores import alone
from sync.sources import attach, mark_dirty

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class _Move:
    """One new name being followed."""

    session: Session
    connection: Connection
    renaming: Renaming
    told: Renamed
    author: str
    now: datetime

    def value(self, kind: str, value: str) -> str:
        return self.renaming.value(kind, value, self.told.was, self.told.now)

    def tag(self, tag: str) -> str:
        return self.renaming.tag(tag, self.told.was, self.told.now)

    def key(self, key: str) -> str:
        return self.renaming.key(key, self.told.was, self.told.now)

    def place(self, name: str) -> str:
        return self.told.now if name.strip().lower() == self.told.was else name.strip()


def follow(runtime: Runtime, claim: Claim, told: Renamed) -> str | None:
    """Call everything by the place's new name, in one transaction; returns a sentence when that
    could not be done."""
    with runtime.store.read() as session:
        named = session.get_one(Connection, claim.connection_id).tracker
        is_its_own = session.get_one(Source, claim.source_id).key == told.was
    if runtime.tracker(named).spec.renaming is None or not is_its_own:
        return note_failure(runtime, claim, told)
    try:
        kept = _follow(runtime, claim, told)
    except lease.LeaseLost as lost:
        return str(lost)
    log.info("place.renamed", connection_id=claim.connection_id, was=told.was, now=told.now)
    runtime.doorbell.ring(kept)
    return None


def _follow(runtime: Runtime, claim: Claim, told: Renamed) -> int:
    """Returns the source to look at next."""
    with runtime.store.write() as session:
        alone(session)
        lease.together(session, claim.connection_id)
        source = lease.held(session, claim, runtime.clock())
        connection = session.get_one(Connection, claim.connection_id)
        tracker = runtime.tracker(connection.tracker)
        renaming = tracker.spec.renaming
        if renaming is None:
            raise AssertionError("asked before")
        now, author = runtime.clock(), tracker.spec.label
        move = _Move(session, connection, renaming, told, author, now)
        _mirror(move)
        _links(move, source)
        _notes(move, tracker.spec)
        _settings(move)
        conventions.rename(session, connection.id, renaming, told)
        kept = _source(move, source)
        session.flush()
        attach(session, connection, tracker)
        mark_dirty(session, {kept.id})
        return kept.id


def _links(move: _Move, source: Source) -> None:
    """Also those that have ended: their place is called so too."""
    session = move.session
    for link in session.scalars(select(Link).where(Link.source_id == source.id)).all():
        called = link.today or link.value
        today = move.value(link.kind, called)
        if today != called:
            link.today = None if today == link.value else today
            wording.keep(session, "link", link, author=move.author, at=move.now)


def _notes(move: _Move, spec: Spec) -> None:
    """Notes on what is called by the place's name, and those that were not written on what moved:
    they are tried again."""
    session, mine = move.session, Note.connection_id == move.connection.id
    scopes: dict[str, str] = {each.note: each.scope for each in spec.notes if each.on == "place"}
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


def _source(move: _Move, source: Source) -> Source:
    """The source by its new name; where one is called so already, it takes over what is here."""
    session, told = move.session, move.told
    source.lease_until = source.due_at = source.error = source.failing_since = None
    source.failures = 0
    named = (Source.connection_id == source.connection_id, Source.key == told.now)
    other = session.scalars(select(Source).where(*named)).one_or_none()
    if other is None:
        source.key, source.external_id = told.now, told.place_id
        source.swept_at = None  # the addresses of its items changed too
        return source
    source.done_seq = source.dirty_seq
    session.execute(delete(Hint).where(Hint.source_id == source.id))
    mine = update(Item).where(Item.source_id == source.id)
    session.execute(mine.values(source_id=other.id))
    other.swept_at = None
    return other


def _mirror(move: _Move) -> None:
    """The mirror as the tracker shows it now: items, their parents, their tags, their past."""
    session, told = move.session, move.told
    mine = Item.connection_id == move.connection.id
    here = session.scalars(select(Item).where(mine, Item.place == told.was)).all()
    for item in here:
        item.key, item.place = move.key(item.key), told.now
    for item in session.scalars(select(Item).where(mine, _is_below(told.was))):
        item.parent_key = move.key(item.parent_key or "")
    session.flush()
    for chunk in chunks([item.id for item in here]):
        _tags(move, ItemTag.item_id.in_(chunk))
        for event in session.scalars(select(ItemEvent).where(ItemEvent.item_id.in_(chunk))):
            event.before, event.after = _past(move, event.before), _past(move, event.after)
        session.flush()


def _is_below(was: str) -> ColumnElement[bool]:
    marks = ("#", "-", "/")
    return or_(*(Item.parent_key.startswith(f"{was}{each}", autoescape=True) for each in marks))


def _tags(move: _Move, here: ColumnElement[bool]) -> None:
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


def _past(move: _Move, values: Mapping[str, Any]) -> dict[str, Any]:
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


def _settings(move: _Move) -> None:
    """The places that the connection's settings and its field mapping name."""
    before = move.connection.options
    options = {name: _setting(move, value) for name, value in before.items()}
    mapping = options.get("mapping") or {}
    places = mapping.get("places") or {}
    renamed = {move.place(place): words for place, words in places.items()}
    if renamed != places:
        options["mapping"] = {**mapping, "places": renamed}
        _version(move, options["mapping"])
    if options != before:
        move.connection.options = options


def _setting(move: _Move, value: Any) -> Any:
    """A setting that lists places; anything else as it is."""
    names = value.split(",") if isinstance(value, str) else []
    if all(move.place(name) == name.strip() for name in names):
        return value
    return ", ".join(dict.fromkeys(map(move.place, names)))


def _version(move: _Move, body: dict[str, Any]) -> None:
    mine = MappingVersion.connection_id == move.connection.id
    newest = move.session.scalar(select(func.max(MappingVersion.version)).where(mine)) or 0
    made = MappingVersion(
        connection_id=move.connection.id,
        version=newest + 1,
        body=body,
        author=move.author,
        reason=f"{move.told.was} is called {move.told.now} now.",
        recorded_at=move.now,
        restores=None,
    )
    move.session.add(made)
