"""The inbox: a delivery is verified, stored with its source marked dirty, then answered."""

from collections.abc import Mapping
from dataclasses import dataclass

import structlog
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from connector.errors import BadReading
from connector.store.tables import Connection, Delivery, Hint, Source
from integrations.tracker import Delivery as Read
from sync import lease
from sync.accounts import hook_place
from sync.runtime import Runtime
from sync.sources import mark_dirty

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Receipt:
    """The answer to a delivery: an HTTP status and a sentence."""

    status: int
    sentence: str


def receive(runtime: Runtime, name: str, headers: Mapping[str, str], body: bytes) -> Receipt:
    """Accept one delivery for the connection ``name``; any bytes are safe to pass."""
    with runtime.store.read() as session:
        connection = session.scalars(
            select(Connection).where(Connection.name == name, Connection.ended_at.is_(None))
        ).one_or_none()
    if connection is None:
        return Receipt(404, "there is no such connection")
    tracker = runtime.tracker(connection.tracker)
    secret = runtime.vault.open(connection.hook_cipher, hook_place(connection.uid))
    if not tracker.verify(headers, body, secret):
        _refuse(runtime, connection)
        return Receipt(401, "the signature does not fit the webhook's secret")
    try:
        delivery = tracker.delivery(headers, body)
    except BadReading as error:
        _refuse(runtime, connection)
        return Receipt(422, f"the delivery could not be read: {error}")
    try:
        dirty = _store(runtime, connection, delivery)
    except IntegrityError:
        dirty = set()  # the same delivery was stored by another process just now
    for source_id in dirty:
        runtime.doorbell.ring(source_id)
    return Receipt(202, "accepted")


def _store(runtime: Runtime, connection: Connection, delivery: Read) -> set[int]:
    now = runtime.clock()
    with runtime.store.write() as session:
        lease.together(session, connection.id)
        if _known(session, connection, delivery):
            return set()
        session.add(
            Delivery(
                connection_id=connection.id,
                identifier=delivery.identifier[:128],
                event=delivery.event[:128],
                received_at=now,
            )
        )
        session.execute(
            update(Connection).where(Connection.id == connection.id).values(delivered_at=now)
        )
        sources = _sources(session, connection)
        named = delivery.sources | {hint.source for hint in delivery.hints}
        found = [sources[key] for key in sorted(named) if key in sources]
        # A source that is dirty already was rung for; its drain looks again before it rests.
        clean = {source.id for source in found if source.dirty_seq <= source.done_seq}
        mark_dirty(session, {source.id for source in found})
        _hint(session, sources, delivery)
        return clean


def _known(session: Session, connection: Connection, delivery: Read) -> bool:
    query = select(Delivery.id).where(
        Delivery.connection_id == connection.id,
        Delivery.identifier == delivery.identifier[:128],
    )
    return session.scalars(query).first() is not None


def _sources(session: Session, connection: Connection) -> dict[str, Source]:
    query = select(Source).where(Source.connection_id == connection.id)
    return {row.key: row for row in session.scalars(query)}


def _hint(session: Session, sources: Mapping[str, Source], delivery: Read) -> None:
    session.expire_all()  # the sequence was just counted up in the database
    for hint in delivery.hints:
        source = sources.get(hint.source)
        if source is None:
            continue
        ref = hint.ref
        row = session.scalars(
            select(Hint).where(
                Hint.source_id == source.id,
                Hint.external_id.is_not_distinct_from(ref.external_id),
                Hint.key.is_not_distinct_from(ref.key),
            )
        ).first()
        if row is None:
            row = Hint(source_id=source.id, external_id=ref.external_id, key=ref.key)
            row.updated_at = hint.updated_at
            session.add(row)
        # One row an item: the newest time wins, and no time at all means "look in any case".
        row.updated_at = row.updated_at and hint.updated_at and max(row.updated_at, hint.updated_at)
        row.seq = source.dirty_seq


def _refuse(runtime: Runtime, connection: Connection) -> None:
    with runtime.store.write() as session:
        session.execute(
            update(Connection)
            .where(Connection.id == connection.id)
            .values(refused_deliveries=Connection.refused_deliveries + 1)
        )
    log.warning("delivery.refused", connection=connection.name)
