"""A parent that is moved stays the same: its links go on, whatever its key is by now."""

from typing import Any

import pytest
from sqlalchemy import select

from connector.okr import LinkRule
from connector.store.tables import Link
from integrations.simulators import start_jira
from sync import preview
from tests.noted import Noted, noted
from tests.world import World, key_result, link

EPIC = "jira:epic:PLAT-1"


def filled(world: World) -> Any:
    """PLAT-1 with four stories, one done, linked and read; and another project OPS."""
    site = world.trackers["jira"].site
    site.add_project("OPS", "Operations")
    site.add_issue("PLAT", "Queue", "Epic")
    for number in range(4):
        site.add_issue("PLAT", f"Story {number}", parent="PLAT-1")
    site.transition("PLAT-2", "Done")
    world.apply(key_result("KR-1", link(EPIC)))
    world.sync()
    world.clock.turn(minutes=2)
    return site


@pytest.fixture
def moving(connected: World) -> World:
    filled(connected)
    return connected


def moved(world: World) -> Any:
    site = world.trackers["jira"].site
    site.move("PLAT-1", "OPS")
    return site


def settled(world: World) -> None:
    for _ in range(2):
        world.clock.turn(minutes=5)
        world.poll()
    world.clock.turn(hours=7)
    world.poll()


def test_a_link_goes_on_after_its_epic_was_moved(moving: World) -> None:
    site = moved(moving)
    settled(moving)
    assert (moving.value(), moving.link()["items"], moving.link()["error"]) == (25, 4, None)
    new = site.add_issue("OPS", "Born there", parent="OPS-1", at=moving.clock.turn(minutes=2))
    site.transition(new.key, "Done", at=moving.clock.turn(minutes=2))
    settled(moving)
    assert (moving.value(), moving.link()["items"]) == (40, 5)


def test_its_past_is_told_under_both_names(moving: World) -> None:
    before = moving.explain()["links"][0]["past"]
    moved(moving)
    moving.apply(key_result("KR-2", link(EPIC)), key_result("KR-1", link(EPIC)))
    settled(moving)
    assert moving.explain()["links"][0]["past"] == before


def test_moved_back_it_is_called_as_it_was_linked(moving: World) -> None:
    site = moved(moving)
    settled(moving)
    site.move("OPS-1", "PLAT")
    settled(moving)
    assert (moving.value(), moving.link()["items"]) == (25, 4)


def test_its_notes_stay_with_it(connected: World) -> None:
    told: Noted = noted(connected)
    told.site.add_project("OPS", "Operations")
    told.ask("epic")
    told.send()
    assert told.titles() == ["Key result KR-1: 33 %, on track"]
    told.site.move("PLAT-1", "OPS")
    settled(told.world)
    told.send()
    assert told.titles("OPS-1") == ["Key result KR-1: 33 %, on track"]


def test_data_center_counts_children_by_either_name(world: World) -> None:
    """There children name their epic by its key alone, each by the one it had when last read."""
    with start_jira(deployment="datacenter") as jira:
        jira.site.add_project("PLAT", "Platform")
        world.trackers["jira"] = jira
        jira.site.now = world.clock
        world.connect("jira")
        site = filled(world)
        site.move("PLAT-1", "OPS")
        settled(world)
        assert (world.value(), world.link()["items"]) == (25, 4)
        site.transition("PLAT-3", "Done", at=world.clock.turn(minutes=2))
        settled(world)
        assert (world.value(), world.link()["items"]) == (50, 4)


FORMER = "jira:epic:PLAT-1"


def former(world: World) -> Any:
    """The epic was moved to OPS before anybody linked it by the key it had."""
    site = world.trackers["jira"].site
    site.add_project("OPS", "Operations")
    site.add_issue("PLAT", "Queue", "Epic")
    for number in range(3):
        site.add_issue("PLAT", f"Story {number}", parent="PLAT-1")
    site.transition("PLAT-2", "Done")
    site.move("PLAT-1", "OPS")
    return site


def test_a_link_by_a_key_from_before_a_move_counts_what_lies_there_today(connected: World) -> None:
    site = former(connected)
    connected.apply(key_result("KR-1", link(FORMER)))
    connected.sync()
    assert (connected.link()["items"], connected.link()["error"]) == (3, None)
    assert connected.value() == pytest.approx(100 / 3)
    born = site.add_issue("OPS", "Born there", parent="OPS-1", at=connected.clock.turn(minutes=2))
    site.transition(born.key, "Done", at=connected.clock.turn(minutes=2))
    settled(connected)
    assert (connected.value(), connected.link()["items"]) == (50, 4)


def test_a_link_that_found_nothing_by_a_former_key_finds_it_at_the_next_sweep(
    connected: World,
) -> None:
    site = former(connected)
    connected.apply(key_result("KR-1", link(FORMER), link("jira:project:OPS")))
    connected.sync()
    with connected.runtime.store.write() as session:
        for each in session.scalars(select(Link)):
            each.root_id = each.root_key = None  # as an earlier Worklift left it
    site.add_issue("OPS", "Elsewhere", at=connected.clock.turn(minutes=2))
    settled(connected)
    assert connected.link()["items"] == 3


def test_a_dry_run_by_a_former_key_shows_what_would_count(connected: World) -> None:
    former(connected)
    connected.apply(key_result("KR-1"))
    (shown,) = preview.preview_link(connected.runtime, "now", "KR-1", FORMER, LinkRule(depth=2))
    assert shown.effect.counted == 3


def test_a_key_that_never_was_finds_nothing_and_says_so(connected: World) -> None:
    former(connected)
    connected.apply(key_result("KR-1", link("jira:epic:PLAT-99")))
    connected.sync()
    assert "PLAT-99" in (connected.link()["error"] or "")
