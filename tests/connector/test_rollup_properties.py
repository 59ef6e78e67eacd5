"""What must hold of a cycle's numbers for any tree (docs/scoring.md, section 11)."""

from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from connector.rollup import KeyResultNode, ObjectiveNode, Tree, conditions, roll_up
from connector.scoring import Mean
from tests.connector import drawn

MODEST = settings(max_examples=40)


def means(tree: Tree) -> list[Mean]:
    """Every number of a tree, in the order of ids."""
    found = roll_up(tree)
    teams = [found.teams[each] for each in sorted(found.teams)]
    own = [found.objectives[each] for each in sorted(found.objectives)]
    taking = [found.key_results[each] for each in sorted(found.key_results)]
    return [*own, *taking, *(each.own for each in teams), *(each.subtree for each in teams)]


@given(drawn.trees())
@MODEST
def test_bounded(tree: Tree) -> None:
    for each in means(tree):
        assert each.score is None or 0 <= each.score <= 1
        assert each.known is None or 0 <= each.known <= 1
        assert (each.score is None) == (not each.known)


@given(drawn.trees(), st.data())
@MODEST
def test_monotone_in_each_score(tree: Tree, data: st.DataObject) -> None:
    scored = [each for each in tree.key_results if each.score is not None]
    if not scored:
        return
    raised = data.draw(st.sampled_from(scored))
    more = replace(raised, score=data.draw(st.floats(raised.score or 0.0, 1.0)))
    nodes = [more if each is raised else each for each in tree.key_results]
    for before, after in zip(means(tree), means(replace(tree, key_results=nodes)), strict=True):
        assert before.known == after.known
        assert before.score is None or after.score is None or after.score >= before.score


@given(drawn.trees(), st.randoms(use_true_random=False))
@MODEST
def test_independent_of_order_to_the_last_bit(tree: Tree, random: Any) -> None:
    turned = Tree(
        random.sample(tree.objectives, len(tree.objectives)),
        random.sample(tree.key_results, len(tree.key_results)),
        random.sample(tree.supports, len(tree.supports)),
        random.sample(tree.teams, len(tree.teams)),
    )
    assert roll_up(turned) == roll_up(tree)
    said = {each.id: "at_risk" if each.id % 2 else "done" for each in tree.key_results}
    assert conditions(turned, said) == conditions(tree, said)


@given(drawn.trees(), st.floats(1e-6, 1e6))
@MODEST
def test_weights_are_scale_free(tree: Tree, factor: float) -> None:
    def scaled(some: Any) -> list[Any]:
        return [replace(each, weight=each.weight * factor) for each in some]

    # Key results and supports of one objective share a mean, so all are scaled together.
    other = Tree(
        scaled(tree.objectives), scaled(tree.key_results), scaled(tree.supports), tree.teams
    )
    for before, after in zip(means(tree), means(other), strict=True):
        for one, two in ((before.score, after.score), (before.known, after.known)):
            assert (one is None) == (two is None)
            assert one is None or two is None or abs(one - two) <= 1e-9


@given(drawn.trees())
@MODEST
def test_a_mean_lies_between_its_parts(tree: Tree) -> None:
    found = roll_up(tree)
    for team in tree.teams:
        inside = _below(tree, team.id)
        scores = [
            found.objectives[each.id].score
            for each in tree.objectives
            if each.team_id in inside and each.state == "active" and each.weight > 0
        ]
        known = [each for each in scores if each is not None]
        subtree = found.teams[team.id].subtree.score
        assert (subtree is None) == (not known)
        assert subtree is None or min(known) <= subtree <= max(known)


@given(drawn.trees(), drawn.ratios, st.sampled_from(["guardrail", "weight 0", "draft"]))
@MODEST
def test_what_does_not_count_changes_nothing(tree: Tree, points: float, what: str) -> None:
    team, first = tree.teams[0].id, tree.objectives[0].id
    if what == "draft":
        more = [*tree.objectives, ObjectiveNode(99, team, state="draft", weight=7.0)]
        other = replace(
            tree,
            objectives=more,
            key_results=[*tree.key_results, KeyResultNode(99, 99, score=points)],
        )
    else:
        weight = 0.0 if what == "weight 0" else 7.0
        added = KeyResultNode(99, first, weight, what == "guardrail", points)
        other = replace(tree, key_results=[*tree.key_results, added])
    before, after = roll_up(tree), roll_up(other)
    assert after.teams == before.teams
    assert {**after.objectives, **before.objectives} == after.objectives


@given(drawn.trees(), drawn.weights)
@MODEST
def test_unknown_never_becomes_zero(tree: Tree, weight: float) -> None:
    unknown = KeyResultNode(99, tree.objectives[0].id, weight)
    other = replace(tree, key_results=[*tree.key_results, unknown])
    for before, after in zip(means(tree), means(other), strict=True):
        assert after.score == before.score


def _below(tree: Tree, team_id: int) -> set[int]:
    inside = {team_id}
    for _ in tree.teams:
        inside |= {each.id for each in tree.teams if each.parent_id in inside}
    return inside
