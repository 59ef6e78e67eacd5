"""What must hold after quiet, whatever happened: told in sentences, none of them when all is well.

``verdict`` needs a runtime on the database to be judged and, by connection name, the sites of the
simulated trackers; it asks no tracker anything and starts nothing.
"""

import math
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from connector.store.tables import (
    Connection,
    Contribution,
    Hint,
    Item,
    ItemTag,
    Lease,
    Link,
    Reading,
    Source,
)
from sync.audit import audit
from sync.lease import LENGTH
from sync.runtime import Runtime
from tests.faults import artefacts, naive, scoring
from tests.faults.naive import Thing, counted, things

_COUNTED = select(Contribution.item_id).where(
    Contribution.replaced_at.is_(None), Contribution.in_scope
)
LONGEST_LEASE = timedelta(hours=1, minutes=1)
"""The farthest end of any named lease: those of the clock's slow errands."""


def verdict(
    runtime: Runtime,
    sites: Mapping[str, Any],
    forgotten: Collection[tuple[str, artefacts.Place]] = (),
) -> list[str]:
    """Everything that is wrong after quiet; ``forgotten`` notes may be left over."""
    with runtime.store.read() as session:
        found = [
            *mirrored(session, sites),
            *read(session, sites),
            *scoring.scored(session),
            *artefacts.written(session, sites, forgotten),
            *rested(session, runtime.clock()),
        ]
    found += [f"audit: {each.where}: {each.sentence}" for each in audit(runtime, trackers=False)]
    return found


def connections(session: Session, sites: Mapping[str, Any]) -> Iterator[tuple[Connection, Any]]:
    """The connections whose site is known, with it."""
    for row in session.scalars(select(Connection).order_by(Connection.id)):
        if row.name in sites:
            yield row, sites[row.name]


def mirrored(session: Session, sites: Mapping[str, Any], *, swept: bool = True) -> Iterator[str]:
    """Where the mirror is not what the trackers hold, of all that a link counts; only a sweep finds
    out what was deleted without a word."""
    for connection, site in connections(session, sites):
        there = things(connection.tracker, site)
        here, lies = items(session, connection.name), boards(session, connection.name)
        held = set(session.scalars(_COUNTED))
        counted_here = set(scopes(session, connection.name))
        for ident, thing in there.items():
            if thing.tags & counted_here:
                yield from differing(thing, here.get(ident))
                yield from misplaced(thing, here.get(ident), lies)
        for ident, row in here.items() if swept else ():
            # What no link counts is not looked for: it does no harm.
            if row.gone_at is None and ident not in there and row.id in held:
                yield f"{row.key} is in the mirror and no longer at {connection.name}"


def items(session: Session, name: str) -> dict[str, Item]:
    """All that the mirror holds of a connection, by the tracker's ids."""
    mine = select(Item).join(Connection, Connection.id == Item.connection_id)
    rows = session.scalars(mine.where(Connection.name == name))
    return {row.external_id: row for row in rows}


def boards(session: Session, name: str) -> dict[int, frozenset[str]]:
    """Where items (by row) lie on boards as the mirror has it: the project, the status there."""
    mine = select(ItemTag).join(Item, Item.id == ItemTag.item_id)
    mine = mine.join(Connection, Connection.id == Item.connection_id)
    found: dict[int, dict[str, str]] = {}
    for row in session.scalars(mine.where(Connection.name == name, Connection.tracker == "github")):
        kind, _, value = row.tag.partition(":")
        place, _, status = value.rpartition("/") if kind == "board" else (value, "", "")
        if kind in ("board", "project"):
            said = found.setdefault(row.item_id, {})
            said[place] = said.get(place) or status
    return {
        item_id: frozenset(f"{place} {status}".strip() for place, status in said.items())
        for item_id, said in found.items()
    }


def differing(thing: Thing, row: Item | None) -> Iterator[str]:
    """Where the mirror's row of an item is not what its tracker holds."""
    if row is None or row.gone_at is not None:
        yield f"{thing.key} is not in the mirror"
        return
    held = (row.key, row.status, row.category == "done", _size(row, boards=False))
    there = (thing.key, thing.status, thing.done, thing.points or 0.0)
    if held != there:
        yield f"{thing.key} is held as {held} and is {there}"


def misplaced(
    thing: Thing, row: Item | None, lies: Mapping[int, frozenset[str]], place: str = ""
) -> Iterator[str]:
    """Where an item is not what it is on boards, or on that one."""
    if row is None or row.gone_at is not None:
        return
    there = sorted(each for each in thing.boards if each.startswith(place))
    held = sorted(each for each in lies.get(row.id, ()) if each.startswith(place))
    sized = place in ("", naive.SIZED)
    if held != there or (sized and _size(row, boards=True) != (thing.estimate or 0.0)):
        sizes = f"{_size(row, boards=True)}, and {there} {thing.estimate}"
        yield f"{thing.key} is held on boards as {held} {sizes} there"


def _size(row: Item, *, boards: bool) -> float:
    """The number that says how big it is, by a board or by itself."""
    told = {name: size for name, size in row.numbers.items() if isinstance(size, int | float)}
    sizes = [size for name, size in told.items() if name.startswith("project:") == boards]
    return float(sizes[0]) if sizes else 0.0


def scopes(session: Session, name: str) -> Iterable[str]:
    """What the links of a connection count, as the naive code tags it."""
    rows = (
        select(Link)
        .join(Connection, Connection.id == Link.connection_id)
        .where(Connection.name == name, Link.ended_at.is_(None))
    )
    return [f"{row.kind}:{row.today or row.value}" for row in session.scalars(rows)]


def read(session: Session, sites: Mapping[str, Any]) -> Iterator[str]:
    """Where a link does not read what its tracker holds, counted the naive way."""
    for connection, site in connections(session, sites):
        there = things(connection.tracker, site)
        rows = select(Link).where(Link.connection_id == connection.id, Link.ended_at.is_(None))
        for link in session.scalars(rows.order_by(Link.id)):
            if link.broken is not None or link.looked_at is None:
                yield f"{link.scope} was not read: {link.broken or 'never looked at'}"
                continue
            reading, wanted = session.get(Reading, link.id), counted(link, there)
            names = ("done", "total", "value", "items")
            held = tuple(getattr(reading, name, None) for name in names)
            if not all(map(_close, held, (getattr(wanted, name) for name in names))):
                yield f"{link.scope} reads {held} and should read {wanted}"


def _close(one: float | None, other: float | None) -> bool:
    if one is None or other is None:
        return one is other
    return math.isclose(one, other, abs_tol=1e-9)


def rested(session: Session, now: datetime) -> Iterator[str]:
    """What did not come to rest: work left undone, errors left standing, leases that last."""
    for source in session.scalars(select(Source).order_by(Source.id)):
        yield from _source(source, now)
    for lease in session.scalars(select(Lease)):
        if lease.until > now + LONGEST_LEASE:
            yield f"lease {lease.name} is held until {lease.until}"
    for hint in session.scalars(select(Hint)):
        yield f"the hint of {hint.external_id or hint.key} was never followed"
    for connection in session.scalars(select(Connection)):
        if connection.broken_at is not None:
            yield f"connection {connection.name} is broken: {connection.error}"
    for key in session.scalars(select(Item.key).where(Item.unreckoned, Item.gone_at.is_(None))):
        yield f"{key} was stored and never reckoned"


def _source(row: Source, now: datetime) -> Iterator[str]:
    if row.dirty_seq != row.done_seq:
        yield f"source {row.id} is dirty ({row.dirty_seq}), and {row.done_seq} is done"
    if row.error is not None or row.failing_since is not None or row.failures:
        yield f"source {row.id} goes on failing: {row.error}"
    if row.lease_until is not None and row.lease_until > now + LENGTH:
        yield f"source {row.id} is held until {row.lease_until}"
