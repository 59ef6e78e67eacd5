"""What lies above an objective, and what finishing an item would move."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.ledger import Candidate, Part, parts
from connector.mapping import FieldMapping, TypeRule, Words
from connector.okr import KeyResult, LinkRule, Measure
from connector.serving import (
    CAPPED,
    OVERRIDDEN,
    SUPPORTED,
    Edge,
    LinkNow,
    Over,
    Step,
    effect,
    finished,
    upwards,
)
from connector.work import WorkItem
from tests.connector.items import done, dropped, item

WORDS = Words(dropped=frozenset({"won't do"}))
MAPPING = FieldMapping(WORDS)
SHARE = KeyResult(key="KR-1", title="", start=0, target=100, unit="%")


def then(rule: LinkRule, *items: WorkItem, mapping: FieldMapping = MAPPING) -> Part | None:
    """The first item's part if it were finished."""
    found = [Candidate(number, each) for number, each in enumerate(items, 1)]
    held = parts(rule, found, mapping, is_query=False)
    return finished(LinkNow(1, rule, held, known=True), found[0], mapping, is_query=False)


def link(rule: LinkRule, *items: WorkItem, link_id: int = 1) -> LinkNow:
    """A link that was read; its first item is the one to be finished."""
    found = [Candidate(number, each) for number, each in enumerate(items, 1)]
    held = parts(rule, found, MAPPING, is_query=False)
    now = LinkNow(link_id, rule, held, known=True)
    return replace(now, part=finished(now, found[0], MAPPING, is_query=False))


def points(of: float, **more: Any) -> WorkItem:
    return item(numbers={"sp": of}, **more)


def test_the_way_up_takes_every_edge_once_and_goes_on_from_a_key_results_objective() -> None:
    edges = [
        Edge(1, "objective", 2),
        Edge(1, "key_result", 30),
        Edge(2, "objective", 4),
        Edge(3, "objective", 4),
        Edge(9, "objective", 1),
    ]
    assert upwards(1, edges, {30: 3}) == [
        Step(edges[0], 1),
        Step(edges[1], 1),
        Step(edges[2], 2),
        Step(edges[3], 2),
    ]
    assert upwards(4, edges, {30: 3}) == []


@settings(max_examples=50)
@given(st.lists(st.tuples(st.integers(0, 8), st.integers(0, 8)), max_size=30))
def test_the_way_up_ends_even_where_edges_form_a_ring(pairs: list[tuple[int, int]]) -> None:
    edges = [Edge(one, "objective", other) for one, other in dict.fromkeys(pairs)]
    steps = upwards(0, edges, {})
    taken = [step.edge for step in steps]
    assert len(taken) == len(set(taken))
    reached = {0} | {edge.target_id for edge in taken}
    assert set(taken) == {edge for edge in edges if edge.objective_id in reached}


@pytest.mark.parametrize(
    ("rule", "one", "expected"),
    [
        (LinkRule(), item(), (True, 1.0, 1.0)),
        (LinkRule(), dropped(), (True, 1.0, 1.0)),
        (LinkRule(statuses={"done": 0.75}), item(), (True, 0.75, 1.0)),
        (LinkRule(measure=Measure(aggregate="count", over="done")), item(), (True, 1.0, 1.0)),
        (LinkRule(measure=Measure(aggregate="count", over="open")), item(), (False, 0.0, 0.0)),
        (LinkRule(types=("Bug",)), item(), (False, 0.0, 0.0)),
        (LinkRule(), item(level=-1), (False, 0.0, 0.0)),
        (LinkRule(measure=Measure("points")), item(), (False, 0.0, 0.0)),
        (LinkRule(measure=Measure("points"), unestimated="default:3"), item(), (True, 3.0, 3.0)),
    ],
)
def test_a_finished_item_contributes_by_the_links_own_rule(
    rule: LinkRule, one: WorkItem, expected: tuple[bool, float, float]
) -> None:
    part = then(rule, one)
    assert part is not None
    assert (part.included, part.done, part.total) == expected


def test_finished_means_done_whatever_the_words_of_the_mapping_say_of_its_status() -> None:
    rule = TypeRule(statuses={"to do": "dropped"}, categories={"done": "doing"})
    words = Words(statuses={"to do": "doing"}, categories={"done": "todo"}, types={"story": rule})
    part = then(LinkRule(), item(), mapping=FieldMapping(words))
    assert part is not None
    assert (part.state, part.done) == ("done", 1.0)


def test_a_median_that_would_move_is_not_guessed() -> None:
    rule = LinkRule(measure=Measure("field:sp"), unestimated="median")
    gone = dropped(numbers={"sp": 8.0})
    assert then(rule, gone, points(2), item("PLAT-2")) is None
    kept = then(rule, points(8), points(2), item("PLAT-2"))
    assert kept is not None
    assert (kept.done, kept.total) == (8.0, 8.0)
    unsized = then(rule, item(), points(2), points(4))
    assert unsized is not None
    assert unsized.total == 3.0


def test_finishing_one_of_four_moves_a_share_by_a_quarter() -> None:
    one = link(LinkRule(), item(), item(), item(), done())
    found = effect(SHARE, [one], 1, Over())
    assert found.reading == (0.25, 0.5)
    assert found.progress == (0.25, 0.5)
    assert found.as_json()["reading"] == {"now": 0.25, "then": 0.5, "delta": 0.25}


def test_an_item_of_two_pooled_links_counts_once_in_the_key_result() -> None:
    links = [link(LinkRule(), item()), link(LinkRule(), item(), item(), link_id=2)]
    found = effect(SHARE, links, 2, Over())
    assert found.reading == (0.0, 0.5)
    assert found.progress == (0.0, 0.5)


def test_other_links_that_are_unknown_leave_the_rest() -> None:
    unread = LinkNow(2, LinkRule(), [], known=False)
    found = effect(SHARE, [link(LinkRule(), item(), item()), unread], 1, Over())
    assert found.progress == (0.0, 0.5)
    unknown = LinkNow(1, LinkRule(), [], known=False)
    assert effect(SHARE, [unknown], 1, Over()).as_json()["progress"]["delta"] is None


def test_what_a_person_said_over_it_stays_and_is_told() -> None:
    one = link(LinkRule(), item(), item())
    found = effect(SHARE, [one], 1, Over(override=30))
    assert (found.reading, found.progress, found.note) == ((0.0, 0.5), (0.3, 0.3), OVERRIDDEN)


def test_a_guard_holds_the_last_step_back_until_it_is_confirmed() -> None:
    guarded = KeyResult(key="KR-1", title="", start=0, target=100, unit="%", guard=True)
    one = link(LinkRule(), item())
    assert effect(guarded, [one], 1, Over()).progress == (0.0, 0.95)
    assert effect(guarded, [one], 1, Over()).note == CAPPED
    assert effect(guarded, [one], 1, Over(confirmed=True)).progress == (0.0, 1.0)


def test_a_key_result_carried_by_objectives_is_not_moved_by_an_item() -> None:
    carried = KeyResult(key="KR-1", title="", start=0, target=1, progress_from="supports")
    found = effect(carried, [link(LinkRule(), item())], 1, Over())
    assert (found.progress, found.note) == ((None, None), SUPPORTED)
