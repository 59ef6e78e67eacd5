"""A cycle as a page without care would load it: objective by objective, as objects."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from connector.policy import Policy
from connector.store.tables import (
    CheckIn,
    Cycle,
    KeyResult,
    Link,
    Objective,
    Override,
    Person,
    Reading,
    Score,
    Support,
    Team,
)
from sync import values
from sync.reports.memory import Memory
from sync.reports.snapshot import Snapshot, policy_now
from sync.standings import Standing


@dataclass
class _Found:
    key_results: list[KeyResult] = field(default_factory=list)
    supports: list[Support] = field(default_factory=list)
    links: dict[int, list[Link]] = field(default_factory=dict)
    readings: dict[int, Any] = field(default_factory=dict)
    changed: dict[int, datetime] = field(default_factory=dict)
    overrides: dict[int, Override] = field(default_factory=dict)
    words: dict[int, CheckIn] = field(default_factory=dict)
    numbers: dict[tuple[str, int], Standing] = field(default_factory=dict)


def snapshot(
    session: Session,
    cycle: Cycle,
    now: datetime,
    *,
    only: Collection[int] | None = None,
    policy: Policy | None = None,
    memory: Memory | None = None,
) -> Snapshot:
    assert only is None
    assert memory is not None  # what it remembers is of no use to rows that are read as objects
    objectives = session.scalars(select(Objective).where(Objective.cycle_id == cycle.id)).all()
    teams = session.scalars(select(Team).order_by(Team.position)).all()
    found = _Found()
    for team in teams:
        _numbers(session, found, "team", [team.id])
    for row in objectives:
        _objective(session, found, row)
    flat = [link for links in found.links.values() for link in links]
    return Snapshot(
        cycle=cycle,
        at=now,
        is_past=False,
        policy=policy or policy_now(session),
        teams=teams,
        objectives=objectives,
        key_results=found.key_results,
        supports=found.supports,
        links=found.links,
        readings=found.readings,
        looked={link.id: link.looked_at for link in flat},
        overrides=found.overrides,
        confidence={key: row.confidence for key, row in found.words.items() if row.confidence},
        numbers=found.numbers,
        people={row.id: row.name for row in session.scalars(select(Person))},
        blockers={key: row.blockers for key, row in found.words.items()},
        changed=found.changed,
    )


def _objective(session: Session, found: _Found, row: Objective) -> None:
    """Seven statements for each objective; one for each of its key results would be worse."""
    mine = session.scalars(select(KeyResult).where(KeyResult.objective_id == row.id)).all()
    ids = [each.id for each in mine]
    found.key_results += mine
    found.supports += session.scalars(select(Support).where(Support.objective_id == row.id))
    links = session.scalars(select(Link).where(Link.key_result_id.in_(ids))).all()
    for link in links:
        found.links.setdefault(link.key_result_id, []).append(link)
    named = Reading.link_id.in_([link.id for link in links])
    for reading in session.scalars(select(Reading).where(named)):
        found.readings[reading.link_id] = values.link_reading(reading)
        found.changed[reading.link_id] = reading.computed_at
    said = select(Override).where(Override.key_result_id.in_(ids), Override.ended_at.is_(None))
    found.overrides.update({each.key_result_id: each for each in session.scalars(said)})
    words = select(CheckIn).where(CheckIn.key_result_id.in_(ids)).order_by(CheckIn.made_at)
    found.words.update({each.key_result_id: each for each in session.scalars(words)})
    _numbers(session, found, "objective", [row.id])
    _numbers(session, found, "key_result", ids)


def _numbers(session: Session, found: _Found, kind: str, ids: Sequence[int]) -> None:
    query = select(Score).where(Score.kind == kind, Score.subject_id.in_(ids))
    for row in session.scalars(query):
        told = {name: getattr(row, name) for name in Standing.__dataclass_fields__}
        found.numbers[kind, row.subject_id] = Standing(**told)
