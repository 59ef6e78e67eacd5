"""docs/scoring.md, sections 5 and 7, once more: objectives and teams by plain recursion.

Shares no code with ``connector``, only its dataclasses as inputs.
"""

from fractions import Fraction
from typing import Any

from tests.connector.naive import mean

RED_FIRST = ["off_track", "at_risk", "unknown", "not_started", "on_track", "done"]


def objective(tree: Any, number: int) -> tuple[Fraction | None, Fraction | None]:
    parts = []
    mine = next(each for each in tree.objectives if each.id == number)
    if mine.takes in ("key_results", "both"):
        own = [each for each in tree.key_results if each.objective_id == number]
        parts = [(each.weight, key_result(tree, each)) for each in own if not each.guardrail]
    if mine.takes in ("children", "both"):
        parts += supporting(tree, "objective", number)
    return mean(parts)


def key_result(tree: Any, each: Any) -> Fraction | None:
    if each.takes_supports and each.score is None:
        return mean(supporting(tree, "key_result", each.id))[0]
    return None if each.score is None else Fraction(each.score)


def supporting(tree: Any, kind: str, number: int) -> list[tuple[float, Fraction | None]]:
    return [
        (edge.weight, objective(tree, edge.objective_id)[0])
        for edge in tree.supports
        if (edge.target_kind, edge.target_id) == (kind, number)
        and is_active(tree, edge.objective_id)
    ]


def is_active(tree: Any, number: int) -> bool:
    return any(each.id == number and each.state == "active" for each in tree.objectives)


def team(tree: Any, number: int) -> tuple[Fraction | None, Fraction | None]:
    return _of_teams(tree, {number})


def subtree(tree: Any, number: int) -> tuple[Fraction | None, Fraction | None]:
    inside = {number}
    for _ in tree.teams:
        inside |= {each.id for each in tree.teams if each.parent_id in inside}
    return _of_teams(tree, inside)


def _of_teams(tree: Any, teams: set[int]) -> tuple[Fraction | None, Fraction | None]:
    active = [each for each in tree.objectives if each.state == "active" and each.team_id in teams]
    return mean([(each.weight, objective(tree, each.id)[0]) for each in active])


def objective_healths(tree: Any, number: int, of_key_results: dict[int, str]) -> list[str]:
    """Every health an objective's is the weakest of."""
    found = []
    mine = next(each for each in tree.objectives if each.id == number)
    for each in tree.key_results:
        if each.objective_id == number:
            counts = mine.takes != "children" and each.weight != 0
            if each.guardrail or counts:
                found.append(of_key_results[each.id])
    if mine.takes != "key_results":
        for edge in tree.supports:
            is_child = edge.target_kind == "objective" and edge.target_id == number
            if is_child and edge.weight != 0 and is_active(tree, edge.objective_id):
                found += objective_healths(tree, edge.objective_id, of_key_results) or ["unknown"]
    return found


def weakest(healths: list[str]) -> tuple[str, bool]:
    """(the weakest, whether an unknown one is among them)"""
    if not healths:
        return "unknown", True
    return min(healths, key=RED_FIRST.index), "unknown" in healths


def team_healths(tree: Any, number: int, of_key_results: dict[int, str]) -> list[str]:
    found = []
    for each in tree.objectives:
        if each.team_id == number and each.state == "active":
            found += objective_healths(tree, each.id, of_key_results) or ["unknown"]
    return found
