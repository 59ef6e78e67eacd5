"""Proves the numbers: mirror against ledger and tracker, ledger against readings and itself,
readings against scores."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from connector import ledger
from connector.store.tables import (
    Connection,
    Contribution,
    Cycle,
    KeyResult,
    Link,
    Objective,
    Reading,
    Score,
    Source,
    Team,
)
from sync import values
from sync.against import compare
from sync.reckon import PART_COLUMNS, wanted_parts
from sync.replay import replay, summed
from sync.retelling import retell
from sync.runtime import Runtime
from sync.scores import from_scratch
from sync.sources import bound
from sync.standings import Standing


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that does not fit: where, and a sentence."""

    where: str
    sentence: str


def audit(runtime: Runtime, *, trackers: bool = True) -> list[Difference]:
    """Every difference there is; ``trackers`` also reads every source anew and compares items."""
    with runtime.store.read() as session:
        found = [
            Difference(each.link.scope, sentence)
            for each in _audited(session)
            for sentence in _link(runtime, session, each)
        ]
        for cycle in session.scalars(select(Cycle).order_by(Cycle.start, Cycle.id)).all():
            found += [Difference(f"cycle {cycle.key}", each) for each in _scores(session, cycle)]
        sources = session.execute(
            select(Source, Connection)
            .join(Connection, Connection.id == Source.connection_id)
            .where(Connection.ended_at.is_(None))
        ).all()
    if trackers:
        for source, connection in sources:
            where = f"{connection.name} {source.key}".strip()
            compared = compare(runtime, source, connection)
            said = (*filter(None, (compared.note,)), *compared.differences)
            found += [Difference(where, each) for each in said]
    return found


@dataclass(frozen=True, slots=True)
class _Audited:
    """A link that was read, with its connection; ``is_open`` says that it follows the mirror."""

    link: Link
    connection: Connection
    is_open: bool


def _audited(session: Session) -> Iterator[_Audited]:
    query = (
        select(Link, Connection, Cycle.state)
        .join(Connection, Connection.id == Link.connection_id)
        .join(KeyResult, KeyResult.id == Link.key_result_id)
        .join(Cycle, Cycle.id == KeyResult.cycle_id)
        # One that waits for a read has no number yet that could be right or wrong.
        .where(Link.looked_at.is_not(None), Link.pending.is_(False))
    )
    for link, connection, state in session.execute(query.order_by(Link.id)).all():
        is_open = link.ended_at is None and link.broken is None and state != "closed"
        yield _Audited(link, connection, is_open)


def _link(runtime: Runtime, session: Session, each: _Audited) -> Iterator[str]:
    mine = select(Contribution).where(Contribution.link_id == each.link.id)
    rows = session.scalars(mine.order_by(Contribution.id)).all()
    held = [row for row in rows if row.replaced_at is None]
    measure = values.rule(each.link).measure
    stored = values.link_reading(session.get(Reading, each.link.id))
    if stored != ledger.reading(measure, held):
        yield "the stored reading is not what its contributions add up to"
    yield from replay(rows)
    yield from summed(measure, rows, stored)
    if each.is_open:
        yield from _followed(runtime, session, each, rows)


def _followed(
    runtime: Runtime, session: Session, each: _Audited, rows: Sequence[Contribution]
) -> Iterator[str]:
    """What the mirror says, against what the ledger holds now and tells of the past."""
    tracker = runtime.tracker(each.connection.tracker)
    found = bound(each.link, tracker)
    mapping = values.field_mapping(each.connection, tracker.spec)
    held = {row.item_id: row for row in rows if row.replaced_at is None}
    wanted = {
        part.item_id: part for parts in wanted_parts(session, found, mapping) for part in parts
    }
    for item_id, part in wanted.items():
        row = held.get(item_id)
        if row is None:
            yield f"{part.key} is in the mirror but not in the ledger"
        elif any(getattr(row, name) != getattr(part, name) for name in PART_COLUMNS):
            yield f"{part.key} contributes otherwise than the mirror says"
    for item_id, row in held.items():
        if row.in_scope and item_id not in wanted:
            yield f"{row.item_key} is counted but not in the scope"
    yield from retell(session, found, mapping, rows)


def _scores(session: Session, cycle: Cycle) -> Iterator[str]:
    """The stored scores of a cycle against those computed from scratch."""
    stored = {
        (row.kind, row.subject_id): row
        for row in session.scalars(select(Score).where(Score.cycle_id == cycle.id))
    }
    names = _names(session, cycle)
    for kind, numbers in from_scratch(session, cycle.id).items():
        for subject_id, number in numbers.items():
            if _standing(stored.get((kind, subject_id))) != number:
                name = f"{kind.replace('_', ' ')} {names[kind][subject_id]}"
                yield f"the stored score of {name} is not what its parts add up to"


def _standing(row: Score | None) -> Standing:
    if row is None:
        return Standing()
    return Standing(**{name: getattr(row, name) for name in Standing.__dataclass_fields__})


def _names(session: Session, cycle: Cycle) -> dict[str, dict[int, str]]:
    def keys(rows: Iterable[KeyResult | Objective | Team]) -> dict[int, str]:
        return {row.id: row.key for row in rows}

    return {
        "key_result": keys(
            session.scalars(select(KeyResult).where(KeyResult.cycle_id == cycle.id))
        ),
        "objective": keys(session.scalars(select(Objective).where(Objective.cycle_id == cycle.id))),
        "team": keys(session.scalars(select(Team))),
    }
