"""Initiative, epic, story on a Data Center: counted to a depth, moved, and told back in time."""

from typing import Any

import pytest

from integrations.simulators import start_jira
from tests.world import World, key_result, link

TOP = "jira:epic:TOP-1"


@pytest.fixture
def jira() -> Any:
    with start_jira(deployment="datacenter") as running:
        site = running.site
        for key in ("PLAT", "TOP", "LOW"):
            site.add_project(key, key)
        for name in ("Payments", "Speed"):
            site.add_issue("TOP", name, "Initiative")
        site.add_issue("PLAT", "Queue", "Epic", parent="TOP-1")
        for number in range(3):
            site.add_issue("LOW", f"Story {number}", parent="PLAT-1")
        site.add_issue("LOW", "Part", "Sub-task", parent="LOW-1")
        site.transition("LOW-2", "Done")
        yield running


def counted(world: World, position: int = 0, key: str = "KR-1") -> set[str]:
    parts = world.explain(key)["links"][position]["contributions"]
    return {each["item"] for each in parts if each["included"]}


def settled(world: World) -> None:
    for _ in range(3):
        world.tick()


def test_stories_below_an_initiative_count_to_the_depth_that_is_asked(connected: World) -> None:
    connected.apply(key_result("KR-1", link(TOP, depth=2)), key_result("KR-2", link(TOP, depth=3)))
    connected.sync()
    settled(connected)
    assert counted(connected) == {"LOW-1", "LOW-2", "LOW-3"}
    assert connected.value() == pytest.approx(100 / 3)
    assert connected.link("KR-2")["items"] == 5
    assert "parent" in str(connected.part("PLAT-1"))


def test_an_initiative_in_a_linked_project_is_no_work(connected: World) -> None:
    connected.apply(key_result("KR-1", link("jira:project:TOP")))
    connected.sync()
    assert counted(connected) == set()


def test_an_epic_that_goes_to_another_initiative_takes_its_stories_along(
    connected: World, jira: Any
) -> None:
    links = (link(TOP, depth=2), link("jira:epic:TOP-2", depth=2))
    connected.apply(key_result("KR-1", *links))
    connected.sync()
    settled(connected)
    assert (len(counted(connected)), counted(connected, 1)) == (3, set())
    jira.site.edit("PLAT-1", parent="TOP-2", at=connected.clock.turn(minutes=2))
    settled(connected)
    assert (counted(connected), len(counted(connected, 1))) == (set(), 3)


def test_a_version_that_was_renamed_says_so_after_everything_was_read_anew(
    connected: World, jira: Any
) -> None:
    jira.site.add_version("PLAT", "2.0")
    connected.apply(key_result("KR-1", link("jira:version:PLAT/2.0")))
    connected.sync()
    jira.site.rename_version("PLAT", "2.0", "2.1")
    connected.sync(full=True)
    said = "Version 2.0 of PLAT is called 2.1 now; change the link to jira:version:PLAT/2.1."
    assert connected.link()["error"] == said
    grown = link("jira:project:LOW")
    connected.apply(key_result("KR-1", link("jira:version:PLAT/2.0"), grown))
    connected.sync()
    assert connected.link()["error"] == said
