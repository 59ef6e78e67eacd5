"""What each source is read for, and how much of what is mirrored it shows."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from connector.scopes import Narrowed, Tagged
from connector.store.chunks import chunks
from connector.store.tables import Connection, Cycle, Item, ItemTag, KeyResult, Link, Source
from integrations.tracker import Spec, Tracker
from sync.values import options_of

NAMING = "what names key results in it"
SIZES = "the sizes that links measure by"


def needed(source: Source) -> bool:
    """Whether anything is still read of a source: what no link needs any more is kept, not read."""
    return bool(source.need.get("scopes") or source.need.get("conventions"))


def purposes(
    session: Session, sources: Sequence[Source], trackers: Mapping[str, Tracker]
) -> dict[int, tuple[str, ...]]:
    """By source what it is read for: so many links, coverage, what names key results in it, or
    number fields that links of other sources measure by."""
    links = _linked(session)
    covering = {row.id: _covering(row, trackers) for row in session.scalars(select(Connection))}
    found = {}
    for each in sources:
        count = links.get(each.id, 0)
        told = [f"{count} {'link' if count == 1 else 'links'}"] if count else []
        told += ["coverage"] if each.key in covering.get(each.connection_id, ()) else []
        told += [NAMING] if each.need.get("conventions") else []
        found[each.id] = tuple(told) or (SIZES,)
    return found


def shown(
    session: Session, sources: Sequence[Source], trackers: Mapping[str, Tracker]
) -> dict[int, int]:
    """By source how many items it shows: its own, and those of other places that its scopes name,
    as a board does."""
    mine = select(Item.source_id, func.count()).where(Item.gone_at.is_(None))
    own = dict(session.execute(mine.group_by(Item.source_id)).all())
    specs = {
        row.id: trackers[row.tracker].spec
        for row in session.scalars(select(Connection))
        if row.tracker in trackers
    }
    tags = {each.id: _tags(each, specs.get(each.connection_id)) for each in sources}
    besides = _besides(session, {tag for each in tags.values() for tag in each})
    found = {}
    for each in sources:
        rest = (besides[each.connection_id, tag] for tag in tags[each.id])
        others = (count for owners in rest for owner, count in owners.items() if owner != each.id)
        found[each.id] = own.get(each.id, 0) + sum(others)
    return found


def _besides(
    session: Session, tags: Collection[str]
) -> Mapping[tuple[int, str], Mapping[int | None, int]]:
    """By connection and tag how many items there are of each source."""
    found: dict[tuple[int, str], dict[int | None, int]] = defaultdict(dict)
    columns = (Item.connection_id, ItemTag.tag, Item.source_id)
    query = (
        select(*columns, func.count())
        .join(Item, Item.id == ItemTag.item_id)
        .where(Item.gone_at.is_(None))
        .group_by(*columns)
    )
    for chunk in chunks(tags):
        for connection, tag, owner, count in session.execute(query.where(ItemTag.tag.in_(chunk))):
            found[connection, tag][owner] = count
    return found


def _tags(source: Source, spec: Spec | None) -> set[str]:
    """The tags of all that a source's scopes name before they are narrowed."""
    found = set()
    for name, value in source.need.get("scopes", ()):
        kind = spec.kind(name) if spec else None
        selector = kind.select(value) if kind else None
        if isinstance(selector, Tagged | Narrowed):
            found.add(selector.tag)
    return found


def _linked(session: Session) -> dict[int | None, int]:
    query = (
        select(Link.source_id, func.count())
        .join(KeyResult, KeyResult.id == Link.key_result_id)
        .join(Cycle, Cycle.id == KeyResult.cycle_id)
        .where(Link.ended_at.is_(None), Cycle.state != "closed")
    )
    return dict(session.execute(query.group_by(Link.source_id)).all())


def _covering(row: Connection, trackers: Mapping[str, Tracker]) -> set[str]:
    spec = trackers[row.tracker].spec if row.tracker in trackers else None
    wanted = spec.covering(options_of(row)) if spec and row.ended_at is None else ()
    kinds = ((spec.kind(name), value) for name, value in wanted) if spec else ()
    return {kind.source(value) for kind, value in kinds if kind is not None}
