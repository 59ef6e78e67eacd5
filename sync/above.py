"""The numbers above key results: objectives, teams, and key results that take supports."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, select
from sqlalchemy.orm import Session

from connector import rollup, scoring
from connector.scoring import Mean, Part
from connector.store.chunks import chunks
from connector.store.tables import KeyResult, Objective, Override, Score, Support, Team
from sync import bulk, values
from sync.linked import overrides
from sync.standings import Standing, from_supports, of_team, standing, tree

_LEAVES = (
    KeyResult.id,
    KeyResult.objective_id,
    # What is retired counts as if its weight were 0.
    case((KeyResult.retired, 0.0), else_=KeyResult.weight).label("weight"),
    KeyResult.guardrail,
    KeyResult.progress_from,
    Score.score,
)
_NODES = (
    Objective.id,
    Objective.team_id,
    Objective.kind,
    Objective.state,
    Objective.weight,
    Objective.takes,
    Score.score,
    Score.known,
    Score.id.label("score_id"),
)
_EDGES = (
    Support.objective_id,
    Support.target_kind,
    Support.target_id,
    Support.weight,
    func.coalesce(KeyResult.objective_id, Support.target_id).label("above"),
)


def above(
    session: Session,
    cycle_id: int,
    *,
    of: Collection[int] | None = None,
    scores: Mapping[int, float | None] | None = None,
) -> dict[str, dict[int, Standing]]:
    """By kind and subject, the numbers above all of a cycle's key results, or only above ``of``.

    What does not lie above those is taken as it is stored. Without ``scores`` those of key results
    are the stored ones.
    """
    graph = _graph(session, cycle_id)
    reach = None if of is None else _reached(session, graph, of)
    rows = _key_results(session, cycle_id, reach)
    supported = _definitions(session, [row.id for row in rows if row.progress_from == "supports"])
    over = overrides(session, supported)
    stored = {row.id: row.score for row in rows} if scores is None else scores
    # Only a person's word is known of them now; what supports them follows below.
    known = {**stored, **{key: _said(row, over.get(key)) for key, row in supported.items()}}
    supports = graph.towards(reach)
    nodes = tree(rows, graph.concerned(reach, supports), supports, (), scores=known)
    numbers = rollup.roll_up(nodes, graph.means(nodes.objectives, reach))
    return {
        "key_result": _supported(supported, over, numbers),
        "objective": {
            key: Standing(score=mean.score, known=mean.known)
            for key, mean in numbers.objectives.items()
            if reach is None or key in reach
        },
        "team": _teams(session, graph, numbers.objectives, reach),
    }


@dataclass(frozen=True, slots=True)
class _Graph:
    """A cycle's objectives by id with their stored scores, and its supports with ``above``: the
    objective each leads to, or whose key result it does."""

    objectives: Mapping[int, Any]
    supports: Sequence[Any]

    def towards(self, reach: Collection[int] | None) -> Sequence[Any]:
        """The supports of what is reached."""
        if reach is None:
            return self.supports
        return [each for each in self.supports if each.above in reach]

    def concerned(self, reach: Collection[int] | None, supports: Sequence[Any]) -> Iterable[Any]:
        """The objectives that are reached, and those that support them."""
        if reach is None:
            return self.objectives.values()
        ids = {*reach, *(each.objective_id for each in supports)}
        return [self.objectives[each] for each in sorted(ids)]

    def means(
        self, nodes: Iterable[rollup.ObjectiveNode], reach: Collection[int] | None
    ) -> dict[int, Mean]:
        """The stored scores of those that are not reached."""
        if reach is None:
            return {}
        others = (self.objectives[each.id] for each in nodes if each.id not in reach)
        return {row.id: Mean(row.score, row.known) for row in others}


def _teams(
    session: Session, graph: _Graph, found: Mapping[int, Mean], reach: Collection[int] | None
) -> dict[int, Standing]:
    """The numbers of the teams of what is reached, and of those above them."""
    teams = bulk.rows(session, select(Team.id, Team.parent_id))
    parents = {row.id: row.parent_id for row in teams}
    owned: dict[int, list[Any]] = defaultdict(list)
    for row in graph.objectives.values():
        if row.state == "active":
            owned[row.team_id].append(row)
    active = {
        team_id: (Part(row.weight, found.get(row.id, row).score) for row in rows)
        for team_id, rows in owned.items()
    }
    only = (
        None if reach is None else _upwards({graph.objectives[e].team_id for e in reach}, parents)
    )
    return {key: of_team(each) for key, each in rollup.of_teams(parents, active, only).items()}


def _upwards(teams: Iterable[int], parents: Mapping[int, int | None]) -> set[int]:
    """These teams and all above them."""
    found: set[int] = set()
    for each in teams:
        team: int | None = each
        while team is not None and team not in found:
            found.add(team)
            team = parents[team]
    return found


def _graph(session: Session, cycle_id: int) -> _Graph:
    objectives = (
        select(*_NODES)
        .outerjoin(Score, _scored(cycle_id, "objective", Objective.id))
        .where(Objective.cycle_id == cycle_id)
    )
    to_key_result = (Support.target_kind == "key_result") & (KeyResult.id == Support.target_id)
    supports = (
        select(*_EDGES)
        .join(Objective, Objective.id == Support.objective_id)
        .outerjoin(KeyResult, to_key_result)
        .where(Objective.cycle_id == cycle_id)
    )
    rows = bulk.rows(session, objectives)
    return _Graph({row.id: row for row in rows}, bulk.rows(session, supports))


def _scored(cycle_id: int, kind: str, subject: Any) -> ColumnElement[bool]:
    return and_(Score.cycle_id == cycle_id, Score.kind == kind, Score.subject_id == subject)


def _reached(session: Session, graph: _Graph, key_results: Collection[int]) -> set[int]:
    """The objectives of these key results and those above them; the unscored ones too."""
    upwards: dict[int, list[int]] = defaultdict(list)
    for each in graph.supports:
        upwards[each.objective_id].append(each.above)
    level = {row.id for row in graph.objectives.values() if row.score_id is None}
    for chunk in chunks(key_results):
        owners = select(KeyResult.objective_id).where(KeyResult.id.in_(chunk))
        level.update(session.scalars(owners))
    found: set[int] = set()
    while level:
        found |= level
        level = {above for each in level for above in upwards.get(each, ())} - found
    return found


def _key_results(session: Session, cycle_id: int, reach: Collection[int] | None) -> Sequence[Any]:
    """The key results of a cycle, or of these objectives only, with their stored scores."""
    query = select(*_LEAVES).outerjoin(Score, _scored(cycle_id, "key_result", KeyResult.id))
    if reach is None:
        return bulk.rows(session, query.where(KeyResult.cycle_id == cycle_id))
    return [
        row
        for chunk in chunks(reach)
        for row in bulk.rows(session, query.where(KeyResult.objective_id.in_(chunk)))
    ]


def _definitions(session: Session, ids: Collection[int]) -> dict[int, KeyResult]:
    found: dict[int, KeyResult] = {}
    for chunk in chunks(ids):
        rows = session.scalars(select(KeyResult).where(KeyResult.id.in_(chunk)))
        found.update({row.id: row for row in rows})
    return found


def _said(row: KeyResult, override: Override | None) -> float | None:
    """The score a person's word gives a key result, or None."""
    value = override.value if override else None
    return scoring.score(scoring.progress(values.key_result(row), value))


def _supported(
    rows: Mapping[int, KeyResult], over: Mapping[int, Override], numbers: rollup.Numbers
) -> dict[int, Standing]:
    found = {}
    for key, row in rows.items():
        override = over[key].value if key in over else None
        number = from_supports(row, numbers.key_results[key], override)
        found[key] = replace(standing(number), known=numbers.key_results[key].known)
    return found
