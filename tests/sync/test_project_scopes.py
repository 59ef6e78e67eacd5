"""Links to a project with a filter, to its numbers, and to merged pull requests, end to end."""

from datetime import date, timedelta
from typing import Any

import pytest

from connector.errors import Refused
from connector.okr import LinkRule
from connector.store.tables import Hint, Source
from integrations.simulators.github import board_fields
from sync import audit, mappings, pipeline, preview
from sync.mappings import Saving
from tests.world import World, key_result, link

API, WHERE = "acme/api", ("acme", 1)
POINTS = "field:project:acme/1/Points"
WHO = Saving(author="admin", reason="as agreed")


@pytest.fixture
def today(world: World) -> date:
    return world.clock().date()


@pytest.fixture
def board(world: World, github, today) -> World:
    """A board of four issues in two iterations of a week, one of them done."""
    world.connect("github")
    site = github.site
    with site.quiet():
        site.add_project("acme", "The board")
        found = site.boards.find(*WHERE)
        weeks = [("One", today - timedelta(days=3), 7), ("Two", today + timedelta(days=4), 7)]
        add = site.boards.add_field
        add(found, "Week", "iteration", at=world.clock(), iterations=weeks)
        add(found, "Priority", "single_select", at=world.clock(), options=["P0", "P1"])
        for number in range(1, 5):
            site.add_issue(API, f"Issue {number}")
            week, priority = ("One", "P0") if number < 3 else ("Two", "P1")
            site.put_on_project(WHERE, (API, number), Week=week, Priority=priority, Points=number)
        site.close(API, 1)
    return world


def included(world: World, key: str = "KR-1") -> set[str]:
    (one,) = world.explain(key)["links"]
    return {each["item"].partition("#")[2] for each in one["contributions"] if each["included"]}


def test_a_filter_counts_what_its_fields_say_and_follows_them(board: World, github) -> None:
    board.apply(
        key_result("KR-1", link("github:project:acme/1?Priority=P0")),
        key_result("KR-2", link("github:project:acme/1?Points>=2&Priority!=P0", {"share": POINTS})),
        key_result("KR-3", link("github:project:acme/1", {"number": "sum", "of": POINTS})),
    )
    board.sync()
    assert (included(board), board.value()) == ({"1", "2"}, 50)
    assert (board.link("KR-2")["total"], board.value("KR-3")) == (7, 10)
    assert board.report()["links"][0]["error"] is None
    board.clock.turn(minutes=5)
    github.site.put_on_project(WHERE, (API, 3), Priority="P0")
    github.site.put_on_project(WHERE, (API, 2), Points=5)
    board.tick()
    assert (included(board), board.value()) == ({"1", "2", "3"}, pytest.approx(100 / 3))
    assert (board.link("KR-2")["total"], board.value("KR-3")) == (4, 13)
    assert board.movements()[-1] == ("scope_added", "acme/api#3")
    board.clock.turn(minutes=5)
    github.site.put_on_project(WHERE, (API, 3), Priority=None)
    board.tick()
    assert included(board) == {"1", "2"}
    assert board.part("acme/api#3")["reason"] == "no longer in this scope"
    assert list(audit.audit(board.runtime)) == []


def test_the_current_iteration_turns_with_the_day_though_nothing_changed(board: World) -> None:
    board.apply(
        key_result("KR-1", link("github:project:acme/1?Week=@current")),
        key_result("KR-2", link("github:project:acme/1?Week=@next")),
    )
    board.sync()
    assert (included(board), included(board, "KR-2")) == ({"1", "2"}, {"3", "4"})
    board.clock.turn(days=3)
    board.tick()
    assert included(board) == {"1", "2"}
    before = board.calls("github")
    board.clock.turn(days=1)
    board.tick()
    assert (included(board), included(board, "KR-2")) == ({"3", "4"}, set())
    assert board.value() == 0
    assert board.calls("github") > before
    kinds = {item: kind for kind, item in board.movements()}
    assert kinds["acme/api#3"] == "scope_added"
    assert kinds["acme/api#1"] == "scope_removed"
    assert list(audit.audit(board.runtime)) == []


class PulledPlugError(BaseException):
    """Ends a drain as a kill does: nothing of ours runs any more."""


def _pull(_items: int) -> None:
    raise PulledPlugError


def test_what_left_after_a_drain_that_was_cut_off_is_not_counted(board: World, github) -> None:
    board.apply(
        key_result("KR-1", link("github:project:acme/1")),
        key_result("KR-2", link("github:repo:acme/api")),
    )
    board.sync()
    (project,) = [row.id for row in board.rows("source") if "/projects/" in row.key]
    github.site.add_issue(API, "Put there for a moment", at=board.clock.turn(minutes=5))
    board.tick()
    github.site.put_on_project(WHERE, (API, 5), at=board.clock.turn(minutes=5))
    with pytest.raises(PulledPlugError):
        pipeline.drain(board.runtime, project, force=True, progress=_pull)
    github.site.take_off_project(WHERE, (API, 5))
    board.clock.turn(minutes=1)
    board.tick()
    assert included(board) == {"1", "2", "3", "4"}
    assert list(audit.audit(board.runtime)) == []


def test_a_past_that_has_no_dates_says_which_field(board: World) -> None:
    board.apply(
        key_result("KR-1", link("github:project:acme/1?Week=@current")),
        key_result("KR-2", link("github:project:acme/1?Repository=acme/api")),
    )
    board.sync()
    one, other = (board.explain(key)["links"][0] for key in ("KR-1", "KR-2"))
    assert "keeps no dates of changes of Week" in one["history_note"]
    assert "Repository" not in (other["history_note"] or "")


def test_a_filter_is_tried_before_it_is_linked(board: World) -> None:
    board.apply(key_result("KR-1"))
    scope = "github:project:acme/1?Priority=P1&Week=@next"
    (tried,) = preview.preview_link(board.runtime, "now", "KR-1", scope, LinkRule())
    assert tried.problem is None
    assert (tried.effect.matches, tried.effect.reading.value) == (2, 0)
    wrong = "github:project:acme/1?Priority=P7"
    with pytest.raises(Refused, match=r"has no option 'P7'; there are: P0, P1\."):
        preview.preview_link(board.runtime, "now", "KR-1", wrong, LinkRule())


def test_an_option_that_is_renamed_breaks_the_link_and_keeps_its_number(
    board: World, github
) -> None:
    board.apply(key_result("KR-1", link("github:project:acme/1?Priority=P0")))
    board.sync()
    found = github.site.boards.find(*WHERE)
    board_fields.rename_choice(found, "Priority", "P0", "Now", at=board.clock.turn(minutes=5))
    board.tick()
    one = board.link()
    assert "'P0' is called 'Now' now: write the scope with that name." in one["error"]
    assert one["reading"] == 0.5
    board.apply(key_result("KR-1", link("github:project:acme/1?Priority=Now")))
    board.sync()
    assert (board.link()["error"], included(board)) == (None, {"1", "2"})


def test_merged_pull_requests_are_a_measure(board: World, github) -> None:
    site = github.site
    for number in range(5, 10):
        site.add_issue(API, f"Change {number}", milestone=1, pull_request=True)
    site.close(API, 5, merged=True)
    site.close(API, 6, merged=True)
    site.close(API, 7)
    site.edit(API, 1, milestone=1)
    rule = {"pull_requests": "only"}
    board.apply(
        key_result("KR-1", link("github:milestone:acme/api/1", {"number": "count", "over": "done"},
                                **rule), target=4, unit="merges"),
        key_result("KR-2", link("github:milestone:acme/api/1", **rule)),
    )  # fmt: skip
    board.sync()
    assert (board.value(), board.report()["progress"]) == (2, 0.5)
    assert board.link("KR-2")["reading"] == 0.5
    reasons = {each["item"]: each["reason"]
               for each in board.explain()["links"][0]["contributions"]}  # fmt: skip
    assert reasons["acme/api#1"] == "only pull requests are counted by this link"
    assert reasons["acme/api#7"] == "dropped: unmerged"
    assert reasons["acme/api#8"] == "open: finished items count"
    assert reasons["acme/api#5"] == ""


def test_points_of_several_projects_are_taken_in_order(board: World, github) -> None:
    site = github.site
    site.add_project("acme", "Another")
    site.put_on_project(("acme", 2), (API, 3), Effort=20)
    site.put_on_project(("acme", 2), (API, 1), Effort=50)
    document: dict[str, Any] = {
        "points": ["field:project:acme/2/Effort", "field:project:acme/1/Points"]
    }
    mappings.save(board.runtime, "github", document, WHO)
    board.apply(
        key_result("KR-1", link("github:project:acme/1", {"share": "points"})),
        key_result("KR-2", link("github:project:acme/2", {"share": "points"})),
    )
    board.sync()
    assert (board.link()["done"], board.link()["total"]) == (50, 50 + 2 + 20 + 4)
    assert board.link("KR-2")["total"] == 70
    assert list(audit.audit(board.runtime)) == []


def test_a_status_may_mean_something_else_in_one_project(board: World, github) -> None:
    site = github.site
    site.put_on_project(WHERE, (API, 3), Status="In Progress")
    site.put_on_project(WHERE, (API, 4), Status="Done")
    site.add_project("acme", "Another")
    site.put_on_project(("acme", 2), (API, 2), Status="Done")
    document = {"boards": {"Done": "done", "acme/2/Done": "doing", "In progress": "doing"}}
    mappings.save(board.runtime, "github", document, WHO)
    board.apply(
        key_result("KR-1", link("github:project:acme/1")),
        key_result("KR-2", link("github:project:acme/2")),
    )
    board.sync()
    states = {each["item"]: each["state"]
              for each in board.explain()["links"][0]["contributions"]}  # fmt: skip
    assert states == {"acme/api#1": "done", "acme/api#2": "doing", "acme/api#3": "doing",
                      "acme/api#4": "done"}  # fmt: skip


def test_items_out_of_sight_are_told_and_forgotten_when_they_leave(board: World, github) -> None:
    site = github.site
    site.add_repo("acme/secret")
    site.put_on_project(WHERE, ("acme/secret", site.add_issue("acme/secret", "Hidden")), Points=1)
    site.hidden.add("acme/secret")
    board.apply(key_result("KR-1", link("github:project:acme/1")))
    board.sync()
    (row,) = board.rows("unreadable_item")
    assert row.message.endswith("it counts only where it was seen before, as it was then")
    assert board.link()["items"] == 4
    site.hidden.clear()
    site.take_off_project(WHERE, ("acme/secret", 1))
    board.sync(full=True)
    assert board.rows("unreadable_item") == []


def test_an_item_that_is_read_by_itself_keeps_its_fields(board: World) -> None:
    board.apply(key_result("KR-1", link("github:project:acme/1?Priority=P0")))
    board.sync()
    (item,) = board.rows("item", key="acme/api#2")
    with board.runtime.store.write() as session:
        source = session.get_one(Source, item.source_id)
        source.dirty_seq += 1
        session.add(Hint(source_id=source.id, seq=source.dirty_seq, external_id=item.external_id,
                         key=item.key, updated_at=board.clock.turn(minutes=5)))  # fmt: skip
    (done,) = board.poll()
    assert done.items_read == 1
    assert included(board) == {"1", "2"}
