"""Which key results stand on old numbers, through everything that supports them."""

from collections.abc import Collection

from connector.rollup.tree import ObjectiveNode, Tree


def stale(tree: Tree, own: Collection[int]) -> frozenset[int]:
    """The key results whose number is old: by their own links, or by what supports them."""
    old, objectives = set(own), {each.id: each for each in tree.objectives}
    taking = {each.id for each in tree.key_results if each.takes_supports and each.score is None}
    found: set[int] = set()
    for kind, number in tree.supporters_first:
        supported = any(
            weight > 0 and objective_id in found
            for objective_id, weight in tree.supporters.get((kind, number), ())
        )
        if kind == "objective":
            if _is_old(tree, objectives[number], old, supported=supported):
                found.add(number)
        elif number in taking and supported:
            old.add(number)
    return frozenset(old)


def _is_old(tree: Tree, objective: ObjectiveNode, old: Collection[int], *, supported: bool) -> bool:
    """Whether anything an objective's score is made of is old."""
    counted = (
        each.id in old
        for each in tree.key_results_of.get(objective.id, ())
        if each.weight > 0 and not each.guardrail
    )
    own = objective.takes != "children" and any(counted)
    return own or (objective.takes != "key_results" and supported)
