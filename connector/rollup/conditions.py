"""Health of objectives and teams: that of their weakest. Rules: docs/scoring.md, section 7."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from connector.pace import weakest
from connector.report import Health
from connector.rollup.tree import ObjectiveNode, Tree


@dataclass(frozen=True, slots=True)
class Condition:
    """The weakest health, and whether anything beside it is unknown."""

    health: Health
    unknown: bool


@dataclass(frozen=True, slots=True)
class Conditions:
    """The conditions of a cycle's objectives and teams by id."""

    objectives: Mapping[int, Condition]
    teams: Mapping[int, Condition]


def conditions(tree: Tree, key_results: Mapping[int, Health]) -> Conditions:
    """The weakest of everything that counts, guardrails included, from key results upwards.

    An objective that takes children is as healthy as they are, and as its own guardrails; a team as
    its weakest active objective. A key result that is not given is unknown.
    """
    nodes = {each.id: each for each in tree.objectives}
    found: dict[int, Condition] = {}
    for kind, number in tree.supporters_first:
        if kind == "objective":
            found[number] = _worst(_made_of(tree, nodes[number], key_results, found))
    teams = {
        each.id: _worst(found[one.id] for one in tree.active_of.get(each.id, ()))
        for each in tree.teams
    }
    return Conditions(found, teams)


def _made_of(
    tree: Tree,
    objective: ObjectiveNode,
    key_results: Mapping[int, Health],
    found: Mapping[int, Condition],
) -> Iterator[Condition]:
    takes_own = objective.takes != "children"
    for each in tree.key_results_of.get(objective.id, ()):
        if each.guardrail or (takes_own and each.weight > 0):
            health = key_results.get(each.id, "unknown")
            yield Condition(health, health == "unknown")
    if objective.takes != "key_results":
        for objective_id, weight in tree.supporters.get(("objective", objective.id), ()):
            if weight > 0:
                yield found[objective_id]


def _worst(several: Iterable[Condition]) -> Condition:
    """The weakest of several; of none, unknown."""
    given = list(several)
    health = weakest(each.health for each in given)
    return Condition(health, not given or any(each.unknown for each in given))
