"""Everything a cycle's numbers are made of, as it stands now or stood at a past instant."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
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
    Support,
    Team,
)
from connector.store.tables import Policy as PolicyRow
from sync import bulk
from sync.reports import stored
from sync.reports.memory import Memory
from sync.reports.retired import shown_key_results, shown_supports, shown_teams
from sync.reports.stored import Said
from sync.standings import Standing

POLICY = 1
"""The id of the only policy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """A cycle's rows and numbers; by id of the key result, link, or (kind, subject).

    ``rebuilt`` are links whose reading is told from the tracker's history. ``people`` are the names
    of those it names, ``blockers`` what the last check-ins say is in the way, ``changed`` when the
    numbers of a link last changed: of a past day that is not known.
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
    overrides: Mapping[int, Override | Said]
    confidence: Mapping[int, int]
    numbers: Mapping[tuple[str, int], Standing]
    rebuilt: frozenset[int] = frozenset()
    people: Mapping[int, str] = field(default_factory=dict)
    blockers: Mapping[int, str] = field(default_factory=dict)
    changed: Mapping[int, datetime] = field(default_factory=dict)


def snapshot(
    session: Session,
    cycle: Cycle,
    now: datetime,
    *,
    only: Collection[int] | None = None,
    policy: Policy | None = None,
    memory: Memory | None = None,
) -> Snapshot:
    """The cycle as it is stored now; ``only`` these key results and their objectives where given,
    judged by a ``policy`` that is known already; a ``memory`` is of whole cycles."""
    said = stored.key_results(session, cycle, only, memory)
    teams, objectives, supports = _around(session, cycle, said, only=only, memory=memory)
    links, readings = stored.links(session, cycle, only, memory)
    flat = [link for each in links.values() for link in each]
    shown = shown_key_results(said.rows) if only is None else said.rows
    return Snapshot(
        cycle=cycle,
        at=now,
        is_past=False,
        policy=policy or policy_now(session),
        teams=shown_teams(teams.rows, objectives.rows),
        objectives=objectives.rows,
        key_results=shown,
        supports=shown_supports(supports, shown, only),
        links=links,
        readings=readings,
        looked={link.id: link.looked_at for link in flat},
        overrides=said.overrides,
        confidence=said.confidence,
        numbers={**teams.numbers, **objectives.numbers, **said.numbers},
        people={**teams.names, **objectives.names, **said.names},
        blockers=said.blockers,
        changed={link.id: link.changed_at for link in flat if link.changed_at},
    )


def _around(
    session: Session,
    cycle: Cycle,
    said: stored.KeyResults,
    *,
    only: Collection[int] | None,
    memory: Memory | None,
) -> tuple[stored.Rows, stored.Rows, Sequence[Support]]:
    """(teams, objectives, supports); what is around some key results is nobody's question."""
    if only is not None:
        owners = {row.objective_id for row in said.rows}
        return stored.NO_ROWS, stored.objectives(session, cycle, only=owners), ()
    objectives = stored.objectives(session, cycle, memory)
    return stored.teams(session, cycle, memory), objectives, supports_of(session, cycle)


def cycles_and_policy(session: Session) -> tuple[Sequence[Cycle], Policy]:
    """All cycles, newest first, and how the organisation judges now."""
    query = (
        select(Cycle, PolicyRow)
        .outerjoin(PolicyRow, PolicyRow.id == POLICY)
        .order_by(Cycle.start.desc(), Cycle.key)
    )
    found = session.execute(query).all()
    body = found[0][1].body if found and found[0][1] else None
    return [row[0] for row in found], policy_from_json(body)


def policy_now(session: Session) -> Policy:
    """How the organisation judges now."""
    row = session.get(PolicyRow, POLICY)
    return policy_from_json(row.body if row else None)


def supports_of(session: Session, cycle: Cycle) -> Sequence[Support]:
    """The supports of a cycle, in the order given."""
    query = (
        select(
            Support.objective_id,
            Support.target_kind,
            Support.target_id,
            Support.weight,
            Support.position,
        )
        .join(Objective, Objective.id == Support.objective_id)
        .where(Objective.cycle_id == cycle.id)
    )
    return bulk.rows(session, query.order_by(Support.position, Support.id))


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
