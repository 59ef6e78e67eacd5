"""Who counts for a link, how much, and why not."""

import pytest

from connector.okr import LinkRule, Measure
from tests.connector.items import POINTS, START, counted, done, dropped, item


def only(rule, one, **more):
    (part,) = counted(rule, one, **more)
    return part


def test_an_open_item_counts_one_and_a_finished_one_is_done():
    todo, finished = counted(LinkRule(), item("A-1"), done("A-2"))
    assert (todo.included, todo.done, todo.total) == (True, 0, 1)
    assert (finished.included, finished.done, finished.total) == (True, 1, 1)
    assert todo.reason == finished.reason == ""


@pytest.mark.parametrize(
    ("policy", "included", "amount"),
    [("exclude", False, 0), ("as_done", True, 1), ("as_open", True, 0)],
)
def test_a_dropped_item_follows_the_policy_of_the_link(policy, included, amount):
    part = only(LinkRule(dropped=policy), dropped())
    assert (part.state, part.included, part.done) == ("dropped", included, amount)
    assert part.total == (1 if included else 0)
    assert ("dropped: Won't Do" in part.reason) is not included


def test_a_dropped_resolution_drops_an_item_whatever_its_status():
    assert only(LinkRule(), item(resolution="Duplicate")).state == "dropped"
    assert only(LinkRule(), item(resolution="WON’T DO")).state == "dropped"


@pytest.mark.parametrize(
    ("more", "rule", "reason"),
    [
        ({"level": -1}, LinkRule(), "sub-task"),
        ({"level": 1}, LinkRule(), "parent"),
        ({"level": 2}, LinkRule(), "parent"),
        ({"pull_request": True}, LinkRule(), "pull request"),
        ({}, LinkRule(pull_requests="only"), "only pull requests are counted by this link"),
        ({"type": "Bug"}, LinkRule(types=("Story", "Task")), "type Bug"),
    ],
)
def test_a_kind_that_is_not_counted_is_left_out_with_its_reason(more, rule, reason):
    part = only(rule, item(**more))
    assert (part.included, part.done, part.total, part.sized) == (False, 0, 0, None)
    assert part.in_scope
    assert reason in part.reason


@pytest.mark.parametrize(
    ("more", "rule"),
    [
        ({"level": -1}, LinkRule(subtasks=True)),
        ({"pull_request": True}, LinkRule(pull_requests=True)),
        ({}, LinkRule(pull_requests=True)),
        ({"pull_request": True}, LinkRule(pull_requests="only")),
        ({"type": "Bug"}, LinkRule(types=("bug",))),
        ({"type": "Bug"}, LinkRule(types=("STORY", "BUG"))),
    ],
)
def test_a_kind_the_link_asks_for_counts(more, rule):
    assert only(rule, item(**more)).included


def test_a_query_counts_what_it_matches_except_sub_tasks():
    epic, story, subtask = counted(
        LinkRule(), item("A-1", level=1), item("A-2"), item("A-3", level=-1), is_query=True
    )
    assert (epic.included, story.included, subtask.included) == (True, True, False)


def test_sub_issues_are_ordinary_items():
    assert only(LinkRule(), item(parent_id="7")).included


def test_an_item_without_an_estimate_is_left_out_by_default_and_lowers_coverage():
    part = only(LinkRule(measure=POINTS), item())
    assert (part.included, part.sized, part.reason) == (False, False, "no estimate")


@pytest.mark.parametrize(
    ("policy", "total"), [("zero", 0), ("default:3", 3), ("default:0.5", 0.5), ("median", 2)]
)
def test_an_item_without_an_estimate_gets_the_size_of_the_policy_and_says_so(policy, total):
    rule = LinkRule(measure=POINTS, unestimated=policy)
    sized = [item(f"A-{n}", points=float(n)) for n in (1, 2, 8)]
    *_, part = counted(rule, *sized, done("A-9"))
    assert (part.included, part.sized, part.total, part.done) == (True, False, total, total)
    assert part.reason == f"no estimate: counted as {total:g}"


def test_the_median_is_taken_over_the_items_that_count():
    rule = LinkRule(measure=POINTS, unestimated="median")
    unsized, *_ = counted(
        rule, item("A-1"), item("A-2", points=5.0), dropped("A-3", points=100.0),
        item("A-4", points=100.0, level=-1),
    )  # fmt: skip
    assert unsized.total == 5


def test_without_any_estimate_there_is_no_median_to_invent():
    part = only(LinkRule(measure=POINTS, unestimated="median"), item())
    assert (part.included, part.total, part.reason) == (False, 0, "no estimate")


@pytest.mark.parametrize("points", [float("nan"), float("inf"), -1.0, 1.1e15, 1e308])
def test_a_size_that_is_no_size_counts_as_no_estimate(points):
    part = only(LinkRule(measure=POINTS), item(points=points))
    assert (part.sized, part.included, part.reason) == (False, False, "no estimate")


def test_an_estimate_of_nothing_is_an_estimate():
    part = only(LinkRule(measure=POINTS), item(points=0.0))
    assert (part.included, part.sized, part.total) == (True, True, 0)


def test_any_mapped_number_field_is_a_size():
    one = item(numbers={"customfield_7": 4.0, "points": 1.0})
    assert only(LinkRule(measure=Measure(of="field:customfield_7")), one).total == 4


def test_weights_of_states_start_from_the_usual_ones_and_are_overlaid():
    rule = LinkRule(measure=POINTS, statuses={"doing": 0.25})
    parts = counted(
        rule, item("A-1", points=8.0), item("A-2", points=8.0, category="doing", status="Doing"),
        done("A-3", points=8.0),
    )  # fmt: skip
    assert [part.done for part in parts] == [0, 2, 8]
    assert [part.done for part in counted(LinkRule(statuses={}), item(category="doing"))] == [0.5]


def test_a_trackers_status_name_weighs_more_exactly_than_its_state():
    rule = LinkRule(statuses={"In Review": 0.9, "doing": 0.1})
    review, coding = counted(
        rule, item("A-1", category="doing", status="in review"),
        item("A-2", category="doing", status="Coding"),
    )  # fmt: skip
    assert (review.done, coding.done) == (0.9, 0.1)


def test_only_finished_work_is_done_without_weights():
    assert only(LinkRule(), item(category="doing", status="In Review")).done == 0


@pytest.mark.parametrize(
    ("over", "counts"),
    [("open", ["A-1", "A-2"]), ("done", ["A-3"]), ("all", ["A-1", "A-2", "A-3"])],
)
def test_a_number_counts_open_done_or_all_items(over, counts):
    rule = LinkRule(measure=Measure(aggregate="count", over=over))
    parts = counted(
        rule, item("A-1"), item("A-2", category="doing"), done("A-3"), dropped("A-4"),
        item("A-5", level=-1),
    )  # fmt: skip
    assert [part.key for part in parts if part.included] == counts
    assert all(part.reason for part in parts if not part.included)


@pytest.mark.parametrize(("policy", "over"), [("as_done", "done"), ("as_open", "open")])
def test_a_dropped_item_counts_in_a_number_as_its_policy_says(policy, over):
    counts = LinkRule(measure=Measure(aggregate="count", over=over), dropped=policy)
    assert only(counts, dropped()).included


def test_parts_carry_the_trackers_times():
    part = only(LinkRule(), item())
    assert part.state_at > START
    assert part.changed_at > part.state_at
