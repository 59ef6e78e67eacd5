"""The mirror against a tracker that is read whole: what is there, and what each item shows."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from connector.errors import TrackerError
from connector.scopes import Below
from connector.store.tables import Connection, Item, Source
from connector.work import Ref, WorkItem
from integrations.tracker import Page, Tracker
from integrations.tracker import Session as Asked
from sync import grants
from sync.named import inside
from sync.pipeline import FETCH_AT_ONCE
from sync.runtime import Runtime
from sync.sources import Bound, bound, need_from_json, standing
from sync.tags import tags_of


@dataclass(frozen=True, slots=True)
class _Shown:
    """An item as far as it is compared."""

    key: str
    updated_at: datetime
    status: str
    category: str
    parent: str | None
    tags: frozenset[str]
    numbers: Mapping[str, float]


_COMPARED = ("status", "category", "parent", "tags", "numbers")


@dataclass(frozen=True, slots=True)
class _Here:
    """What the mirror holds: ``alive`` on the connection, ``rows`` read by the source, those of
    them that lie ``in_scope``, and other names of parents that moved."""

    alive: frozenset[str]
    rows: Mapping[str, _Shown]
    in_scope: Mapping[str, str]
    renamed: Mapping[str, str]


def compare(runtime: Runtime, source: Source, connection: Connection) -> list[str]:
    """A sentence for everything that differs between a source and its tracker."""
    tracker = runtime.tracker(connection.tracker)
    need = need_from_json(source.need)
    fields = source.need.get("fields", [])
    asked = tracker.open(grants.account(runtime, connection, fields, need.scopes))
    try:
        there = dict(_there(asked, source, tracker.spec.authority))
        with runtime.store.read() as session:
            here = _here(session, source, tracker)
        away = {each: key for each, key in here.in_scope.items() if each not in there}
        unknown = _unknown(asked, source.key, away)
    except TrackerError as error:
        return [f"could not be compared: {error}"]
    finally:
        asked.close()
    missing = [f"{there[each].key} is not in the mirror" for each in there.keys() - here.alive]
    gone = [f"{here.in_scope[each]} is not in the tracker" for each in unknown]
    return sorted(missing) + sorted(gone) + sorted(_differing(here, there, source.looked_at))


def _there(
    asked: Asked, source: Source, told: Callable[[str, str], bool]
) -> Iterator[tuple[str, _Shown]]:
    fields = source.need.get("fields", [])
    for part in asked.read(source.key, need_from_json(source.need), None):
        for item in part.items if isinstance(part, Page) else ():
            yield item.external_id, _shown(item, item.tags, fields, lambda n: told(source.key, n))


def _shown(
    item: WorkItem | Item, tags: Iterable[str], fields: Collection[str], told: Callable[[str], bool]
) -> _Shown:
    """What counts of an item: of tags and numbers only what its source tells all of."""
    numbers = item.numbers.items()
    return _Shown(
        key=item.key,
        updated_at=item.updated_at,
        status=item.status,
        category=item.category,
        parent=item.parent_id or item.parent_key,
        tags=frozenset(filter(told, tags)),
        numbers={name: size for name, size in numbers if name in fields and told(name)},
    )


def _here(session: Session, source: Source, tracker: Tracker) -> _Here:
    fields, told = source.need.get("fields", []), tracker.spec.authority
    mine = (Item.connection_id == source.connection_id, Item.gone_at.is_(None))
    alive = frozenset(session.scalars(select(Item.external_id).where(*mine)))
    rows = session.scalars(select(Item).where(*mine, Item.source_id == source.id)).all()
    tags = tags_of(session, [row.id for row in rows])
    links = [bound(each, tracker) for each in standing(session, source.connection_id, source.id)]
    scoped = inside(session, source, links)
    return _Here(
        alive=alive,
        rows={
            row.external_id: _shown(
                row, tags.get(row.id, ()), fields, lambda name: told(source.key, name)
            )
            for row in rows
        },
        in_scope={row.external_id: row.key for row in rows if row.id in scoped},
        renamed=_renamed(links),
    )


def _renamed(links: Iterable[Bound]) -> dict[str, str]:
    """The keys parents had before, with those they have now."""
    found = [each.selector for each in links]
    return {key: each.key for each in found if isinstance(each, Below) for key in each.keys}


def _differing(
    here: _Here, there: Mapping[str, _Shown], looked_at: datetime | None
) -> Iterator[str]:
    """Items that show something else; not what changed after the look, or was read later here."""
    for external_id in there.keys() & here.rows.keys():
        held, shown = here.rows[external_id], there[external_id]
        if looked_at is None or shown.updated_at > looked_at or held.updated_at > shown.updated_at:
            continue
        held, shown = (_renewed(each, here.renamed) for each in (held, shown))
        names = [name for name in _COMPARED if getattr(held, name) != getattr(shown, name)]
        if names:
            yield f"{shown.key} differs from the tracker in {' and '.join(names)}"


def _renewed(shown: _Shown, renamed: Mapping[str, str]) -> _Shown:
    return replace(shown, parent=renamed.get(shown.parent or "", shown.parent))


def _unknown(asked: Asked, source_key: str, unlisted: Mapping[str, str]) -> set[str]:
    """Which of these ids the tracker does not know; what it hides from us is there."""
    refs = [Ref(external_id, key) for external_id, key in unlisted.items()]
    gone: set[str] = set()
    for first in range(0, len(refs), FETCH_AT_ONCE):
        fetched = asked.fetch(source_key, refs[first : first + FETCH_AT_ONCE])
        lost = set(fetched.missing) - fetched.hidden
        gone |= {ref.external_id for ref in lost if ref.external_id}
    return gone
