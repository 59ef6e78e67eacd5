"""Sources: what links need of each, kept in step with the links, and marked dirty."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from connector.mapping import FieldMapping
from connector.okr import LinkRule
from connector.scopes import Below, Selector
from connector.store.tables import Connection, Cycle, Item, KeyResult, Link, Source
from integrations.tracker import Need, ScopeKind, Tracker
from sync import values

FRESH, BEFORE = "fresh", "before"
"""The parts of a stored need that name parents whose children were not read yet, and hold the
cursor of the last look while everything is read anew."""


@dataclass(frozen=True, slots=True)
class Bound:
    """A link's scope as its tracker understands it."""

    link: Link
    kind: ScopeKind
    source_key: str

    @property
    def scope(self) -> tuple[str, str]:
        """The scope's kind, and its value as the tracker calls it today."""
        return self.link.kind, self.link.today or self.link.value

    @property
    def strays(self) -> str:
        """What is not known of items that left the scope, where other sources read of it too."""
        return self.kind.strays(self.scope[1])

    @property
    def selector(self) -> Selector:
        """What the scope means to the mirror; a parent goes by the key it has now."""
        found = self.kind.select(self.scope[1])
        moved_to = self.link.root_key
        return found.moved(moved_to) if moved_to and isinstance(found, Below) else found


def bound(link: Link, tracker: Tracker) -> Bound:
    """The scope of a stored link; its kind was checked when it was applied."""
    kind = tracker.spec.kind(link.kind)
    if kind is None:
        raise LookupError(f"{link.tracker} has no scope kind {link.kind}")
    return Bound(link, kind, kind.source(link.today or link.value))


def beside(session: Session, connection_id: int) -> frozenset[tuple[str, str]]:
    """What the links of a connection read, as (kind, value), whatever the source."""
    query = (
        select(Link.kind, Link.value, Link.today)
        .join(KeyResult, KeyResult.id == Link.key_result_id)
        .join(Cycle, Cycle.id == KeyResult.cycle_id)
        .where(Link.connection_id == connection_id, Link.ended_at.is_(None))
        .where(Cycle.state != "closed")
    )
    return frozenset((kind, today or value) for kind, value, today in session.execute(query))


def attach(session: Session, connection: Connection, tracker: Tracker) -> set[int]:
    """Give every link of a connection its source and each source its need; returns dirty ones."""
    links = [bound(link, tracker) for link in standing(session, connection.id)]
    sources = {
        row.key: row
        for row in session.scalars(select(Source).where(Source.connection_id == connection.id))
    }
    per_source: dict[str, list[Bound]] = defaultdict(list)
    for each in links:
        per_source[each.source_key].append(each)
    places = _naming(connection, tracker)
    mapping = values.field_mapping(connection, tracker.spec)
    covered = _covered(connection, tracker)
    for key, scopes in _measured(links, mapping, tracker).items():
        if key not in per_source:
            covered[key] = covered.get(key, frozenset()) | scopes
    wanted = per_source.keys() | covered.keys() | places.keys()
    for key in wanted - sources.keys():
        sources[key] = _source(session, connection, key)
    browse = connection.options.get("detected", {}).get("browse_url") or connection.url
    for each in links:
        each.link.source_id = sources[each.source_key].id
        each.link.url = each.kind.url(browse, each.scope[1])
    changed = set()
    for key, source in sources.items():
        found = per_source.get(key, [])
        fields = fields_of((values.rule(each.link) for each in found), mapping)
        need = need_of(session, connection.id, found)
        scopes = need.scopes | covered.get(key, frozenset())
        need = replace(need, scopes=scopes, conventions=places.get(key, frozenset()))
        apart = "fresh" in tracker.spec.capabilities
        if _set_need(source, need_json(need, fields), apart=apart):
            changed.add(source.id)
    mark_dirty(session, changed)
    return changed


def _covered(connection: Connection, tracker: Tracker) -> dict[str, frozenset[tuple[str, str]]]:
    """By source what the connection's settings have read though no link names it."""
    found: dict[str, frozenset[tuple[str, str]]] = {}
    wanted = () if connection.ended_at else tracker.spec.covering(values.options_of(connection))
    for name, value in wanted:
        kind = tracker.spec.kind(name)
        if kind is not None:
            key = kind.source(value)
            found[key] = found.get(key, frozenset()) | {(name, value)}
    return found


def _measured(
    links: Iterable[Bound], mapping: FieldMapping, tracker: Tracker
) -> dict[str, frozenset[tuple[str, str]]]:
    """By source what has to be read so that the items of links show what they are measured by."""
    found: dict[str, frozenset[tuple[str, str]]] = {}
    fields = fields_of((values.rule(each.link) for each in links), mapping)
    for scope in filter(None, map(tracker.spec.measured, sorted(fields))):
        kind = tracker.spec.kind(scope[0])
        if kind is not None:
            key = kind.source(scope[1])
            found[key] = found.get(key, frozenset()) | {scope}
    return found


def _naming(connection: Connection, tracker: Tracker) -> dict[str, frozenset[str]]:
    """By source the places in which key results may be named."""
    naming = tracker.spec.naming
    found: dict[str, frozenset[str]] = {}
    for place in naming_places(connection, tracker) if naming else ():
        key = naming.source(place) if naming else ""
        found[key] = found.get(key, frozenset()) | {place}
    return found


def naming_places(connection: Connection, tracker: Tracker) -> tuple[str, ...]:
    """The places of a connection whose items may name key results themselves."""
    naming = tracker.spec.naming
    return naming.places(values.options_of(connection)) if naming else ()


def standing(session: Session, connection_id: int, source_id: int | None = None) -> list[Link]:
    """The links of a connection (or of one source) that count now: neither they nor their cycle
    have ended."""
    query = (
        select(Link)
        .join(KeyResult, KeyResult.id == Link.key_result_id)
        .join(Cycle, Cycle.id == KeyResult.cycle_id)
        .where(Link.connection_id == connection_id, Link.ended_at.is_(None))
    )
    if source_id is not None:
        query = query.where(Link.source_id == source_id)
    return list(session.scalars(query.where(Cycle.state != "closed").order_by(Link.id)))


def _source(session: Session, connection: Connection, key: str) -> Source:
    source = Source(connection_id=connection.id, key=key, need={})
    session.add(source)
    session.flush()
    return source


def _set_need(source: Source, wanted: dict[str, Any], *, apart: bool) -> bool:
    """Store what is needed; a need that grew starts the source from the beginning, save where
    only parents came and what lies below them can be read ``apart``."""
    held = source.need
    if wanted == was_read(held):
        return False
    grew = {
        part for part, asked in wanted.items() for each in asked if each not in held.get(part, [])
    }
    source.generation += bool(grew)
    if grew - {"parents"} or (grew and not apart):
        begin_anew(source, wanted)
        return True
    known = set(held.get("parents", [])) - set(held.get(FRESH, []))
    fresh = sorted(set(wanted["parents"]) - known) if apart and source.cursor else []
    kept = {BEFORE: held[BEFORE]} if BEFORE in held else {}
    source.need = {**wanted, **kept, **({FRESH: fresh} if fresh else {})}
    return True


def begin_anew(source: Source, need: Mapping[str, Any], *, elsewhere: bool = False) -> None:
    """Have everything read from the beginning; the names learnt so far stay known, unless they
    are those of another site."""
    held = None if elsewhere else source.cursor or source.need.get(BEFORE)
    rest = {name: asked for name, asked in need.items() if name != BEFORE}
    source.need = {**rest, **({BEFORE: held} if held else {})}
    source.cursor = None


def was_read(need: Mapping[str, Any]) -> dict[str, Any]:
    """A stored need of which everything has been read once."""
    return {part: asked for part, asked in need.items() if part not in (FRESH, BEFORE)}


def fields_of(rules: Iterable[LinkRule], mapping: FieldMapping) -> set[str]:
    """The number fields that these rules measure by; points are where the mapping says."""
    measured = {rule.measure.of for rule in rules}
    named = {of.removeprefix("field:") for of in measured if of.startswith("field:")}
    return named | mapping.fields() if "points" in measured else named


def need_of(session: Session, connection_id: int, links: Iterable[Bound]) -> Need:
    """The scopes of these links, and the parents in the mirror whose children count too."""
    found = list(links)
    parents: set[str] = set()
    for each in found:
        depth = values.rule(each.link).depth
        selector = each.selector
        if each.link.root_key and isinstance(selector, Below):
            parents.add(selector.key)
        if isinstance(selector, Below) and depth > 1:
            below = descendants(session, connection_id, selector, depth - 1)
            parents.update(item.key for item in below.values() if item.level >= 0)
    return Need(
        scopes=frozenset(each.scope for each in found),
        parents=frozenset(parents),
    )


def descendants(session: Session, connection_id: int, parent: Below, depth: int) -> dict[int, Item]:
    """The items below a parent in the mirror, to a depth, by id; the parent is not among them."""
    mine = select(Item).where(Item.connection_id == connection_id, Item.gone_at.is_(None))
    root = session.scalars(mine.where(Item.key == parent.key)).first()
    ids, keys = {root.external_id} if root else set(), set(parent.keys)
    found: dict[int, Item] = {}
    for _ in range(depth):
        level: list[Item] = []
        for chunk in _chunks(ids):
            level += session.scalars(mine.where(Item.parent_id.in_(chunk)))
        for chunk in _chunks(keys):
            # Only where the tracker gave no id: a key alone may name another item by now.
            by_key = mine.where(Item.parent_id.is_(None), Item.parent_key.in_(chunk))
            level += session.scalars(by_key)
        fresh = [item for item in level if item.id not in found and item.key not in parent.keys]
        found.update({item.id: item for item in fresh})
        ids, keys = {item.external_id for item in fresh}, {item.key for item in fresh}
    return found


def _chunks(wanted: Collection[str], size: int = 500) -> Iterable[list[str]]:
    ordered = sorted(wanted)
    return (ordered[first : first + size] for first in range(0, len(ordered), size))


def need_json(need: Need, fields: Collection[str] = ()) -> dict[str, Any]:
    """A need as it is stored, with the number fields that are to be read for it."""
    named = {"conventions": sorted(need.conventions)} if need.conventions else {}
    return {
        "fields": sorted(fields),
        "scopes": sorted([kind, value] for kind, value in need.scopes),
        "parents": sorted(need.parents),
        **named,
    }


def need_from_json(stored: Mapping[str, Any]) -> Need:
    """The need that ``need_json`` stored."""
    scopes = frozenset((kind, value) for kind, value in stored.get("scopes", []))
    return Need(
        scopes=scopes,
        parents=frozenset(stored.get("parents", [])),
        conventions=frozenset(stored.get("conventions", [])),
        fresh=frozenset(stored.get(FRESH, [])),
    )


def mark_dirty(session: Session, source_ids: Collection[int]) -> None:
    """Count one more reason to look at these sources; a failing one keeps its pause."""
    if source_ids:
        dirty = update(Source).where(Source.id.in_(source_ids))
        session.execute(dirty.values(dirty_seq=Source.dirty_seq + 1))
