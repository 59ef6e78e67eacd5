"""One note to be sent: its try is charged before it is made, its outcome stored after."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import and_, delete, or_, select, update
from sqlalchemy.orm import Session

from connector import notes
from connector.store.tables import Connection, Item, Keep, Source
from connector.store.tables import Note as Row
from connector.work import Ref
from integrations.tracker import Note, NoteKind
from sync import lease
from sync.gone import TRANSFERRED
from sync.runtime import Runtime
from sync.writeback import turn
from sync.writeback.telling import APART, INSTALLATION
from sync.writeback.turn import Turn

FIRST_GAP, LONGEST_GAP = timedelta(minutes=1), timedelta(hours=6)
LONGEST_PAUSE = timedelta(hours=1)
TRIES = 8
"""So often a note is tried that the tracker refuses: for some two hours."""
FARTHEST = timedelta(hours=25)
"""No try is ever planned later, whatever a tracker asks for: the clock was set back, then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A note whose try is charged. ``before`` is the digest of what was there for certain."""

    note_id: int
    connection_id: int
    ref: Ref
    kind: str
    place: str
    note: Note
    wanted: bool
    digest: str
    before: str | None
    remote_id: str | None
    attempts: int


def charge(runtime: Runtime, held: Turn, note_id: int) -> Order | None:
    """Charge a try, so that whatever kills it cannot make it loop; None where there is none to
    make, or the turn was lost.

    From here until its outcome is stored, nobody knows what the item says.
    """
    now = runtime.clock()
    with runtime.store.write() as session:
        row = session.get(Row, note_id, with_for_update=True)
        if row is None or not _is_due(row, now) or not turn.keep(session, held, now):
            return None
        order = _order(runtime, session, row)
        row.attempts, row.sent_hash = order.attempts, None
        row.due_at = now + gap(order.attempts)
        return order


def gap(attempts: int) -> timedelta:
    """The pause after so many tries in vain: doubled each time."""
    doublings = min(max(attempts - 1, 0), 20)
    return min(LONGEST_GAP, FIRST_GAP * (1 << doublings))


def pause(failures: int) -> timedelta:
    """The pause of a connection after so many in a row: doubled each time."""
    return min(LONGEST_PAUSE, gap(failures))


def arrived(runtime: Runtime, order: Order, remote_id: str) -> None:
    """The item says what was wanted; what is wanted by now may be something else."""
    now = runtime.clock()
    with runtime.store.write() as session:
        row = _mine(session, order)
        if row is not None:
            row.remote_id, row.sent_hash, row.sent_at = remote_id, order.digest, now
            row.attempts, row.error = 0, None
            row.due_at = None if row.wanted_hash == order.digest else now
            _inherited(session, row)


def _inherited(session: Session, row: Row) -> None:
    """What came along from another item is this one's now: nobody takes it away from there."""
    if row.kind == "comment":
        other = (Row.connection_id == row.connection_id, Row.kind == row.kind, Row.id != row.id)
        same = delete(Row).where(*other, Row.remote_id == row.remote_id, Row.wanted.is_(None))
        session.execute(same, execution_options={"synchronize_session": False})


def removed(runtime: Runtime, order: Order) -> None:
    """The item says nothing any more."""
    with runtime.store.write() as session:
        row = _mine(session, order)
        if row is not None and row.wanted is None:
            session.delete(row)
        elif row is not None:
            row.remote_id = row.sent_at = None
            row.attempts, row.due_at = 0, runtime.clock()


def put_off(runtime: Runtime, order: Order, until: datetime) -> None:
    """The tracker asked to wait: the try does not count, and the item says what it said."""
    _keep(runtime, order, due_at=until, attempts=order.attempts - 1, sent_hash=order.before)


def interrupted(runtime: Runtime, order: Order, until: datetime) -> None:
    """The tracker asked to wait, and may have done it nevertheless: the try stays charged."""
    _keep(runtime, order, due_at=max(until, runtime.clock() + gap(order.attempts)))


def failed(runtime: Runtime, order: Order, sentence: str) -> None:
    """The try was in vain, as far as is known: the next one waits as was charged."""
    _keep(runtime, order, error=sentence)


def closed(runtime: Runtime, order: Order, sentence: str) -> None:
    """There is nothing to write on: tried again only with another text."""
    _keep(runtime, order, error=sentence, due_at=None, remote_id=None)


def declined(runtime: Runtime, order: Order, sentence: str, *, final: bool) -> None:
    """The tracker refused this one note: after some tries only another text is worth one."""
    over = {"due_at": None} if final or order.attempts >= TRIES else {}
    _keep(runtime, order, error=sentence, **over)


def refused(runtime: Runtime, order: Order, sentence: str, until: datetime) -> None:
    """A right is missing: whatever needs the same right in the same place waits too."""
    with runtime.store.write() as session:
        row = _mine(session, order)
        if row is None:
            return
        row.sent_hash = order.before
        session.flush()
        place = select(Item.id).where(
            Item.connection_id == row.connection_id, Item.place == order.place
        )
        beside = or_(Row.id == row.id, Row.subject.startswith(f"{order.place}/", autoescape=True))
        alike = update(Row).where(
            Row.connection_id == row.connection_id,
            Row.kind == order.kind,
            Row.due_at.is_not(None),
            or_(Row.item_id.in_(place), and_(Row.item_id.is_(None), beside)),
        )
        same = {"synchronize_session": False}
        session.execute(alike.values(due_at=until, error=sentence), execution_options=same)


def _keep(runtime: Runtime, order: Order, **outcome: Any) -> None:
    with runtime.store.write() as session:
        row = _mine(session, order)
        if row is not None:
            for name, value in outcome.items():
                setattr(row, name, value)


def _mine(session: Session, order: Order) -> Row | None:
    """The row, unless another sender took it on meanwhile. Its connection is locked first, as by
    all who write several rows of one."""
    lease.together(session, order.connection_id)
    row = session.get(Row, order.note_id, with_for_update=True)
    return row if row is not None and row.attempts == order.attempts else None


def _is_due(row: Row, now: datetime) -> bool:
    return row.due_at is not None and not now < row.due_at <= now + FARTHEST


def _order(runtime: Runtime, session: Session, row: Row) -> Order:
    ref, place = _carrier(runtime, session, row)
    followed = row.item_id is not None and ref.external_id != _item(session, row).external_id
    body: Mapping[str, Any] = row.wanted or {}
    kind, marker = cast("NoteKind", row.kind), _marker(session, row)
    former = _former(session, row) if row.remote_id != marker else ""
    place_id = _place_id(session, row, place)
    return Order(
        note_id=row.id,
        connection_id=row.connection_id,
        ref=ref,
        kind=row.kind,
        place=place,
        note=Note(kind=kind, marker=marker, body=body, former=former, place_id=place_id),
        wanted=row.wanted is not None,
        digest=row.wanted_hash,
        before=row.sent_hash,
        remote_id=None if followed else row.remote_id,  # it is looked for where it went
        attempts=row.attempts + 1,
    )


def _carrier(runtime: Runtime, session: Session, row: Row) -> tuple[Ref, str]:
    """What carries a note, and the place in which a right is given for it."""
    if row.item_id is not None:
        item = _item(session, row)
        item = _successor(session, row, item) or item
        return Ref(item.external_id, item.key), item.place
    spec = runtime.tracker(session.get_one(Connection, row.connection_id).tracker).spec
    scopes = (each.scope for each in spec.notes if (each.note, each.on) == (row.kind, "place"))
    kind = spec.kind(next(scopes, ""))
    return Ref(None, row.subject), kind.source(row.subject) if kind else row.subject


def _item(session: Session, row: Row) -> Item:
    return session.get_one(Item, row.item_id)


def _successor(session: Session, row: Row, item: Item) -> Item | None:
    """What the tracker made of an item, note and all, where that carries none of its own."""
    reason = item.gone_reason or ""
    if row.wanted is not None or not reason.startswith(TRANSFERRED):
        return None
    own = select(Row.item_id).where(Row.kind == row.kind, Row.subject == row.subject)
    now = select(Item).where(
        Item.connection_id == item.connection_id,
        Item.key == reason.removeprefix(TRANSFERRED),
        Item.gone_at.is_(None),
        Item.id.not_in(own.where(Row.item_id.is_not(None))),
    )
    return session.scalars(now).first()


def _place_id(session: Session, row: Row, place: str) -> str:
    """The tracker's id of the place as it was read, empty where it never told one."""
    query = select(Source.external_id).where(
        Source.connection_id == row.connection_id, Source.key == place
    )
    return session.scalar(query) or ""


def _marker(session: Session, row: Row) -> str:
    """What finds the note again at the tracker."""
    installation = session.get_one(Keep, INSTALLATION).value
    author = notes.author(installation, session.get_one(Connection, row.connection_id).uid)
    if row.kind == "remote_link":
        return notes.global_id(author, row.subject)
    if row.kind == "reply":
        return notes.reply_marker(author, row.subject)
    return notes.property_key(author) if row.kind == "property" else notes.marker(author)


def _former(session: Session, row: Row) -> str:
    """What found a remote link before each connection had its own."""
    if row.kind != "remote_link" or session.get(Keep, APART) is not None:
        return ""
    return notes.global_id(session.get_one(Keep, INSTALLATION).value, row.subject)
