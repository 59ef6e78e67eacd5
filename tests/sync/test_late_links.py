"""Pasts of links made late: what left their scopes before, and what is learnt afterwards."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from sync import mappings
from sync.audit import audit
from sync.mappings import Saving
from tests.world import World, key_result, link

POINTS = "field:project:acme/1/Points"
BOARD = ("acme", 1)
WHO = Saving(author="admin", reason="as agreed")
STRAYS = "are told of only where their repository was read here then"


@pytest.fixture
def boarded(world: World) -> World:
    """Two issues in a milestone and on a board since yesterday; nothing is linked yet."""
    site = world.trackers["github"].site
    yesterday = world.clock.turn(days=-1)
    site.add_project("acme", "Board", at=yesterday)
    for number in (1, 2):
        site.add_issue("acme/api", f"Issue {number}", milestone=1, at=yesterday)
        site.put_on_project(BOARD, ("acme/api", number), Status="Todo", at=yesterday)
    world.clock.turn(days=1)
    world.connect("github")
    return world


def later(world: World) -> datetime:
    """An hour passes, half of it before and half of it after the time returned."""
    moment = world.clock.turn(minutes=30)
    world.clock.turn(minutes=30)
    return moment


def told(world: World, key: str) -> dict[str, Any]:
    found: dict[str, Any] = world.explain(key)["links"][0]
    return found


def counted(world: World, key: str, at: datetime) -> set[str]:
    parts = world.explain(key, at)["links"][0]["contributions"]
    return {each["item"] for each in parts if each["included"]}


def test_what_left_a_board_counted_there_though_its_repository_reads_it(boarded: World) -> None:
    site = boarded.trackers["github"].site
    milestone = key_result("KR-1", link("github:milestone:acme/api/1"))
    boarded.apply(milestone)
    boarded.sync()
    before = later(boarded)
    site.take_off_project(BOARD, ("acme/api", 2))
    boarded.poll()
    boarded.apply(
        milestone,
        key_result("KR-2", link("github:project:acme/1")),
        key_result("KR-3", link("github:project:acme/1?Repository=acme/api")),
    )
    boarded.sync()
    both = {"acme/api#1", "acme/api#2"}
    assert [counted(boarded, key, before) for key in ("KR-2", "KR-3")] == [both, both]
    assert [told(boarded, key)["total"] for key in ("KR-2", "KR-3")] == [1, 1]
    assert STRAYS in told(boarded, "KR-2")["history_note"]
    assert told(boarded, "KR-1")["history_note"] is None
    assert audit(boarded.runtime) == []


def test_what_left_milestones_of_a_title_counted_there(world: World) -> None:
    site = world.trackers["github"].site
    world.clock.turn(days=-1)
    site.add_repo("acme/web")
    for repo in ("acme/api", "acme/web"):
        number = site.add_milestone(repo, "v2")
        site.add_issue(repo, "Queue", milestone=number, at=world.clock())
    world.clock.turn(days=1)
    world.connect("github")
    repository = key_result("KR-1", link("github:repo:acme/api"))
    world.apply(repository)
    world.sync()
    before = later(world)
    site.edit("acme/api", 1, milestone=None)
    world.poll()
    world.apply(repository, key_result("KR-2", link("github:milestone:acme/*/v2")))
    world.sync()
    assert counted(world, "KR-2", before) == {"acme/api#1", "acme/web#1"}
    assert STRAYS in told(world, "KR-2")["history_note"]


def test_what_another_link_of_the_scope_held_and_nobody_can_ask_about_is_said(
    boarded: World,
) -> None:
    site = boarded.trackers["github"].site
    first = key_result("KR-1", link("github:milestone:acme/api/1"))
    boarded.apply(first)
    boarded.sync()
    before = boarded.clock() - timedelta(minutes=5)
    boarded.clock.turn(minutes=30)
    site.close("acme/api", 2)  # after its history was read
    boarded.poll()
    site.delete("acme/api", 2)
    boarded.clock.turn(hours=7)
    boarded.poll()
    boarded.apply(first, key_result("KR-2", link("github:milestone:acme/api/1")))
    boarded.sync()
    note = told(boarded, "KR-2")["history_note"]
    assert note == (
        "acme/api#2 was gone before its history was read: its days in this scope are told without"
        " it"
    )
    assert counted(boarded, "KR-2", before) == {"acme/api#1"}  # not as it ended
    assert told(boarded, "KR-1")["history_note"] is None


def test_a_number_on_a_board_that_was_left_is_not_taken_for_none(boarded: World) -> None:
    site = boarded.trackers["github"].site
    mappings.save(boarded.runtime, "github", {"points": [POINTS]}, WHO)
    for number in (1, 2):
        site.put_on_project(BOARD, ("acme/api", number), Points=3)
    board = key_result("KR-1", link("github:project:acme/1"))
    boarded.apply(board)
    boarded.sync()
    boarded.clock.turn(hours=1)
    site.take_off_project(BOARD, ("acme/api", 2))
    site.edit("acme/api", 2, title="Elsewhere")
    boarded.poll()
    site.edit("acme/api", 1, milestone=None)
    boarded.apply(
        board, key_result("KR-2", link("github:milestone:acme/api/1", {"share": "points"}))
    )
    boarded.sync()
    note = told(boarded, "KR-2")["history_note"]
    assert "the board of project acme/1, which acme/api#2 has left" in note
    assert note.endswith("its days in this scope are told without it")


def test_what_no_date_tells_and_comes_later_makes_no_difference(boarded: World) -> None:
    site = boarded.trackers["github"].site
    document = {"points": [POINTS], "boards": {"Todo": "doing"}}
    mappings.save(boarded.runtime, "github", document, WHO)
    milestone = key_result(
        "KR-1", link("github:milestone:acme/api/1", {"share": "points"}, statuses={"doing": 0.5})
    )
    site.put_on_project(BOARD, ("acme/api", 2), Points=3)
    site.take_off_project(BOARD, ("acme/api", 1))
    site.edit("acme/api", 2, milestone=None)
    boarded.clock.turn(minutes=1)
    boarded.apply(milestone)
    boarded.sync()
    assert told(boarded, "KR-1")["history_note"] is None
    boarded.clock.turn(hours=1)
    boarded.apply(milestone, key_result("KR-2", link("github:project:acme/1")))
    boarded.sync()
    boarded.tick()
    assert audit(boarded.runtime) == []


def test_a_past_that_is_not_what_its_history_tells_is_found(boarded: World) -> None:
    boarded.apply(key_result("KR-1", link("github:milestone:acme/api/1")))
    boarded.sync()
    with boarded.runtime.store.write() as session:
        session.connection().exec_driver_sql(
            "update contribution set done = 1 where cause = 'history'"
        )
    assert any("is not what its history tells" in each.sentence for each in audit(boarded.runtime))
