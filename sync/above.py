"""The numbers above key results: objectives, teams, and key results that take supports."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from connector import rollup, scoring
from connector.scoring import Mean
from connector.store.chunks import chunks
from connector.store.tables import KeyResult, Objective, Override, Score, Support, Team
from sync import values
from sync.linked import overrides
from sync.standings import Standing, from_supports, of_team, standing, tree

_LEAVES = (
    KeyResult.id,
    KeyResult.objective_id,
    KeyResult.weight,
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

    What is not above those is taken as it is stored, teams aside. Without ``scores`` those of
    key results are the stored ones.
    """
    graph = _graph(session, cycle_id)
    reach = None if of is None else _reached(session, graph, of)
    rows = _key_results(session, cycle_id, reach)
    supported = _definitions(session, [row.id for row in rows if row.progress_from == "supports"])
    over = overrides(session, supported)
    stored = {row.id: row.score for row in rows} if scores is None else scores
    # Only a person's word is known of them now; what supports them follows below.
    known = {**stored, **{key: _said(row, over.get(key)) for key, row in supported.items()}}
    teams: Any = session.execute(select(Team.id, Team.parent_id)).all()
    numbers = rollup.roll_up(
        tree(rows, graph.objectives, graph.towards(reach), teams, scores=known),
        {} if reach is None else graph.means(without=reach),
    )
    return {
        "key_result": _supported(supported, over, numbers),
        "objective": {
            key: Standing(score=mean.score, known=mean.known)
            for key, mean in numbers.objectives.items()
            if reach is None or key in reach
        },
        "team": {key: of_team(each) for key, each in numbers.teams.items()},
    }


@dataclass(frozen=True, slots=True)
class _Graph:
    """A cycle's objectives with their stored scores, and its supports with ``above``: the objective
    each leads to, or whose key result it does."""

    objectives: Sequence[Any]
    supports: Sequence[Any]

    def towards(self, reach: Collection[int] | None) -> Sequence[Any]:
        """The supports of what is reached."""
        if reach is None:
            return self.supports
        return [each for each in self.supports if each.above in reach]

    def means(self, *, without: Collection[int]) -> dict[int, Mean]:
        """The stored scores of the other objectives."""
        others = (row for row in self.objectives if row.id not in without)
        return {row.id: Mean(row.score, row.known) for row in others}


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
    return _Graph(session.execute(objectives).all(), session.execute(supports).all())


def _scored(cycle_id: int, kind: str, subject: Any) -> ColumnElement[bool]:
    return and_(Score.cycle_id == cycle_id, Score.kind == kind, Score.subject_id == subject)


def _reached(session: Session, graph: _Graph, key_results: Collection[int]) -> set[int]:
    """The objectives of these key results and those above them; the unscored ones too."""
    upwards: dict[int, list[int]] = defaultdict(list)
    for each in graph.supports:
        upwards[each.objective_id].append(each.above)
    level = {row.id for row in graph.objectives if row.score_id is None}
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
        return session.execute(query.where(KeyResult.cycle_id == cycle_id)).all()
    return [
        row
        for chunk in chunks(reach)
        for row in session.execute(query.where(KeyResult.objective_id.in_(chunk)))
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
