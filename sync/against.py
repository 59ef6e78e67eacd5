"""The mirror against a tracker that is read whole: what is there, and what each item shows."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from connector.errors import TrackerError
from connector.scopes import Below
from connector.store.chunks import chunks
from connector.store.tables import Connection, Item, Source
from connector.work import Ref, WorkItem
from integrations.tracker import Fetched, Listed, Look, Page, Tracker
from integrations.tracker import Session as Asked
from sync import grants
from sync.aside import set_aside_of
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
_BESIDE: tuple[str, ...] = ("tags", "numbers")
"""Of items that another source reads: what the source of their place cannot tell."""


@dataclass(frozen=True, slots=True)
class _Here:
    """What the mirror holds: ``alive`` on the connection, ``rows`` read by the source or found
    there too, those of them that lie ``in_scope``, the places of those that another source reads
    (``beside``), what was set ``aside``, and other names of parents that moved."""

    alive: frozenset[str]
    rows: Mapping[str, _Shown]
    beside: Mapping[str, str]
    in_scope: Mapping[str, str]
    aside: frozenset[str]
    renamed: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Compared:
    """What a comparison found: how many items each side counts, a sentence for each difference
    and, where not everything was compared, why not."""

    here: int = 0
    there: int = 0
    calls: int = 0
    differences: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a comparison may cost: ``calls`` at most (None: any number); with ``listed`` only
    ids are compared where the tracker can list them."""

    calls: int | None = None
    listed: bool = False


class _TooMany(Exception):
    """The comparison may make no more calls."""


def compare(
    runtime: Runtime, source: Source, connection: Connection, limits: Limits = Limits()
) -> Compared:
    """Everything that differs between a source and its tracker."""
    tracker = runtime.tracker(connection.tracker)
    need = need_from_json(source.need)
    if not (need.scopes or need.conventions):
        return Compared()
    fields = source.need.get("fields", [])
    try:
        asked = tracker.open(grants.account(runtime, connection, fields, need.scopes))
    except TrackerError as error:
        return Compared(note=f"could not be compared: {error}")
    try:
        found = _compared(runtime, _Comparing(asked, source, tracker, limits))
    except TrackerError as error:
        found = Compared(note=f"could not be compared: {error}")
    except _TooMany:
        said = f"more than {limits.calls} calls are needed; worklift audit compares everything"
        found = Compared(note=f"not compared to the end: {said}")
    finally:
        asked.close()
    return replace(found, calls=asked.calls)


@dataclass(frozen=True, slots=True)
class _Comparing:
    """A comparison under way."""

    asked: Asked
    source: Source
    tracker: Tracker
    limits: Limits

    def within(self) -> None:
        """Raise when no more calls may be made."""
        if self.limits.calls is not None and self.asked.calls >= self.limits.calls:
            raise _TooMany


def _compared(runtime: Runtime, at: _Comparing) -> Compared:
    found = _there(at)
    with runtime.store.read() as session:
        here = _here(session, at, found.items)
    there = found.items if found.listed else dict.fromkeys(here.in_scope) | found.items
    away = {each: key for each, key in here.in_scope.items() if each not in there}
    unknown = _unknown(at, away)
    unmet = {each for each in there.keys() - here.alive if there[each] or each not in here.aside}
    shown = {each: item for each, item in there.items() if item is not None}
    differences = (
        *sorted(f"{key} is not in the mirror" for key in _missing(at, there, unmet)),
        *sorted(f"{here.in_scope[each]} is not in the tracker" for each in unknown),
        *sorted(_differing(at, here, shown)),
    )
    note = "" if found.listed or found.whole else "the tracker did not tell everything there is"
    return Compared(len(here.in_scope), len(there), differences=differences, note=note)


@dataclass(slots=True)
class _There:
    """What the tracker shows in the source's scopes, None for what it only listed; whether it
    ``listed`` everything there is, or told otherwise that the ``whole`` is as it was."""

    items: dict[str, _Shown | None] = field(default_factory=dict)
    listed: bool = False
    whole: bool = False


def _there(at: _Comparing) -> _There:
    source, told = at.source, at.tracker.spec.authority
    fields = source.need.get("fields", [])
    cursor = source.cursor if at.limits.listed else None
    found = _There()
    for part in at.asked.read(
        source.key, need_from_json(source.need), cursor, sweep=cursor is not None
    ):
        match part:
            case Listed():
                found.items = dict.fromkeys(part.external_ids) | found.items
            case Look():
                found.listed, found.whole = part.complete or cursor is None, part.whole
            case Page():
                for item in part.items:
                    shown = _shown(item, item.tags, fields, lambda name: told(source.key, name))
                    found.items[item.external_id] = shown
        at.within()
    return found


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


def _here(session: Session, at: _Comparing, there: Collection[str]) -> _Here:
    source, told = at.source, at.tracker.spec.authority
    fields = source.need.get("fields", [])
    mine = (Item.connection_id == source.connection_id, Item.gone_at.is_(None))
    alive = frozenset(session.scalars(select(Item.external_id).where(*mine)))
    links = [bound(each, at.tracker) for each in standing(session, source.connection_id, source.id)]
    scoped = inside(session, source, links)
    own = select(Item).where(*mine, Item.source_id == source.id)
    rows = [*session.scalars(own), *_others(session, source, scoped, there)]
    tags = tags_of(session, [row.id for row in rows])
    return _Here(
        alive=alive,
        rows={
            row.external_id: _shown(
                row, tags.get(row.id, ()), fields, lambda name: told(source.key, name)
            )
            for row in rows
        },
        beside={row.external_id: row.place for row in rows if row.source_id != source.id},
        in_scope={row.external_id: row.key for row in rows if row.id in scoped},
        aside=set_aside_of(session, source),
        renamed=_renamed(links),
    )


def _others(
    session: Session, source: Source, scoped: Collection[int], there: Collection[str]
) -> list[Item]:
    """What other sources read and this one counts or shows too, as a board does."""
    mine = (
        Item.connection_id == source.connection_id,
        Item.source_id != source.id,
        Item.gone_at.is_(None),
    )
    found: dict[int, Item] = {}
    named = [Item.id.in_(chunk) for chunk in chunks(sorted(scoped))]
    named += [Item.external_id.in_(chunk) for chunk in chunks(sorted(there))]
    for each in named:
        rows = session.scalars(select(Item).where(*mine, each))
        found.update({row.id: row for row in rows})
    return list(found.values())


def _renamed(links: Iterable[Bound]) -> dict[str, str]:
    """The keys parents had before, with those they have now."""
    found = [each.selector for each in links]
    return {key: each.key for each in found if isinstance(each, Below) for key in each.keys}


def _differing(at: _Comparing, here: _Here, there: Mapping[str, _Shown]) -> Iterator[str]:
    """Items that show something else; not what changed after the look, or was read later here."""
    looked_at = at.source.looked_at
    for external_id in there.keys() & here.rows.keys():
        held, shown = here.rows[external_id], there[external_id]
        if looked_at is None or shown.updated_at > looked_at or held.updated_at > shown.updated_at:
            continue
        held, shown = (_renewed(each, here.renamed) for each in (held, shown))
        place = here.beside.get(external_id)
        compared = _COMPARED if place is None else _BESIDE
        if place is not None:
            held, shown = (_apart(each, place, at.tracker) for each in (held, shown))
        names = [name for name in compared if getattr(held, name) != getattr(shown, name)]
        if names:
            yield f"{shown.key} differs from the tracker in {' and '.join(names)}"


def _apart(shown: _Shown, place: str, tracker: Tracker) -> _Shown:
    """Without what the source of an item's place tells as well."""
    told = tracker.spec.authority
    return replace(
        shown,
        tags=frozenset(tag for tag in shown.tags if not told(place, tag)),
        numbers={name: size for name, size in shown.numbers.items() if not told(place, name)},
    )


def _renewed(shown: _Shown, renamed: Mapping[str, str]) -> _Shown:
    return replace(shown, parent=renamed.get(shown.parent or "", shown.parent))


def _unknown(at: _Comparing, unlisted: Mapping[str, str]) -> set[str]:
    """Which of these ids the tracker does not know; what it hides from us is there."""
    refs = [Ref(external_id, key) for external_id, key in unlisted.items()]
    gone: set[str] = set()
    for fetched in _fetched(at, refs):
        lost = set(fetched.missing) - fetched.hidden
        gone |= {ref.external_id for ref in lost if ref.external_id}
    return gone


def _missing(
    at: _Comparing, there: Mapping[str, _Shown | None], unknown: AbstractSet[str]
) -> list[str]:
    """The keys of what the mirror lacks although it was there at the last look."""
    seen = {each: shown for each in unknown if (shown := there[each]) is not None}
    found = [(shown.key, shown.updated_at) for shown in seen.values()]
    refs = [Ref(each, None) for each in sorted(unknown - seen.keys())]
    for fetched in _fetched(at, refs):
        found += [(item.key, item.updated_at) for item in fetched.items]
    looked_at = at.source.looked_at
    # With limits it runs beside drains: what came after the last look is not missing yet.
    late = looked_at if at.limits.calls is not None else None
    return [key for key, updated_at in found if late is None or updated_at <= late]


def _fetched(at: _Comparing, refs: Sequence[Ref]) -> Iterator[Fetched]:
    for first in range(0, len(refs), FETCH_AT_ONCE):
        at.within()
        yield at.asked.fetch(at.source.key, refs[first : first + FETCH_AT_ONCE])
