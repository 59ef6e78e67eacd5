"""Everything a cycle's numbers are made of, as it stands now or stood at a past instant."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from connector.ledger import LinkReading
from connector.policy import Policy, policy_from_json
from connector.store.chunks import chunks
from connector.store.tables import (
    CheckIn,
    Cycle,
    KeyResult,
    Link,
    Objective,
    Override,
    Reading,
    Score,
    Support,
    Team,
)
from connector.store.tables import Policy as PolicyRow
from sync import values
from sync.scores import overrides
from sync.standings import Standing

POLICY = 1
"""The id of the only policy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """A cycle's rows and numbers; by id of the key result, link, or (kind, subject).

    ``rebuilt`` are links whose reading is told from the tracker's history.
    """

    cycle: Cycle
    at: datetime
    is_past: bool
    policy: Policy
    teams: Sequence[Team]
    objectives: Sequence[Objective]
    key_results: Sequence[KeyResult]
    supports: Sequence[Support]
    links: Mapping[int, Sequence[Link]]
    readings: Mapping[int, LinkReading]
    looked: Mapping[int, datetime | None]
    overrides: Mapping[int, Override]
    confidence: Mapping[int, int]
    numbers: Mapping[tuple[str, int], Standing]
    rebuilt: frozenset[int] = frozenset()


def snapshot(
    session: Session, cycle: Cycle, now: datetime, *, only: Collection[int] | None = None
) -> Snapshot:
    """The cycle as it is stored now; ``only`` these key results where given."""
    rows = session.scalars(_key_results(cycle, only)).all()
    ids = [row.id for row in rows]
    links = _links(session, cycle, only)
    flat = [link for each in links.values() for link in each]
    scores = session.scalars(select(Score).where(Score.cycle_id == cycle.id))
    return Snapshot(
        cycle=cycle,
        at=now,
        is_past=False,
        policy=policy_now(session),
        teams=session.scalars(select(Team).order_by(Team.position, Team.id)).all(),
        objectives=session.scalars(_objectives(cycle)).all(),
        key_results=rows,
        supports=supports_of(session, cycle),
        links=links,
        readings=_readings(session, flat),
        looked={link.id: link.looked_at for link in flat},
        overrides=overrides(session, ids),
        confidence=confidence(session, ids, None),
        numbers={(row.kind, row.subject_id): _standing(row) for row in scores},
    )


def policy_now(session: Session) -> Policy:
    """How the organisation judges now."""
    row = session.get(PolicyRow, POLICY)
    return policy_from_json(row.body if row else None)


def supports_of(session: Session, cycle: Cycle) -> Sequence[Support]:
    """The supports of a cycle, in the order given."""
    query = (
        select(Support)
        .join(Objective, Objective.id == Support.objective_id)
        .where(Objective.cycle_id == cycle.id)
    )
    return session.scalars(query.order_by(Support.position, Support.id)).all()


def confidence(session: Session, ids: Iterable[int], at: datetime | None) -> dict[int, int]:
    """What was last said in a check-in, by key result."""
    found: dict[int, int] = {}
    for chunk in chunks(list(ids)):
        query = select(CheckIn).where(
            CheckIn.key_result_id.in_(chunk), CheckIn.confidence.is_not(None)
        )
        if at is not None:
            query = query.where(CheckIn.made_at <= at)
        for row in session.scalars(query.order_by(CheckIn.made_at, CheckIn.id)):
            found[row.key_result_id] = row.confidence or 0
    return found


def _key_results(cycle: Cycle, only: Collection[int] | None):  # type: ignore[no-untyped-def]
    query = select(KeyResult).where(KeyResult.cycle_id == cycle.id)
    if only is not None:
        query = query.where(KeyResult.id.in_(only))
    return query.order_by(KeyResult.position, KeyResult.id)


def _objectives(cycle: Cycle):  # type: ignore[no-untyped-def]
    query = select(Objective).where(Objective.cycle_id == cycle.id)
    return query.order_by(Objective.position, Objective.id)


def _links(session: Session, cycle: Cycle, only: Collection[int] | None) -> dict[int, list[Link]]:
    query = (
        select(Link)
        .join(KeyResult, KeyResult.id == Link.key_result_id)
        .where(KeyResult.cycle_id == cycle.id, Link.ended_at.is_(None))
    )
    if only is not None:
        query = query.where(Link.key_result_id.in_(only))
    found: dict[int, list[Link]] = defaultdict(list)
    for link in session.scalars(query.order_by(Link.position, Link.id)):
        found[link.key_result_id].append(link)
    return found


def _readings(session: Session, links: Iterable[Link]) -> dict[int, LinkReading]:
    found: dict[int, LinkReading] = {}
    for chunk in chunks([link.id for link in links]):
        for row in session.scalars(select(Reading).where(Reading.link_id.in_(chunk))):
            reading = values.link_reading(row)
            if reading is not None:
                found[row.link_id] = reading
    return found


def _standing(row: Score) -> Standing:
    return Standing(**{name: getattr(row, name) for name in Standing.__dataclass_fields__})
