"""From the mirror to the ledger: contributions, then readings, then scores."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import fields
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from connector import ledger
from connector.ledger import Cause, Part
from connector.mapping import FieldMapping
from connector.scopes import Matching
from connector.store.chunks import chunks
from connector.store.tables import Contribution, Item, Reading
from sync import values
from sync.members import candidates
from sync.scores import rescore_cycle, rescore_key_results
from sync.sources import Bound

PART_COLUMNS = [
    "status",
    "state",
    "done",
    "total",
    "in_scope",
    "included",
    "sized",
    "reason",
    "item_id",
]
LEFT = "no longer in this scope"


def reckon(session: Session, links: Iterable[Bound], mapping: FieldMapping, now: datetime) -> None:
    """Bring ledger, readings and scores of these links up to the mirror, in the caller's write."""
    found = list(links)
    known = {row.link_id: row for row in _readings(session, found)}
    for each in found:
        held = _contributions(session, each, mapping, now)
        _store_reading(session, each, known.get(each.link.id), held, now)
        each.link.pending = False
    session.flush()
    rescore(session, {each.link.key_result_id for each in found}, now)


def rescore(session: Session, key_results: set[int], now: datetime) -> None:
    """Store the scores of these key results and of everything above them that changes."""
    for cycle_id in rescore_key_results(session, key_results, now):
        rescore_cycle(session, cycle_id, now)


def wanted_parts(session: Session, bound: Bound, mapping: FieldMapping) -> list[Part]:
    """What every item in the link's scope contributes by the mirror as it is."""
    is_query = isinstance(bound.kind.select(bound.link.value), Matching)
    rule = values.rule(bound.link)
    found = candidates(session, bound, tags=mapping.reads_boards)
    return ledger.parts(rule, found, mapping, is_query=is_query)


def _readings(session: Session, links: Iterable[Bound]) -> Iterator[Reading]:
    for chunk in chunks([each.link.id for each in links]):
        yield from session.scalars(select(Reading).where(Reading.link_id.in_(chunk)))


def _contributions(
    session: Session, bound: Bound, mapping: FieldMapping, now: datetime
) -> Collection[Contribution]:
    """Write what is new to the ledger; returns the versions that hold now."""
    held = _held(session, bound.link.id)
    # Recorded time never runs backwards within a link, whatever the clock does.
    now = max([now, *(row.recorded_at for row in held.values())])
    cause: Cause = "rule" if bound.link.pending else "tracker" if held else "linked"
    parts = wanted_parts(session, bound, mapping)
    parts += _left(session, held, {part.item_id for part in parts}, now)
    for part in parts:
        version = _version(bound.link.id, held.get(part.item_id), part, cause, now)
        if version is not None:
            session.add(version)
            held[part.item_id] = version
    return held.values()


def _held(session: Session, link_id: int) -> dict[int, Contribution]:
    query = select(Contribution).where(
        Contribution.link_id == link_id, Contribution.replaced_at.is_(None)
    )
    return {row.item_id: row for row in session.scalars(query)}


def _left(
    session: Session, held: dict[int, Contribution], staying: set[int], now: datetime
) -> list[Part]:
    """The parts of items that were in the scope and no longer are."""
    found = []
    for item_id, row in held.items():
        if row.in_scope and item_id not in staying:
            item = session.get_one(Item, item_id)
            version = values.version(row)
            part = Part(
                item_id=item_id,
                key=version.key,
                status=version.status,
                state=version.state,
                changed_at=now,
                state_at=now,
            )
            found.append(ledger.left(part, item.gone_reason or LEFT, item.gone_at or now))
    return found


def _version(
    link_id: int, row: Contribution | None, part: Part, cause: Cause, now: datetime
) -> Contribution | None:
    """The version to write when a part says something new; closes the one before it."""
    before = values.version(row) if row else None
    if not ledger.changed(before, part):
        return None
    valid_from = ledger.effective(before, part, cause, now)
    if row is not None:
        row.replaced_at, row.valid_to = now, valid_from
    return Contribution(
        link_id=link_id,
        item_key=part.key,
        cause=cause,
        valid_from=valid_from,
        recorded_at=now,
        **{name: getattr(part, name) for name in PART_COLUMNS},
    )


def _store_reading(
    session: Session,
    bound: Bound,
    row: Reading | None,
    held: Collection[Contribution],
    now: datetime,
) -> None:
    found = ledger.reading(values.rule(bound.link).measure, held)
    wanted = {each.name: getattr(found, each.name) for each in fields(found)}
    if row is None:
        session.add(Reading(link_id=bound.link.id, **wanted, since=now, computed_at=now))
    elif any(getattr(row, name) != value for name, value in wanted.items()):
        for name, value in wanted.items():
            setattr(row, name, value)
        row.computed_at = now
