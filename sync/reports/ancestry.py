"""What objectives support upwards, and the teams above theirs."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TypeVar, cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from connector.attribution import AboveKind, AboveReport, Named
from connector.serving import Edge, Step, upwards
from connector.store.chunks import chunks
from connector.store.tables import KeyResult, Objective, Support, Team

Row = TypeVar("Row", Objective, KeyResult)


@dataclass(frozen=True, slots=True)
class Ancestry:
    """All that lies above some objectives, by id."""

    steps: Mapping[int, list[Step]]
    owners: Mapping[int, int]
    objectives: Mapping[int, Objective]
    key_results: Mapping[int, KeyResult]
    named: Mapping[int, Team]

    def above(self, objective_id: int) -> tuple[AboveReport, ...]:
        """The way up from an objective, edge by edge, nearest first."""
        return tuple(self._above(step) for step in self.steps[objective_id])

    def teams(self, team_id: int) -> tuple[Named, ...]:
        """A team and those above it; the company comes last."""
        found: list[Named] = []
        team = self.named.get(team_id)
        while team is not None:
            found.append(Named(team.key, team.name))
            team = self.named.get(team.parent_id or 0)
        return tuple(found)

    def _above(self, step: Step) -> AboveReport:
        edge = step.edge
        is_objective = edge.target_kind == "objective"
        held: Mapping[int, Objective | KeyResult]
        held = self.objectives if is_objective else self.key_results
        target = held[edge.target_id]
        objective = self.objectives[edge.target_id if is_objective else self.owners[edge.target_id]]
        return AboveReport(
            kind=edge.target_kind,
            key=target.key,
            title=target.title,
            objective=objective.key,
            state=objective.state,
            team=self.named[objective.team_id].key,
            supported_by=self.objectives[edge.objective_id].key,
            level=step.level,
            objective_title=objective.title,
        )


def ancestry(session: Session, below: Collection[Objective]) -> Ancestry:
    """Everything above these objectives, in a fixed number of queries for the usual item."""
    teams = {row.id: row for row in session.scalars(select(Team))}
    edges = _edges(session, {row.cycle_id for row in below})
    supported = {each.target_id for each in edges if each.target_kind == "key_result"}
    owners = _owners(session, supported)
    steps = {row.id: upwards(row.id, edges, owners) for row in below}
    reached = [step.edge for found in steps.values() for step in found]
    key_results = {each.target_id for each in reached if each.target_kind == "key_result"}
    wanted = {each.target_id for each in reached if each.target_kind == "objective"}
    wanted |= {each.objective_id for each in reached} | {owners[each] for each in key_results}
    return Ancestry(
        steps=steps,
        owners=owners,
        objectives=_by_id(session, Objective, wanted),
        key_results=_by_id(session, KeyResult, key_results),
        named=teams,
    )


def _edges(session: Session, cycles: Collection[int]) -> list[Edge]:
    query = (
        select(Support.objective_id, Support.target_kind, Support.target_id)
        .join(Objective, Objective.id == Support.objective_id)
        .where(Objective.cycle_id.in_(cycles))
        .order_by(Support.objective_id, Support.position, Support.id)
    )
    rows = session.execute(query)
    return [Edge(row[0], cast("AboveKind", row[1]), row[2]) for row in rows]


def _owners(session: Session, ids: Collection[int]) -> dict[int, int]:
    found: dict[int, int] = {}
    for chunk in chunks(ids):
        query = select(KeyResult.id, KeyResult.objective_id).where(KeyResult.id.in_(chunk))
        found.update({row[0]: row[1] for row in session.execute(query)})
    return found


def _by_id(session: Session, table: type[Row], ids: Collection[int]) -> dict[int, Row]:
    found: dict[int, Row] = {}
    for chunk in chunks(ids):
        rows = session.scalars(select(table).where(table.id.in_(chunk)))
        found.update({row.id: row for row in rows})
    return found
