"""What else is known of work items: whose they are, since when, and how fresh that is."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from connector.settings import Settings
from connector.store.chunks import chunks
from connector.store.tables import (
    Account,
    Connection,
    Person,
    Source,
    TrackerAccount,
    UnreadableItem,
)
from sync.reports.items import Found
from sync.reports.links import is_stale, paused


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """``who`` is the person's name, else the account's, else "" (nobody); ``state_at`` is since
    when it is in its state.

    ``as_of`` is the last complete look at where it lies; ``stale`` says that this is too long ago,
    ``error`` why. ``aside`` says why it could not be read when it last changed, or "".
    """

    who: str
    state_at: datetime
    updated_at: datetime
    as_of: datetime | None
    stale: bool
    error: str
    aside: str


def facts(
    session: Session, found: Sequence[Found], now: datetime, settings: Settings
) -> dict[int, Facts]:
    """By item what is known of it, in four statements however many there are."""
    sources = _sources(session, {each.item.source_id for each in found})
    names = _names(session, found)
    aside = _aside(session, found)
    told = {}
    for each in found:
        item, source = each.item, sources.get(each.item.source_id)
        looked_at = source.looked_at if source else None
        told[item.id] = Facts(
            who=names.get((each.connection.id, (item.assignee or "").lower()), ""),
            state_at=item.state_at,
            updated_at=item.updated_at,
            as_of=looked_at,
            stale=is_stale(looked_at, now, settings),
            error=_error(each.connection, source),
            aside=aside.get((each.connection.id, item.external_id), ""),
        )
    return told


def _error(connection: Connection, source: Source | None) -> str:
    if connection.paused_at is not None:
        return paused(connection)
    return connection.error or (source.error if source else None) or ""


def _sources(session: Session, ids: Collection[int]) -> dict[int, Source]:
    return {row.id: row for row in session.scalars(select(Source).where(Source.id.in_(ids)))}


def _names(session: Session, found: Sequence[Found]) -> Mapping[tuple[int, str], str]:
    """By connection and account the person's name, else the account's own."""
    folded = {each.item.assignee.lower() for each in found if each.item.assignee}
    at = {each.connection.id: each.connection.tracker for each in found}
    names: dict[tuple[int, str], str] = {}
    for chunk in chunks(folded):
        account = func.lower(TrackerAccount.external_id)
        seen = select(TrackerAccount.connection_id, account, TrackerAccount.name).where(
            TrackerAccount.connection_id.in_(at), account.in_(chunk)
        )
        names |= {(row[0], row[1]): row[2] or row[1] for row in session.execute(seen)}
        said = (
            select(Account.tracker, func.lower(Account.external_id), Person.name)
            .join(Person, Person.id == Account.person_id)
            .where(func.lower(Account.external_id).in_(chunk))
        )
        for tracker, external_id, name in session.execute(said):
            names |= {(key, external_id): name for key, each in at.items() if each == tracker}
    return names


def _aside(session: Session, found: Sequence[Found]) -> dict[tuple[int, str], str]:
    """By connection and item why it was set aside."""
    at = {each.connection.id for each in found}
    ids = {each.item.external_id for each in found}
    query = (
        select(Source.connection_id, UnreadableItem)
        .join(Source, Source.id == UnreadableItem.source_id)
        .where(Source.connection_id.in_(at), UnreadableItem.external_id.in_(ids))
    )
    return {
        (connection, row.external_id): f"{row.field} {row.message.removeprefix(f'{row.key}: ')}"
        for connection, row in session.execute(query)
    }
