"""The parents that scopes name: known by the tracker's id once seen, so that a move loses none."""

from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute, Session

from connector.scopes import Below
from connector.store.chunks import chunks
from connector.store.tables import Item, Link
from sync import bulk
from sync.sources import Bound


def follow(session: Session, links: Iterable[Bound]) -> None:
    """Keep the ids of parents seen for the first time, and the keys of those called otherwise now.

    A key that another item has got meanwhile never takes the place of the one that was linked.
    """
    found = {each.link: each.kind.select(each.scope[1]) for each in links}
    named = {link: scope.key for link, scope in found.items() if isinstance(scope, Below)}
    if not named:
        return
    connection_id = next(iter(named)).connection_id
    known = {link.root_id for link in named if link.root_id}
    fresh = {key for link, key in named.items() if not link.root_id}
    keys = _pairs(session, connection_id, Item.external_id, known)
    ids = {key: ident for ident, key in _pairs(session, connection_id, Item.key, fresh).items()}
    for link, typed in named.items():
        if link.root_id is None:
            link.root_id = ids.get(typed)
        elif link.root_id in keys:
            _call(link, keys[link.root_id], typed)


def _call(link: Link, key: str, typed: str) -> None:
    wanted = key if key != typed else None
    if link.root_key != wanted:
        link.root_key = wanted


def _pairs(
    session: Session,
    connection_id: int | None,
    column: InstrumentedAttribute[str],
    wanted: Collection[str],
) -> dict[str, str]:
    """External id -> key of the items that have one of these values in a column."""
    mine = select(Item.external_id, Item.key).where(Item.connection_id == connection_id)
    rows: list[Any] = []
    for chunk in chunks(sorted(wanted)):
        rows += bulk.rows(session, mine.where(column.in_(chunk)))
    return {row.external_id: row.key for row in rows}
