"""The parents that scopes name: known by the tracker's id once seen, so that a move loses none."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute, Session

from connector.scopes import Below
from connector.store.chunks import chunks
from connector.store.tables import Item, Link
from connector.work import Ref
from integrations.tracker import Fetched
from integrations.tracker import Session as Asked
from sync import bulk
from sync.sources import Bound

_MOST = 20
"""Parents that are asked for one by one at a time."""
_NONE: Mapping[str, str] = {}


def follow(session: Session, links: Iterable[Bound], found: Mapping[str, str] = _NONE) -> bool:
    """Keep the ids of parents seen for the first time, and the keys of those called otherwise now;
    ``found`` are ids that the tracker told by former keys. Returns whether any has another key.

    A key that another item has got meanwhile never takes the place of the one that was linked.
    """
    named = _named(links)
    if not named:
        return False
    connection_id = next(iter(named)).connection_id
    fresh = {key for link, key in named.items() if not link.root_id}
    ids = {key: ident for ident, key in _pairs(session, connection_id, Item.key, fresh).items()}
    for link, typed in named.items():
        if link.root_id is None:
            link.root_id = ids.get(typed) or found.get(typed)
            if link.root_id and typed not in ids:
                link.looked_at = None  # what lies below it has not been reckoned
    known = {link.root_id for link in named if link.root_id}
    keys = _pairs(session, connection_id, Item.external_id, known)
    called = [link for link, key in named.items() if _call(link, keys.get(link.root_id or ""), key)]
    return bool(called)


def unseen(session: Session, links: Iterable[Bound]) -> list[str]:
    """The keys of parents that no item has, which may be former ones."""
    fresh = {link: key for link, key in _named(links).items() if not (link.root_id or link.broken)}
    if not fresh:
        return []
    connection_id = next(iter(fresh)).connection_id
    held = set(_pairs(session, connection_id, Item.key, set(fresh.values())).values())
    return sorted(set(fresh.values()) - held)[:_MOST]


def called_otherwise(
    asked: Asked, source_key: str, keys: Iterable[str]
) -> Iterator[tuple[str, Fetched]]:
    """What the tracker shows by these keys under another, by the key that was asked for."""
    for key in keys:
        shown = asked.fetch(source_key, [Ref(None, key)])
        if len(shown.items) == 1 and shown.items[0].key != key:
            yield key, shown


def _named(links: Iterable[Bound]) -> dict[Link, str]:
    """The key that each link of a parent was typed with."""
    found = {each.link: each.kind.select(each.link.value) for each in links}
    return {link: scope.key for link, scope in found.items() if isinstance(scope, Below)}


def _call(link: Link, key: str | None, typed: str) -> bool:
    """Keep the key a parent has now; returns whether it is another than it was."""
    wanted = key if key != typed else None
    if key is None or link.root_key == wanted:
        return False
    link.root_key = wanted
    return True


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
