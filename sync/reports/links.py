"""A link as people see it: its reading, its freshness and why it is unknown."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from connector.ledger import LinkReading
from connector.report import Failing, LinkReport
from connector.settings import Settings
from connector.store.tables import (
    Connection,
    Contribution,
    Item,
    Link,
    Reading,
    Source,
    UnreadableItem,
)
from sync import bulk, values
from sync.reports.snapshot import Snapshot

EMPTY = LinkReading(done=None, total=None, value=None, coverage=None, items=0, excluded=0)


_CONNECTION = (
    Connection.id,
    Connection.name,
    Connection.error,
    Connection.options,
    Connection.ended_at,
    Connection.paused_at,
    Connection.paused_by,
    Connection.paused_why,
)
_SOURCE = (Source.id, Source.key, Source.error, Source.looked_at)


@dataclass(frozen=True, slots=True)
class Place:
    """A source, as far as links show it."""

    key: str
    error: str | None


@dataclass(frozen=True, slots=True)
class Places:
    """Connections and sources by id, and how many items of each link were set aside."""

    connections: Mapping[int, Any]
    sources: Mapping[int, Place]
    aside: Mapping[int, int] = field(default_factory=dict)
    failing: tuple[Failing, ...] = ()


def places(session: Session) -> Places:
    """Every connection and source there is, as far as links show them."""
    query = (
        select(
            *_CONNECTION,
            *(each.label(f"source_{each.key}") for each in _SOURCE),
            exists().where(UnreadableItem.source_id.is_not(None)).label("some_aside"),
        )
        .outerjoin(Source, Source.connection_id == Connection.id)
        .order_by(Connection.name, Source.key)
    )
    found = bulk.rows(session, query)
    return Places(
        {row.id: row for row in found},
        {row.source_id: Place(row.source_key, row.source_error) for row in found if row.source_id},
        _aside(session) if found and found[0].some_aside else {},
        tuple(map(_failing, filter(_is_failing, found))),
    )


def _is_failing(row: Any) -> bool:
    return row.ended_at is None and bool(row.paused_at or row.error or row.source_error)


def _failing(row: Any) -> Failing:
    return Failing(
        connection=row.name,
        source=row.source_key,
        refused=paused(row) if row.paused_at else row.error,
        error=row.source_error,
        looked_at=row.source_looked_at,
    )


def _aside(session: Session) -> dict[int, int]:
    """Per link, the items it counts that could not be read when they were last asked for."""
    query = (
        select(Contribution.link_id, func.count(Item.id.distinct()))
        .join(Item, Item.id == Contribution.item_id)
        .join(UnreadableItem, UnreadableItem.external_id == Item.external_id)
        # What lies in a repository of its own may be out of sight for the source of a wider scope.
        .join(
            Source,
            (Source.id == UnreadableItem.source_id) & (Source.connection_id == Item.connection_id),
        )
        .where(Contribution.replaced_at.is_(None), Contribution.in_scope)
        .group_by(Contribution.link_id)
    )
    return {row[0]: row[1] for row in session.execute(query)}


def readings(session: Session, link_ids: Iterable[int]) -> dict[int, Reading]:
    """The stored readings of these links."""
    query = select(Reading).where(Reading.link_id.in_(list(link_ids)))
    return {row.link_id: row for row in session.scalars(query)}


def link_report(link: Link, snapshot: Snapshot, where: Places, settings: Settings) -> LinkReport:
    """One link as the snapshot has it."""
    rule = values.rule(link)
    found = snapshot.readings.get(link.id)
    shown, looked_at = found or EMPTY, snapshot.looked.get(link.id)
    connection = where.connections.get(link.connection_id or 0)
    if snapshot.is_past:
        error = why_unknown(shown) if found else f"not read by {snapshot.at.isoformat()}"
    else:
        error = _error(link, shown, connection, where.sources.get(link.source_id or 0))
        error = error or _unseen(where.aside.get(link.id, 0))
    return LinkReport(
        id=link.id,
        scope=link.scope,
        tracker=link.tracker,
        title=link.title,
        url=link.url,
        measure=rule.measure.as_json(),
        weight=rule.weight,
        done=shown.done,
        total=shown.total,
        reading=shown.value,
        coverage=shown.coverage,
        items=shown.items,
        excluded=shown.excluded,
        as_of=looked_at,
        error=error,
        stale=is_stale(looked_at, snapshot.at, settings),
        rebuilt=link.id in snapshot.rebuilt,
        history_from=link.history_from,
        history_note=link.history_note,
        called=link.today or link.root_key,
        broken=not snapshot.is_past and link.broken is not None,
        work="pull requests" if rule.pull_requests == "only" else "items",
    )


def is_stale(looked_at: datetime | None, now: datetime, settings: Settings) -> bool:
    """Whether a number this old may no longer be shown as a current one."""
    return looked_at is None or now - looked_at > settings.freshness


def _error(link: Link, shown: LinkReading, connection: Any, source: Place | None) -> str | None:
    if connection is None:
        return f"no connection to {link.tracker} yet: connect one, then sync"
    if link.broken:
        return link.broken
    if connection.paused_at:
        return paused(connection)
    if connection.error:
        return str(connection.error)
    if source is not None and source.error:
        return source.error
    if link.looked_at is None:
        return "not read yet: the next sync reads it"
    return why_unknown(shown)


def paused(row: Any) -> str:
    """Why a connection that an admin paused tells nothing new."""
    return f"reads of {row.name} are paused by {row.paused_by} ({row.paused_why})"


def _unseen(number: int) -> str | None:
    """What to say of items that count as they were last seen."""
    if not number:
        return None
    items, count = ("item", "counts") if number == 1 else ("items", "count")
    return (
        f"{number} {items} of this scope could not be read and {count} as last seen: "
        "the page of connections says why"
    )


def why_unknown(shown: LinkReading) -> str | None:
    """Why a link that was read has no number; None when it has one."""
    if shown.value is not None:
        return None
    # Coverage is None where nothing counts but for its estimate.
    return "no items yet" if shown.coverage is None else "nothing with an estimate yet"
