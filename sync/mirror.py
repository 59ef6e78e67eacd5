"""The mirror: items as the tracker last showed them; an older look never wins."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from hashlib import sha256
from operator import attrgetter
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from connector.garbage import uncollected
from connector.store.chunks import chunks
from connector.store.tables import Item, Match, Source
from connector.work import WorkItem
from sync import bulk
from sync.aside import readable
from sync.keys import next_ids
from sync.people.seen import Mark, store_accounts
from sync.tags import store_tags, tags_of

COLUMNS = (
    "key",
    "title",
    "url",
    "status",
    "category",
    "type",
    "place",
    "level",
    "pull_request",
    "resolution",
    "parent_id",
    "parent_key",
    "assignee",
    "created_at",
    "updated_at",
    "state_at",
)
_SHOWN = attrgetter(*COLUMNS)
_NONE: tuple[str, ...] = ()
_WRITTEN = (
    *COLUMNS,
    "labels",
    "numbers",
    "mentions",
    "source_id",
    "gone_at",
    "gone_reason",
)
_HELD = tuple(getattr(Item, name) for name in ("id", "external_id", *_WRITTEN))
_BEFORE = attrgetter(*_WRITTEN)


@dataclass(frozen=True, slots=True)
class Stored:
    """What one page did to the mirror; ``doubted`` was shown although it is known to be gone.

    ``away`` are those of the ``changed`` rows that are and stay another source's, ``moved`` those
    that lie in another place now, or in one that is called otherwise.
    """

    seen: frozenset[str]
    changed: frozenset[int]
    away: frozenset[int] = frozenset()
    moved: frozenset[int] = frozenset()
    doubted: frozenset[str] = frozenset()


Authority = Callable[[str, str], bool]
"""(source, tag or number field) -> whether what an item shows there is all there is of it."""


@dataclass(frozen=True, slots=True)
class _Storing:
    """Some items on their way into the mirror: what it held of them, and what becomes of it."""

    session: Session
    source: Source
    told: Callable[[str], bool]
    items: Mapping[str, WorkItem]
    held: Mapping[str, Any]
    at_home: Collection[int]


@uncollected()
def store_items(
    session: Session,
    source: Source,
    items: Sequence[WorkItem],
    *,
    authority: Authority = lambda _source, _name: True,
    mark: Mark | None = None,
    revive: bool = True,
) -> Stored:
    """Insert or update items of a source; idempotent, whatever the order of pages.

    What the source is no authority of stays as another one told it. ``mark`` makes the marks of
    assignees' e-mails; without it none are kept. Without ``revive`` what is gone stays gone.
    """
    newest: dict[str, WorkItem] = {}
    for item in items:
        before = newest.get(item.external_id)
        if before is None or before.updated_at <= item.updated_at:
            newest[item.external_id] = item
    held = _held(session, source, newest)
    gone = set() if revive else {key for key, row in held.items() if row.gone_at is not None}
    for key in gone:
        del newest[key], held[key]
    told, at_home = partial(authority, source.key), _at_home(session, source, held.values())
    storing = _Storing(session, source, told, newest, held, at_home)
    ids, changed = _store_new(storing), _store_changed(storing)
    changed |= _store_tags(storing, ids)
    readable(session, source, newest)
    store_accounts(session, source.connection_id, newest.values(), mark)
    return Stored(
        seen=frozenset(newest),
        changed=frozenset({*ids.values(), *changed}),
        away=frozenset(changed) & at_home,
        moved=frozenset(row.id for key, row in held.items() if row.place != newest[key].place),
        doubted=frozenset(gone),
    )


def _held(session: Session, source: Source, external_ids: Collection[str]) -> dict[str, Any]:
    mine = {Item.connection_id: source.connection_id}
    return bulk.named(session, _HELD, mine, Item.external_id, external_ids)


def _at_home(session: Session, source: Source, rows: Iterable[Any]) -> frozenset[int]:
    """The items that are read by the source of their own place, and so stay with it."""
    others = {row.source_id for row in rows} - {source.id}
    if not others:
        return frozenset()
    query = select(Source.id, Source.key).where(Source.id.in_(others))
    keys = {row[0]: row[1] for row in session.execute(query)}
    return frozenset(row.id for row in rows if keys.get(row.source_id) == row.place)


def _store_new(storing: _Storing) -> dict[str, int]:
    """Insert what the mirror does not have; returns the rows by external id."""
    session, source = storing.session, storing.source
    fresh = [item for key, item in storing.items.items() if key not in storing.held]
    if not fresh:
        return {}
    ids = next_ids(session, Item, len(fresh))
    bulk.fill(session, Item, {"id": ids, **_columns(source, fresh)})
    return dict(zip([item.external_id for item in fresh], ids, strict=True))


def _columns(source: Source, fresh: Sequence[WorkItem]) -> dict[str, Sequence[Any]]:
    """What is to be held of items that are new, column by column."""
    number = len(fresh)
    labels: dict[tuple[str, ...], tuple[str, ...]] = {}
    return {
        **{name: list(map(attrgetter(name), fresh)) for name in COLUMNS},
        "connection_id": [source.connection_id] * number,
        "source_id": [source.id] * number,
        "external_id": [item.external_id for item in fresh],
        # What many share is made into text once.
        "labels": [labels.setdefault(item.labels, item.labels) for item in fresh],
        "numbers": [item.numbers for item in fresh],
        "mentions": [sorted(item.mentions) if item.mentions else _NONE for item in fresh],
        "unreckoned": [True] * number,
    }


def _store_changed(storing: _Storing) -> set[int]:
    """Update what is held and shows something else; an old look changes nothing."""
    bodies: list[bulk.Body] = []
    for key, row in storing.held.items():
        item = storing.items[key]
        if item.updated_at < row.updated_at:
            continue
        wanted = _wanted(storing, item, row)
        if wanted != _BEFORE(row):
            told = zip(_WRITTEN, wanted, strict=True)
            bodies.append({"id": row.id, "unreckoned": True, **dict(told)})
    bulk.write(storing.session, Item, added=(), changed=bodies)
    return {body["id"] for body in bodies}


def _wanted(storing: _Storing, item: WorkItem, row: Any) -> tuple[Any, ...]:
    """What is to be held of an item that is held already, as ``_WRITTEN`` names it."""
    numbers, mentions, home = dict(item.numbers), item.mentions, storing.source.id
    for name, size in row.numbers.items():
        if not storing.told(name):
            numbers.setdefault(name, size)
    if row.id in storing.at_home and row.gone_at is None:
        home = row.source_id
    if mentions is None:
        mentions = row.mentions
    return (*_SHOWN(item), list(item.labels), numbers, sorted(mentions or ()), home, None, None)


def _store_tags(storing: _Storing, fresh: Mapping[str, int]) -> set[int]:
    """Give the items their tags; returns the rows whose tags changed."""
    items, session = storing.items, storing.session
    wanted = {row_id: items[key].tags for key, row_id in fresh.items()}
    for key, row in storing.held.items():
        if items[key].updated_at >= row.updated_at:
            wanted[row.id] = items[key].tags
    held = tags_of(session, wanted.keys() - fresh.values())
    changed = store_tags(session, wanted, held, storing.told)
    bulk.mark(session, Item, changed - set(fresh.values()), {"unreckoned": True})
    return changed


def store_matches(session: Session, source: Source, query: str, found: frozenset[str]) -> bool:
    """Store which items a query lists; returns whether that changed."""
    digest, held = query_hash(query), listed_by(session, source, query)
    mine = (Match.source_id == source.id, Match.query_hash == digest)
    if held == found:
        return False
    for chunk in chunks(held - found):
        session.execute(delete(Match).where(*mine, Match.external_id.in_(chunk)))
    added = ((source.id, digest, each) for each in sorted(found - held))
    bulk.add(session, Match, ("source_id", "query_hash", "external_id"), added)
    return True


def listed_by(session: Session, source: Source, query: str) -> set[str]:
    """The items (external ids) a query listed when it was last asked."""
    mine = (Match.source_id == source.id, Match.query_hash == query_hash(query))
    return set(session.scalars(select(Match.external_id).where(*mine)))


def query_hash(query: str) -> str:
    """The short name of a query in the store."""
    return sha256(query.encode()).hexdigest()


def bury(rows: Iterable[Item], reason: str, now: datetime) -> int:
    """Mark items as gone; their history stays."""
    number = 0
    for row in rows:
        if row.gone_at is None:
            row.gone_at, row.gone_reason, row.unreckoned = now, reason, True
            number += 1
    return number
