"""What a connection reads and what for: what is needed, and boards by what they show."""

from typing import Any

from sync import reports
from tests.world import World, key_result, link


def listed(world: World) -> dict[str, tuple[int, tuple[str, ...]]]:
    with world.runtime.store.read() as session:
        found = reports.connection_reports(
            session, world.clock(), world.runtime.settings, world.runtime.trackers
        )
    (one,) = (each for each in found if each.tracker == "github")
    return {each.key: (each.items, each.reads) for each in one.sources}


def test_a_board_shows_what_lies_on_it_and_what_nothing_needs_is_not_listed(
    connected: World, github: Any
) -> None:
    site = github.site
    site.add_repo("acme/web")
    site.add_project("acme", "The board")
    for number, place in enumerate(("acme/api", "acme/api", "acme/web"), 1):
        made = site.add_issue(place, f"Step {number}", milestone=1 if place == "acme/api" else None)
        site.put_on_project(("acme", 1), (place, made), Estimate=number)
    board, milestone = link("github:project:acme/1"), link("github:milestone:acme/api/1")
    connected.apply(key_result("KR-1", board), key_result("KR-2", milestone))
    connected.sync()
    assert listed(connected) == {
        "acme/api": (2, ("1 link",)),
        "acme/projects/1": (3, ("1 link",)),
    }
    connected.connect("github", options={"repositories": "acme/web", "conventions": "acme/api"})
    connected.apply(key_result("KR-1", board), key_result("KR-2", links=[]))
    connected.sync()
    assert listed(connected) == {
        "acme/api": (2, ("what names key results in it",)),
        "acme/projects/1": (3, ("1 link",)),
        "acme/web": (1, ("coverage",)),
    }
    connected.apply(key_result("KR-1", links=[]), key_result("KR-2", links=[]))
    assert "acme/projects/1" not in listed(connected)
