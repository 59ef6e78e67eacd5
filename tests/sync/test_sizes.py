"""A number field that there is not is refused wherever it is named; silence refuses nothing."""

from typing import Any

import pytest

from connector.errors import Refused
from connector.okr import LinkRule, Measure
from sync import linking, planning, preview
from sync.said import Subject
from tests.world import World, key_result, link, plan

LEAD = Subject("now", "KR-1", "Platform lead")
MILESTONE, EPIC = "github:milestone:acme/api/1", "jira:epic:PLAT-1"
RIGHT, WRONG = "field:project:acme/1/Estimate", "field:project:acme/1/Estimat"
SAID = "Project 1 of acme has no number field Estimat; the nearest are: Estimate."


def sized(of: str) -> LinkRule:
    return LinkRule(measure=Measure(of=of))


@pytest.fixture
def board(connected: World, github: Any, jira: Any) -> World:
    """A milestone of two issues on a board with estimates, and an epic."""
    site = github.site
    site.add_project("acme", "The board")
    for number in (1, 2):
        site.add_issue("acme/api", f"Step {number}", milestone=1)
        size = {"Estimate": number, "Priority": "P1"}
        site.put_on_project(("acme", 1), ("acme/api", number), **size)
    site.close("acme/api", 1)
    jira.site.add_issue("PLAT", "Move the queue", "Epic")
    connected.apply(key_result("KR-1"))
    return connected


@pytest.mark.parametrize(
    ("scope", "of", "sentence"),
    [
        (MILESTONE, WRONG, SAID),
        (MILESTONE, "field:project:acme/1/estimate", "the nearest are: Estimate"),
        (MILESTONE, "field:project:acme/1/Priority", "Priority of project 1 of acme holds no numb"),
        (MILESTONE, "field:project:acme/9/Estimate", "GitHub does not show Project 9 of acme"),
        (MILESTONE, "field:project:acme/1", "names no field: a field of a project is written as"),
        (MILESTONE, "field:Effrt", "The issues of acme have no number field Effrt"),
        (EPIC, "field:customfield_10061", "Jira has no number field customfield_10061; the nea"),
        (EPIC, "field:Story Points", "the nearest are: customfield_10016 (Story Points)"),
        (EPIC, "field:summary", "summary of Jira (Summary) holds no numbers"),
    ],
)
def test_a_field_there_is_not_is_refused_with_the_nearest(
    board: World, scope: str, of: str, sentence: str
) -> None:
    for act in (
        lambda: linking.add(board.runtime, LEAD, scope, sized(of)),
        lambda: preview.preview_link(board.runtime, "now", "KR-1", scope, sized(of)),
        lambda: board.apply(key_result("KR-1", link(scope, {"share": of}))),
        lambda: planning.apply(
            board.runtime, plan(key_result("KR-1", link(scope, {"share": of}))),
            name="plan.yaml", author="lead", dry_run=True,
        ),
    ):  # fmt: skip
        with pytest.raises(Refused) as refused:
            act()
        assert sentence in str(refused.value)
    assert board.rows("link") == []


def test_a_plan_says_where_the_field_stands_and_what_stands_already_is_not_asked_again(
    board: World, github: Any
) -> None:
    with pytest.raises(Refused, match=r"^plan\.yaml:\d+: KR-1: Project 1 of acme has no number"):
        board.apply(key_result("KR-1", link(MILESTONE, {"share": WRONG})))
    github.faults.add("error")
    board.apply(key_result("KR-1", link(MILESTONE, {"share": WRONG})))
    github.faults.clear()
    board.apply(key_result("KR-1", link(MILESTONE, {"share": WRONG}), title="Another title"))


def test_another_rule_is_asked_about_only_when_it_measures_otherwise(
    board: World, github: Any
) -> None:
    linking.add(board.runtime, LEAD, MILESTONE, LinkRule())
    board.sync()
    (row,) = board.rows("link")
    before = len(github.site.calls)
    linking.change(board.runtime, row.id, LinkRule(dropped="as_done"), author="lead")
    assert len(github.site.calls) == before
    for act in (
        lambda: linking.change(board.runtime, row.id, sized(WRONG), author="lead"),
        lambda: preview.preview_link(board.runtime, "now", "KR-1", MILESTONE, sized(WRONG)),
    ):
        with pytest.raises(Refused, match="has no number field Estimat"):
            act()
    linking.change(board.runtime, row.id, sized(RIGHT), author="lead")


def test_what_could_not_be_asked_is_told_by_the_link_once_it_can(board: World, github: Any) -> None:
    github.faults.add("error")
    linking.add(board.runtime, LEAD, MILESTONE, sized(WRONG))
    (down,) = preview.preview_link(board.runtime, "now", "KR-1", MILESTONE, sized(WRONG))
    assert down.problem
    github.faults.clear()
    board.clock.turn(minutes=5)
    board.sync()
    assert board.link()["error"] == SAID
    assert board.value() is None
    board.tick()
    assert board.link()["error"] == SAID
    before = len(github.site.calls)
    board.tick()  # no sweep is due: it is not asked at every look
    assert not [each for each in github.site.calls[before:] if each.path.endswith("/projectsV2/1")]


def test_a_board_is_read_for_the_sizes_that_a_link_of_something_else_measures_by(
    board: World,
) -> None:
    (tried,) = preview.preview_link(board.runtime, "now", "KR-1", MILESTONE, sized(RIGHT))
    linking.add(board.runtime, LEAD, MILESTONE, sized(RIGHT))
    board.sync()
    link_now = board.link()
    assert (link_now["done"], link_now["total"]) == (1, 3)
    assert (tried.effect.reading.done, tried.effect.reading.total) == (1, 3)
    (row,) = board.rows("link")
    linking.change(board.runtime, row.id, LinkRule(), author="lead")
    assert {row.key: row.need.get("scopes") for row in board.rows("source")} == {
        "acme/api": [["milestone", "acme/api/1"]],
        "acme/projects/1": [],
    }


def test_a_link_is_good_once_its_field_is_there(board: World, github: Any) -> None:
    github.faults.add("error")
    linking.add(board.runtime, LEAD, "github:project:acme/1", sized("field:project:acme/1/Points"))
    github.faults.clear()
    board.clock.turn(minutes=5)
    board.sync()
    assert "has no number field Points" in board.link()["error"]
    for number in (1, 2):
        github.site.put_on_project(("acme", 1), ("acme/api", number), Points=number)
    board.clock.turn(minutes=20)
    board.sync()
    board.sync()
    assert board.link()["error"] is None
    assert (board.link()["done"], board.link()["total"]) == (1, 3)
