"""The inbox: a delivery is verified, stored with its source marked dirty, then answered."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from connector.errors import BadReading
from connector.store.tables import Connection, Delivery, Hint, Source
from integrations.tracker import Delivery as Read
from integrations.tracker import Hint as Told
from sync import lease, refusals
from sync.accounts import client_of
from sync.hook_secret import knows_path, opened
from sync.hooks import meant, retesting
from sync.runtime import Runtime
from sync.sources import mark_dirty


@dataclass(frozen=True, slots=True)
class Receipt:
    """The answer to a delivery: an HTTP status and a sentence."""

    status: int
    sentence: str


NOBODY = Receipt(404, "there is no such connection")


def receive(
    runtime: Runtime,
    name: str,
    headers: Mapping[str, str],
    body: bytes,
    *,
    path: str | None = None,
) -> Receipt:
    """Accept one delivery for the connection ``name``; any bytes are safe to pass.

    It proves itself by its signature, or comes by a secret ``path`` and bears none. One whose
    signature does not fit is refused by either door: where it was set up stands another secret
    than ours, or it was changed on its way, and the address alone must not make up for that. So
    is one that bears the word of another app than the one signed in as; the right word alone, which
    says nothing of the body, makes up for no path.
    """
    connection = _connection(runtime, name)
    if path is not None and not knows_path(runtime.vault, connection, path, runtime.clock()):
        return NOBODY
    if connection is None:
        return NOBODY
    tracker = runtime.tracker(connection.tracker)
    if path is not None and "secret_path" not in tracker.spec.capabilities:
        return NOBODY
    signed = _signed(runtime, connection, headers, body)
    forged = signed is False or _vouched(runtime, connection, headers) is False
    if forged or (signed is None and path is None):
        refusals.refused(runtime, connection)
        return Receipt(401, "the signature does not fit the webhook's secret")
    try:
        delivery = tracker.delivery(headers, body)
    except BadReading as error:
        refusals.refused(runtime, connection)
        return Receipt(422, f"the delivery could not be read: {error}")
    for source_id in _stored(runtime, connection, delivery):
        runtime.doorbell.ring(source_id)
    return Receipt(202, "accepted")


def _connection(runtime: Runtime, name: str) -> Connection | None:
    with runtime.store.read() as session:
        return session.scalars(
            select(Connection).where(Connection.name == name, Connection.ended_at.is_(None))
        ).one_or_none()


def _signed(
    runtime: Runtime, connection: Connection, headers: Mapping[str, str], body: bytes
) -> bool | None:
    """Whether one of the good secrets signed it; None where it bears no signature."""
    tracker = runtime.tracker(connection.tracker)
    good = opened(runtime.vault, connection).good(runtime.clock())
    found = [tracker.verify(headers, body, secret) for secret in good]
    return None if all(each is None for each in found) else any(found)


def _vouched(runtime: Runtime, connection: Connection, headers: Mapping[str, str]) -> bool | None:
    """Whether the app vouches for it that the connection signed in as; None where none does."""
    consent = runtime.tracker(connection.tracker).consent
    if consent is None or connection.grant_cipher is None:
        return None
    client, _ = client_of(runtime.vault, connection)
    return consent.vouches(client, headers, runtime.clock())


def _stored(runtime: Runtime, connection: Connection, delivery: Read) -> set[int]:
    try:
        return _store(runtime, connection, delivery)
    except IntegrityError:
        return set()  # the same delivery was stored by another process just now


def _store(runtime: Runtime, connection: Connection, delivery: Read) -> set[int]:
    with runtime.store.write() as session:
        lease.together(session, connection.id)
        if _known(session, connection, delivery):
            return set()
        _note(session, connection, delivery, runtime.clock())
        if not meant.fits(connection, delivery):
            return set()
        if delivery.access:
            retesting.ask(session, connection)
        if not (delivery.sources or delivery.lists or delivery.hints or delivery.below):
            return set()
        return _mark(session, _sources(session, connection), delivery)


def _mark(session: Session, sources: dict[str, Source], delivery: Read) -> set[int]:
    """Mark what a delivery is about as dirty; returns what was not dirty before."""
    hinted = meant.hinted(session, sources, delivery)
    found = meant.named(sources, delivery) | {source.id: source for source, _ in hinted}
    # A source that is dirty already was rung for; its drain looks again before it rests.
    clean = {each for each, source in found.items() if source.dirty_seq <= source.done_seq}
    mark_dirty(session, set(found))
    session.expire_all()  # the sequence was just counted up in the database
    for source in found.values():
        if source.key in delivery.lists:
            source.lists_seq = source.dirty_seq
    for source, hint in hinted:
        _hint(session, source, hint)
    return clean


def _note(session: Session, connection: Connection, delivery: Read, now: datetime) -> None:
    """What is kept of every delivery."""
    identifier, event = delivery.identifier[:128], delivery.event[:128]
    session.add(
        Delivery(connection_id=connection.id, identifier=identifier, event=event, received_at=now)
    )
    mine = update(Connection).where(Connection.id == connection.id)
    session.execute(mine.values(delivered_at=now))


def _known(session: Session, connection: Connection, delivery: Read) -> bool:
    query = select(Delivery.id).where(
        Delivery.connection_id == connection.id,
        Delivery.identifier == delivery.identifier[:128],
    )
    return session.scalars(query).first() is not None


def _sources(session: Session, connection: Connection) -> dict[str, Source]:
    query = select(Source).where(Source.connection_id == connection.id)
    return {row.key: row for row in session.scalars(query)}


def _hint(session: Session, source: Source, hint: Told) -> None:
    """One row an item: the newest time wins, and no time at all means "look in any case"."""
    ref = hint.ref
    by_id, by_key = Hint.external_id == ref.external_id, Hint.key == ref.key
    named = by_id if ref.external_id else and_(Hint.external_id.is_(None), by_key)
    row = session.scalars(select(Hint).where(Hint.source_id == source.id, named)).first()
    if row is None:
        row = Hint(source_id=source.id, external_id=ref.external_id, gone=False)
        row.updated_at = hint.updated_at
        session.add(row)
    row.updated_at = row.updated_at and hint.updated_at and max(row.updated_at, hint.updated_at)
    row.key = ref.key or row.key
    # Nothing comes back from a deletion: what tells of it last may have been sent first.
    row.gone = row.gone or hint.gone
    row.seq = source.dirty_seq
