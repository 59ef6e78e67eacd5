"""Supports never lead back to where they began."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.rollup import (
    KeyResultNode,
    ObjectiveNode,
    Ring,
    SupportEdge,
    TeamNode,
    Tree,
    conditions,
    ring,
    roll_up,
)
from tests.connector import drawn

UP = SupportEdge(2, "objective", 1)


def test_supports_that_only_go_up_are_no_ring() -> None:
    diamond = [UP, SupportEdge(3, "objective", 1), SupportEdge(4, "objective", 2)]
    assert ring([*diamond, SupportEdge(4, "objective", 3)], {}) is None
    assert ring([], {}) is None


def test_a_ring_is_told_with_the_path_that_closes_it() -> None:
    edges = [UP, SupportEdge(1, "objective", 3), SupportEdge(3, "objective", 2)]
    three = ("objective", 1), ("objective", 3), ("objective", 2), ("objective", 1)
    assert ring(edges, {}) == list(three)
    assert ring(edges[::-1], {}) == list(three)
    assert ring([SupportEdge(1, "objective", 1)], {}) == [("objective", 1)] * 2
    # What only leads into a ring is no part of it, wherever it enters.
    two = [("objective", 2), ("objective", 3), ("objective", 2)]
    for enters in (2, 3):
        entered = SupportEdge(1, "objective", enters), SupportEdge(enters, "objective", 9)
        edges = [SupportEdge(2, "objective", 3), SupportEdge(3, "objective", 2), *entered]
        assert ring(edges, {}) == two
    leaving = [SupportEdge(3, "objective", 1), SupportEdge(2, "objective", 3)]
    assert ring([*leaving, SupportEdge(3, "objective", 2)], {}) == two


def test_a_key_result_leads_to_its_objective() -> None:
    owners = {7: 1, 8: 2}
    own = [SupportEdge(1, "key_result", 7)]
    assert ring(own, owners) == [("key_result", 7), ("objective", 1), ("key_result", 7)]
    crossed = [SupportEdge(2, "key_result", 7), SupportEdge(1, "key_result", 8)]
    path = ring(crossed, owners)
    assert path is not None
    assert path[0] == path[-1] == ("key_result", 7)
    assert path[1:-1] == [("objective", 1), ("key_result", 8), ("objective", 2)]
    assert ring(crossed[:1], owners) is None


@pytest.mark.parametrize("takes", ["key_results", "children", "both"])
def test_numbers_are_refused_where_supports_lead_back(takes: str) -> None:
    objectives = [ObjectiveNode(1, 1, takes=takes), ObjectiveNode(2, 1)]
    tree = Tree(objectives, (), [UP, SupportEdge(1, "objective", 2)], [TeamNode(1)])
    sentence = "this leads back to itself: objective 1 → objective 2 → objective 1"
    with pytest.raises(ValueError, match=sentence):
        roll_up(tree)
    with pytest.raises(Ring, match=sentence):
        conditions(tree, {})


def test_a_ring_through_a_key_result_is_refused_whatever_it_takes() -> None:
    nodes = [KeyResultNode(7, 1, score=0.5)]
    edges = [SupportEdge(1, "key_result", 7)]
    with pytest.raises(Ring, match="key result 7 → objective 1 → key result 7"):
        roll_up(Tree([ObjectiveNode(1, 1)], nodes, edges, [TeamNode(1)]))


def test_a_ring_of_teams_is_refused_with_its_path() -> None:
    with pytest.raises(Ring, match="team 1 → team 2 → team 1"):
        roll_up(Tree((), (), (), [TeamNode(1, 2), TeamNode(2, 1)]))


@given(drawn.trees())
def test_supports_from_later_to_earlier_objectives_never_close_a_ring(tree: Tree) -> None:
    owners = {each.id: each.objective_id for each in tree.key_results}
    assert ring(tree.supports, owners) is None


@given(
    st.lists(
        st.builds(SupportEdge, st.integers(0, 5), st.just("objective"), st.integers(0, 5)),
        max_size=8,
    )
)
def test_a_path_is_made_of_supports_and_ends_where_it_began(edges: list[SupportEdge]) -> None:
    path = ring(edges, {})
    pairs = {(each.objective_id, each.target_id) for each in edges}
    if path is None:
        assert not _leads_back(pairs)
    else:
        assert path[0] == path[-1]
        assert all((a[1], b[1]) in pairs for a, b in pairwise(path))


def _leads_back(pairs: set[tuple[int, int]]) -> bool:
    reach = set(pairs)
    for _ in range(6):
        reach |= {(a, d) for a, b in reach for c, d in pairs if b == c}
    return any(a == b for a, b in reach)
