"""Items of links that could not be understood when last read, and count as they were last seen."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from connector.store.tables import Connection, Contribution, Item, Source, UnreadableItem
from integrations.tracker import OUT_OF_SIGHT


@dataclass(frozen=True, slots=True, kw_only=True)
class AsideReport:
    """One such item: ``sentence`` says what is wrong, ``again`` that the next look tries it.

    ``hidden``: it is there, but not for our token, so trying it again by itself is of no use.
    """

    item: str
    connection: str
    sentence: str
    since: datetime
    again: bool
    hidden: bool


def aside(session: Session, link_ids: Collection[int]) -> Mapping[int, dict[str, AsideReport]]:
    """Those that the links hold now: by link, then by what the ledger calls the item."""
    found: dict[int, dict[str, AsideReport]] = defaultdict(dict)
    if session.scalars(select(UnreadableItem.source_id).limit(1)).first() is None:
        return found
    query = (
        select(Contribution.link_id, Contribution.item_key, Connection.name, UnreadableItem)
        .join(Item, Item.id == Contribution.item_id)
        .join(Source, Source.connection_id == Item.connection_id)
        .join(
            UnreadableItem,
            (UnreadableItem.source_id == Source.id)
            & (UnreadableItem.external_id == Item.external_id),
        )
        .join(Connection, Connection.id == Item.connection_id)
        .where(Contribution.link_id.in_(list(link_ids)))
        .where(Contribution.replaced_at.is_(None), Contribution.in_scope)
    )
    for link_id, key, connection, row in session.execute(query):
        found[link_id][key] = _report(key, connection, row)
    return found


def _report(key: str, connection: str, row: UnreadableItem) -> AsideReport:
    hidden = row.field == OUT_OF_SIGHT
    return AsideReport(
        item=key,
        connection=connection,
        sentence=row.message if hidden else f"{row.field} {row.message}",
        since=row.since,
        again=not row.version,
        hidden=hidden,
    )
