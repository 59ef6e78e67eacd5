"""What stored deliveries leave behind: sources that are dirty, and hints which items to read."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection as Database

from integrations.tracker import Hint
from sync.inbox import folding, sql
from sync.inbox.entry import Entry

Known = Mapping[str, sql.Rows]
"""Rows by the names of the statements that gave them."""
_Place = tuple[str, int, str]
"""A kind (source, or an item by its id or key), a connection, and what it is called there."""


@dataclass(slots=True)
class _About:
    """What one delivery is about: sources, those whose lists changed, and (source, hint)."""

    entry: Entry
    sources: set[int] = field(default_factory=set)
    lists: set[int] = field(default_factory=set)
    hints: list[tuple[int, Hint]] = field(default_factory=list)


def asked(entries: Sequence[Entry]) -> Iterator[sql.Ask]:
    """What is to be known of the database to say what they are about."""
    speaking = [each for each in entries if _speaks(each)]
    if speaking:
        yield _places(speaking)
    if below := {each.door.id for each in speaking if each.delivery.below}:
        yield sql.ask("all_sources", connections=sorted(below))


def mark(
    database: Database, entries: Sequence[Entry], known: Known, also: Sequence[sql.Ask]
) -> None:
    """Mark what they are about, and tell each entry which sources it is to ring for.

    ``known`` is what was asked before; ``also`` is to be done in the same trip, the last one.
    """
    found = [each for each in _abouts(entries, known) if each.sources]
    asks = [*also, *_marks(found)]
    if not asks:
        return
    rows = sql.run(database, *asks, last=True).get("dirty", ())
    # A source that was dirty already was rung for; its drain looks again before it rests.
    clean = {source_id for source_id, dirty_seq, done_seq in rows if dirty_seq - 1 <= done_seq}
    for each in found:
        each.entry.rings = clean & each.sources
        clean -= each.sources


def _marks(found: Sequence[_About]) -> Iterator[sql.Ask]:
    dirty = {source_id for each in found for source_id in each.sources}
    if dirty:
        yield sql.ask("dirty", ids=sorted(dirty))
    lists = {source_id for each in found for source_id in each.lists}
    if lists:
        yield sql.ask("lists", ids=sorted(lists))
    yield from folding.kept([pair for each in found for pair in each.hints])


def _abouts(entries: Sequence[Entry], known: Known) -> list[_About]:
    rows = known.get("places", ())
    places = {(kind, connection_id, name): place for kind, connection_id, name, place in rows}
    found = [_about(each, places) for each in entries if _speaks(each)]
    for each in found:
        if roots := each.entry.delivery.below:
            every = known["all_sources"]
            mine = [(key, place) for here, key, place in every if here == each.entry.door.id]
            each.sources |= {place for key, place in mine if key.startswith(roots)}
    return found


def _speaks(entry: Entry) -> bool:
    told = entry.delivery
    return bool(told.sources or told.lists or told.hints or told.below)


def _places(entries: Sequence[Entry]) -> sql.Ask:
    """The sources that are told of, and those that hold the items that are."""
    hints = [hint for each in entries for hint in each.delivery.hints]
    named = {key for each in entries for key in each.delivery.sources | each.delivery.lists}
    refs = [hint.ref for hint in hints]
    return sql.ask(
        "places",
        connections=sorted({each.door.id for each in entries}),
        sources=sorted(named | {hint.source for hint in hints}),
        ids=sorted({ref.external_id for ref in refs if ref.external_id}),
        keys=sorted({ref.key for ref in refs if ref.key and not ref.external_id}),
    )


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
