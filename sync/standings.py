"""A cycle's rows as the tree that is rolled up, and its numbers as they are stored."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import cast

from connector import ledger, okr, rollup, scoring
from connector.ledger import Number
from connector.store.tables import KeyResult, Objective, Support, Team
from sync import values


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What is stored of one subject's score."""

    value: float | None = None
    computed: float | None = None
    progress: float | None = None
    score: float | None = None
    known: float | None = None
    subtree_score: float | None = None
    subtree_known: float | None = None
    partial: bool = False
    capped: bool = False


def tree(
    key_results: Iterable[KeyResult],
    objectives: Iterable[Objective],
    supports: Iterable[Support],
    teams: Iterable[Team],
    *,
    scores: Mapping[int, float | None],
) -> rollup.Tree:
    """A cycle's rows as the values that are rolled up."""
    return rollup.Tree(
        key_results=[_key_result(row, scores.get(row.id)) for row in key_results],
        objectives=[_objective(row) for row in objectives],
        supports=[_support(row) for row in supports],
        teams=[rollup.TeamNode(id=row.id, parent_id=row.parent_id) for row in teams],
    )


def _key_result(row: KeyResult, score: float | None) -> rollup.KeyResultNode:
    return rollup.KeyResultNode(
        id=row.id,
        objective_id=row.objective_id,
        weight=row.weight,
        guardrail=row.guardrail,
        score=score,
        takes_supports=row.progress_from == "supports",
    )


def _objective(row: Objective) -> rollup.ObjectiveNode:
    return rollup.ObjectiveNode(
        id=row.id,
        team_id=row.team_id,
        kind=cast("okr.ObjectiveKind", row.kind),
        state=cast("okr.ObjectiveState", row.state),
        weight=row.weight,
        takes=cast("okr.Takes", row.takes),
    )


def _support(row: Support) -> rollup.SupportEdge:
    return rollup.SupportEdge(
        objective_id=row.objective_id,
        target_kind=cast("rollup.TargetKind", row.target_kind),
        target_id=row.target_id,
        weight=row.weight,
    )


def standing(number: Number) -> Standing:
    """A key result's numbers as they are stored."""
    return Standing(
        value=number.value,
        computed=number.computed,
        progress=number.progress,
        score=number.score,
        partial=number.partial,
        capped=number.capped,
    )


def from_supports(row: KeyResult, mean: scoring.Mean, override: float | None) -> Number:
    """The numbers of a key result whose progress is the score of what supports it."""
    definition = values.key_result(row)
    found = ledger.number(definition, scoring.value_at(definition, mean.score), override=override)
    if override is not None:
        return found
    partial = mean.score is not None and mean.known != 1
    return replace(found, progress=mean.score, score=scoring.score(mean.score), partial=partial)


def of_team(numbers: rollup.TeamNumbers) -> Standing:
    """A team's numbers as they are stored."""
    return Standing(
        score=numbers.own.score,
        known=numbers.own.known,
        subtree_score=numbers.subtree.score,
        subtree_known=numbers.subtree.known,
    )
