"""What stored deliveries leave behind: sources that are dirty, and hints which items to read."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection as Database

from integrations.tracker import Hint
from sync.inbox import folding, sql
from sync.inbox.entry import Entry

_Place = tuple[str, int, str]
"""A kind (source, or an item by its id or key), a connection, and what it is called there."""


@dataclass(slots=True)
class _About:
    """What one delivery is about: sources, those whose lists changed, and (source, hint)."""

    entry: Entry
    sources: set[int] = field(default_factory=set)
    lists: set[int] = field(default_factory=set)
    hints: list[tuple[int, Hint]] = field(default_factory=list)


def mark(database: Database, entries: Sequence[Entry]) -> None:
    """Mark what they are about, and tell each entry which sources it is to ring for."""
    found = [each for each in _abouts(database, entries) if each.sources]
    dirty = {source_id for each in found for source_id in each.sources}
    if not dirty:
        return
    rows = sql.run(database, "dirty", ids=sorted(dirty))
    # A source that was dirty already was rung for; its drain looks again before it rests.
    clean = {source_id for source_id, dirty_seq, done_seq in rows if dirty_seq - 1 <= done_seq}
    lists = {source_id for each in found for source_id in each.lists}
    if lists:
        sql.run(database, "lists", ids=sorted(lists))
    told = [pair for each in found for pair in each.hints]
    folding.keep(database, told, {source_id: dirty_seq for source_id, dirty_seq, _ in rows})
    for each in found:
        each.entry.rings = clean & each.sources
        clean -= each.sources


def _abouts(database: Database, entries: Sequence[Entry]) -> list[_About]:
    speaking = [each for each in entries if _speaks(each)]
    if not speaking:
        return []
    places = _places(database, speaking)
    below = [each for each in speaking if each.delivery.below]
    found = [_about(each, places) for each in speaking]
    if below:
        connections = sorted({each.door.id for each in below})
        every = sql.run(database, "all_sources", connections=connections)
        for each in found:
            roots = each.entry.delivery.below
            mine = [(key, place) for here, key, place in every if here == each.entry.door.id]
            each.sources |= {place for key, place in mine if roots and key.startswith(roots)}
    return found


def _speaks(entry: Entry) -> bool:
    told = entry.delivery
    return bool(told.sources or told.lists or told.hints or told.below)


def _places(database: Database, entries: Sequence[Entry]) -> dict[_Place, int]:
    """The sources that are told of, and those that hold the items that are."""
    hints = [hint for each in entries for hint in each.delivery.hints]
    named = {key for each in entries for key in each.delivery.sources | each.delivery.lists}
    refs = [hint.ref for hint in hints]
    rows = sql.run(
        database,
        "places",
        connections=sorted({each.door.id for each in entries}),
        sources=sorted(named | {hint.source for hint in hints}),
        ids=sorted({ref.external_id for ref in refs if ref.external_id}),
        keys=sorted({ref.key for ref in refs if ref.key and not ref.external_id}),
    )
    return {(kind, connection_id, name): place for kind, connection_id, name, place in rows}


def _about(entry: Entry, places: dict[_Place, int]) -> _About:
    told, here = entry.delivery, entry.door.id
    found = _About(entry, lists=set(_sources(here, told.lists, places)))
    found.sources = found.lists | set(_sources(here, told.sources, places))
    for hint in told.hints:
        # The source that is told of it, and the one that holds it.
        where = {*_sources(here, [hint.source], places), *_holder(here, hint, places)}
        found.hints += [(source_id, hint) for source_id in where]
        found.sources |= where
    return found


def _sources(here: int, keys: Iterable[str], places: dict[_Place, int]) -> Iterator[int]:
    for key in keys:
        if (found := places.get(("source", here, key))) is not None:
            yield found


def _holder(here: int, hint: Hint, places: dict[_Place, int]) -> Iterator[int]:
    ref = hint.ref
    item = ("id", here, ref.external_id) if ref.external_id else ("key", here, ref.key or "")
    if (found := places.get(item)) is not None:
        yield found
