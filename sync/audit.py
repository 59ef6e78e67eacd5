"""Proves the numbers: mirror against ledger and tracker, ledger against readings."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from connector import ledger
from connector.errors import TrackerError
from connector.store.tables import Connection, Contribution, Item, Link, Reading, Source
from connector.work import Ref
from integrations.tracker import Page, Tracker
from integrations.tracker import Session as Asked
from sync import values
from sync.accounts import account_of
from sync.pipeline import FETCH_AT_ONCE
from sync.reckon import PART_COLUMNS, wanted_parts
from sync.runtime import Runtime
from sync.sources import Bound, bound, need_from_json


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that does not fit: where, and a sentence."""

    where: str
    sentence: str


def audit(runtime: Runtime, *, trackers: bool = True) -> list[Difference]:
    """Every difference there is; ``trackers`` also reads every source anew and compares items."""
    with runtime.store.read() as session:
        found = [each for link in _links(runtime, session) for each in _link(session, link)]
        sources = session.execute(
            select(Source, Connection)
            .join(Connection, Connection.id == Source.connection_id)
            .where(Connection.ended_at.is_(None))
        ).all()
    if trackers:
        for source, connection in sources:
            found += _source(runtime, source, connection)
    return found


@dataclass(frozen=True, slots=True)
class _Audited:
    bound: Bound
    connection: Connection
    tracker: Tracker


def _links(runtime: Runtime, session: Session) -> Iterator[_Audited]:
    query = (
        select(Link, Connection)
        .join(Connection, Connection.id == Link.connection_id)
        .where(Link.ended_at.is_(None), Link.looked_at.is_not(None), Link.broken.is_(None))
    )
    for link, connection in session.execute(query.order_by(Link.id)).all():
        tracker = runtime.tracker(connection.tracker)
        yield _Audited(bound(link, tracker), connection, tracker)


def _link(session: Session, audited: _Audited) -> Iterator[Difference]:
    link = audited.bound.link
    held = {
        row.item_id: row
        for row in session.scalars(
            select(Contribution).where(
                Contribution.link_id == link.id, Contribution.replaced_at.is_(None)
            )
        )
    }
    mapping = values.field_mapping(audited.connection, audited.tracker.spec)
    wanted = {part.item_id: part for part in wanted_parts(session, audited.bound, mapping)}
    for item_id, part in wanted.items():
        row = held.get(item_id)
        if row is None:
            yield Difference(link.scope, f"{part.key} is in the mirror but not in the ledger")
        elif any(getattr(row, name) != getattr(part, name) for name in PART_COLUMNS):
            yield Difference(link.scope, f"{part.key} contributes otherwise than the mirror says")
    for item_id, row in held.items():
        if row.in_scope and item_id not in wanted:
            yield Difference(link.scope, f"{row.item_key} is counted but not in the scope")
    reading = ledger.reading(values.rule(link).measure, held.values())
    if values.link_reading(session.get(Reading, link.id)) != reading:
        yield Difference(link.scope, "the stored reading is not what its contributions add up to")


def _source(runtime: Runtime, source: Source, connection: Connection) -> list[Difference]:
    where = f"{connection.name} {source.key}".strip()
    account = account_of(connection, runtime.vault, source.need.get("fields", []))
    asked = runtime.tracker(connection.tracker).open(account)
    try:
        there = {
            item.external_id: item.key
            for part in asked.read(source.key, need_from_json(source.need), None)
            if isinstance(part, Page)
            for item in part.items
        }
        here = _here(runtime, source)
        extra = _unknown(asked, source.key, {k: v for k, v in here.items() if k not in there})
    except TrackerError as error:
        return [Difference(where, f"could not be compared: {error}")]
    finally:
        asked.close()
    missing = [f"{there[each]} is not in the mirror" for each in there.keys() - here.keys()]
    gone = [f"{here[each]} is not in the tracker" for each in extra]
    return [Difference(where, sentence) for sentence in sorted(missing) + sorted(gone)]


def _here(runtime: Runtime, source: Source) -> dict[str, str]:
    with runtime.store.read() as session:
        mine = select(Item).where(Item.source_id == source.id, Item.gone_at.is_(None))
        return {row.external_id: row.key for row in session.scalars(mine)}


def _unknown(asked: Asked, source_key: str, unlisted: Mapping[str, str]) -> set[str]:
    """Which of these ids the tracker does not know; a delivery may name an item of no scope."""
    refs = [Ref(external_id, key) for external_id, key in unlisted.items()]
    known: set[str] = set()
    for first in range(0, len(refs), FETCH_AT_ONCE):
        fetched = asked.fetch(source_key, refs[first : first + FETCH_AT_ONCE])
        known |= {item.external_id for item in fetched.items}
        known |= {each.external_id for each in fetched.unreadable}
    return unlisted.keys() - known
