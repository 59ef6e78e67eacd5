"""Objectives, teams and the company: what counts, with which weight, and how much is known."""

from dataclasses import replace

import pytest

from connector.okr import ObjectiveState
from connector.rollup import (
    KeyResultNode,
    ObjectiveNode,
    SupportEdge,
    TeamNode,
    Tree,
    conditions,
    roll_up,
)
from connector.scoring import Mean

COMPANY, PLATFORM, WEB = TeamNode(1), TeamNode(2, 1), TeamNode(3, 2)
TEAMS = (WEB, PLATFORM, COMPANY)


def of_key_results(*nodes: KeyResultNode, **more: object) -> Mean:
    """The mean of one objective that owns these."""
    objective = replace(ObjectiveNode(1, team_id=1), **more)
    return roll_up(Tree([objective], nodes, (), TEAMS)).objectives[1]


def test_an_objective_is_the_weighted_mean_of_its_key_results() -> None:
    half, full = KeyResultNode(1, 1, 3.0, score=0.5), KeyResultNode(2, 1, 1.0, score=1.0)
    assert of_key_results(half, full) == Mean(0.625, 1.0)


def test_guardrails_and_weight_zero_do_not_count() -> None:
    half = KeyResultNode(1, 1, score=0.5)
    guardrail = KeyResultNode(2, 1, guardrail=True, score=0.0)
    nothing = KeyResultNode(3, 1, 0.0, score=0.0)
    assert of_key_results(half, guardrail, nothing) == Mean(0.5, 1.0)
    assert of_key_results(guardrail, nothing) == Mean(None, None)


def test_unknown_key_results_make_it_partial_and_all_of_them_unknown() -> None:
    half, unknown = KeyResultNode(1, 1, 1.0, score=0.5), KeyResultNode(2, 1, 3.0)
    assert of_key_results(half, unknown) == Mean(0.5, 0.25)
    assert of_key_results(unknown) == Mean(None, 0.0)
    assert of_key_results() == Mean(None, None)


@pytest.mark.parametrize("weight", [-1.0, float("nan"), float("inf")])
def test_weights_that_are_none_are_refused(weight: float) -> None:
    with pytest.raises(ValueError, match="weight"):
        of_key_results(KeyResultNode(1, 1, weight, score=0.5))
    with pytest.raises(ValueError, match="weight"):
        roll_up(taking_children(SupportEdge(2, "objective", 1, weight)))


CHILDREN = (
    ObjectiveNode(1, team_id=1, takes="children"),
    ObjectiveNode(2, team_id=2, weight=9.0),
    ObjectiveNode(3, team_id=3),
)
OWN = (
    KeyResultNode(1, 1, score=0.1),
    KeyResultNode(2, 2, score=0.4),
    KeyResultNode(3, 3, score=1.0),
)


def taking_children(*supports: SupportEdge, takes: str = "children") -> Tree:
    above = replace(CHILDREN[0], takes=takes)
    return Tree([above, *CHILDREN[1:]], OWN, supports, TEAMS)


def test_an_objective_takes_its_children_by_the_weights_of_their_supports() -> None:
    tree = taking_children(SupportEdge(2, "objective", 1, 1.0), SupportEdge(3, "objective", 1, 3.0))
    assert roll_up(tree).objectives[1] == Mean(0.85, 1.0)


def test_both_is_one_mean_over_key_results_and_children() -> None:
    edges = (SupportEdge(2, "objective", 1, 1.0), SupportEdge(3, "objective", 1, 2.0))
    assert roll_up(taking_children(*edges, takes="both")).objectives[1].score == 0.625
    assert roll_up(taking_children(*edges, takes="key_results")).objectives[1].score == 0.1


def test_children_are_taken_level_by_level() -> None:
    middle = replace(CHILDREN[1], takes="both")
    edges = (SupportEdge(2, "objective", 1), SupportEdge(3, "objective", 2))
    numbers = roll_up(Tree([CHILDREN[0], middle, CHILDREN[2]], OWN, edges, TEAMS))
    assert numbers.objectives[2].score == 0.7
    assert numbers.objectives[1].score == 0.7


@pytest.mark.parametrize("state", ["draft", "candidate", "postponed", "cancelled"])
def test_only_active_objectives_count_anywhere(state: ObjectiveState) -> None:
    asleep = replace(CHILDREN[1], state=state)
    edges = [SupportEdge(each, "objective", 1) for each in (2, 3)]
    taking = KeyResultNode(4, 3, takes_supports=True)
    edges += [SupportEdge(2, "key_result", 4)]
    numbers = roll_up(Tree([CHILDREN[0], asleep, CHILDREN[2]], [*OWN, taking], edges, TEAMS))
    assert numbers.objectives[1] == Mean(1.0, 1.0)
    assert numbers.key_results[4] == Mean(None, None)
    assert numbers.teams[2].own == Mean(None, None)
    assert numbers.teams[2].subtree == numbers.teams[3].own
    assert numbers.objectives[2] == Mean(0.4, 1.0)  # its own number is shown all the same


def test_a_key_result_takes_the_objectives_that_support_it() -> None:
    taking = KeyResultNode(4, 1, takes_supports=True)
    edges = (SupportEdge(2, "key_result", 4, 1.0), SupportEdge(3, "key_result", 4, 3.0))
    above = replace(CHILDREN[0], takes="key_results")
    numbers = roll_up(Tree([above, *CHILDREN[1:]], [*OWN[1:], taking], edges, TEAMS))
    assert numbers.key_results == {4: Mean(0.85, 1.0)}
    assert numbers.objectives[1] == Mean(0.85, 1.0)


def test_an_override_counts_and_the_computed_mean_goes_on_below() -> None:
    typed = KeyResultNode(4, 1, takes_supports=True, score=0.5)
    above = replace(CHILDREN[0], takes="key_results")
    edge = SupportEdge(3, "key_result", 4)
    numbers = roll_up(Tree([above, CHILDREN[2]], [OWN[2], typed], [edge], TEAMS))
    assert numbers.key_results == {4: Mean(1.0, 1.0)}
    assert numbers.objectives[1] == Mean(0.5, 1.0)


def test_a_supported_key_result_with_links_of_its_own_is_not_moved() -> None:
    edge = SupportEdge(3, "key_result", 1)
    above = replace(CHILDREN[0], takes="key_results")
    numbers = roll_up(Tree([above, CHILDREN[2]], [OWN[0], OWN[2]], [edge], TEAMS))
    assert numbers.objectives[1].score == 0.1
    assert numbers.key_results == {}


def test_a_team_is_the_mean_of_its_own_and_the_subtree_of_all_below() -> None:
    objectives = (
        ObjectiveNode(1, team_id=1, weight=1.0),
        ObjectiveNode(2, team_id=2, weight=2.0),
        ObjectiveNode(3, team_id=3, weight=5.0),
    )
    teams = roll_up(Tree(objectives, OWN[:2], (), (*TEAMS, TeamNode(4, 1)))).teams
    assert teams[1].own == Mean(0.1, 1.0)
    assert teams[1].subtree == Mean(pytest.approx(0.9 / 3), 3 / 8)
    assert teams[2].own == Mean(0.4, 1.0)
    assert teams[2].subtree == Mean(0.4, 2 / 7)
    assert teams[3].subtree == teams[3].own == Mean(None, 0.0)
    assert teams[4].subtree == teams[4].own == Mean(None, None)


def test_the_weakest_counts_for_health_guardrails_included() -> None:
    nodes = (
        KeyResultNode(1, 1, score=0.9),
        KeyResultNode(2, 1, guardrail=True, score=0.0),
        KeyResultNode(3, 1, 0.0, score=0.0),
    )
    tree = Tree([ObjectiveNode(1, team_id=2)], nodes, (), TEAMS)
    found = conditions(tree, {1: "on_track", 2: "at_risk", 3: "off_track"})
    assert (found.objectives[1].health, found.objectives[1].unknown) == ("at_risk", False)
    assert found.teams[2].health == "at_risk"
    assert (found.teams[1].health, found.teams[1].unknown) == ("unknown", True)


def test_unknown_stands_beside_a_red_one_and_does_not_hide_it() -> None:
    nodes = (KeyResultNode(1, 1, score=0.0), KeyResultNode(2, 1))
    tree = Tree([ObjectiveNode(1, team_id=1)], nodes, (), TEAMS)
    red = conditions(tree, {1: "off_track"})
    assert (red.objectives[1].health, red.objectives[1].unknown) == ("off_track", True)
    assert (red.teams[1].health, red.teams[1].unknown) == ("off_track", True)
    green = conditions(tree, {1: "on_track", 2: "unknown"})
    assert (green.objectives[1].health, green.objectives[1].unknown) == ("unknown", True)


def test_an_objective_that_takes_children_is_as_healthy_as_they_and_its_guardrails() -> None:
    tree = taking_children(SupportEdge(2, "objective", 1), SupportEdge(3, "objective", 1, 0.0))
    healths = {1: "off_track", 2: "at_risk", 3: "off_track"}
    assert conditions(tree, healths).objectives[1].health == "at_risk"
    guarded = replace(tree, key_results=[replace(OWN[0], guardrail=True), *OWN[1:]])
    assert conditions(guarded, healths).objectives[1].health == "off_track"


@pytest.mark.parametrize("state", ["draft", "candidate", "postponed", "cancelled"])
def test_a_red_objective_that_is_not_active_makes_nobody_red(state: ObjectiveState) -> None:
    tree = taking_children(SupportEdge(2, "objective", 1), SupportEdge(3, "objective", 1))
    asleep = replace(tree, objectives=[CHILDREN[0], CHILDREN[1], replace(CHILDREN[2], state=state)])
    found = conditions(asleep, {2: "on_track", 3: "off_track"})
    assert found.objectives[1].health == "on_track"
    assert found.teams[3].health == "unknown"


def test_long_chains_of_supports_and_teams_are_no_deeper_than_the_stack_allows() -> None:
    count = 5000
    objectives = [ObjectiveNode(each, team_id=each, takes="children") for each in range(count)]
    objectives[-1] = replace(objectives[-1], takes="key_results")
    edges = [SupportEdge(each + 1, "objective", each) for each in range(count - 1)]
    teams = [TeamNode(0)] + [TeamNode(each, each - 1) for each in range(1, count)]
    tree = Tree(objectives, [KeyResultNode(1, count - 1, score=0.3)], edges, teams)
    assert roll_up(tree).objectives[0] == Mean(0.3, 1.0)
    assert roll_up(tree).teams[0].subtree == Mean(0.3, 1.0)
    assert conditions(tree, {1: "at_risk"}).objectives[0].health == "at_risk"


def test_a_big_company_takes_a_moment() -> None:
    teams = [TeamNode(0)] + [TeamNode(each, each // 3) for each in range(1, 500)]
    objectives = [ObjectiveNode(each, each % 500, weight=1 + each % 7) for each in range(2500)]
    nodes = [KeyResultNode(each, each // 4, score=each % 101 / 101) for each in range(10_000)]
    edges = [SupportEdge(each, "objective", each // 2) for each in range(1, 2500)]
    tree = Tree(objectives, nodes, edges, teams)
    assert roll_up(tree).teams[0].subtree.known == 1.0
