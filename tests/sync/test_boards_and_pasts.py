"""Numbers of 0 on a board, pasts that were told once, and repositories that were out of sight."""

import pytest

from sync.gone import is_deletion
from tests.world import World, key_result, link

POINTS = "field:project:acme/1/Points"


def test_a_number_of_zero_is_a_number(world: World) -> None:
    site = world.trackers["github"].site
    site.add_project("acme", "Board")
    for number, points in ((1, 0), (2, 5)):
        site.add_issue("acme/api", f"Issue {number}")
        site.put_on_project(("acme", 1), ("acme/api", number), Points=points)
    world.connect("github")
    smallest = {"number": "min", "of": POINTS, "over": "all"}
    world.apply(
        key_result("KR-1", link("github:project:acme/1?Points=@none")),
        key_result("KR-2", link("github:project:acme/1?Points<=1")),
        key_result("KR-3", link("github:project:acme/1", smallest), unit=""),
    )
    world.sync()
    assert [world.link(key)["items"] for key in ("KR-1", "KR-2", "KR-3")] == [0, 1, 2]
    assert world.link("KR-3")["reading"] == 0


def test_a_past_told_once_and_refused_since_is_not_told_from_old_events(world: World) -> None:
    site = world.trackers["github"].site
    site.add_issue("acme/api", "Queue", milestone=1)
    world.connect("github")
    milestone = key_result("KR-1", link("github:milestone:acme/api/1"))
    world.apply(milestone)
    world.sync()
    world.clock.turn(minutes=30)
    site.close("acme/api", 1)
    # GitHub lost the event of this label.
    site.item("acme/api", 1).fields["labels"] = [site.label(site.repo("acme/api"), "okr")]
    world.poll()
    world.apply(milestone, key_result("KR-2", link("github:repo:acme/api")))
    world.sync()
    note = world.explain("KR-2")["links"][0]["history_note"]
    assert "kept no event" in note


@pytest.mark.parametrize("left", [False, True])
def test_what_can_be_seen_again_is_not_said_to_be_hidden(world: World, *, left: bool) -> None:
    site = world.trackers["github"].site
    site.add_milestone("acme/api", "v2")
    for number in range(2):
        site.add_issue("acme/api", f"Issue {number}", milestone=2)
    world.connect("github")
    world.apply(
        key_result("KR-1", link("github:milestone:acme/*/v2")),
        key_result("KR-2", link("github:repo:acme/api")),
    )
    world.sync()
    site.hide_repo("acme/api")
    if left:
        site.edit("acme/api", 2, milestone=1)
    world.clock.turn(hours=1)
    world.poll()
    site.show_repo("acme/api")
    for _ in range(2):
        world.clock.turn(hours=7)
        world.poll()
        world.tick()
    assert [world.link(key)["error"] for key in ("KR-1", "KR-2")] == [None, None]


def test_an_issue_linked_by_itself_keeps_its_number_when_it_is_deleted(world: World) -> None:
    site = world.trackers["github"].site
    for title in ("Queue", "Retry"):
        site.add_issue("acme/api", title)
    world.connect("github")
    world.hook("github")
    world.apply(key_result("KR-1", link("github:issue:acme/api/2")))
    world.poll()
    site.close("acme/api", 2)
    world.tick()
    site.delete("acme/api", 2)
    assert world.deliver("github").status == 202
    world.poll()
    found = world.link()
    assert (found["done"], found["total"]) == (1, 1)
    assert "acme/api#2 was deleted" in found["error"]


@pytest.mark.parametrize(
    ("reason", "certain"),
    [
        ("deleted in the tracker", True),
        ("deleted at GitHub, or made a discussion there", True),
        ("deleted in the tracker, or no longer visible with this token", False),
        ("deleted, or hidden by an issue security level", False),
        ("transferred to acme/web#12", False),
        (None, False),
    ],
)
def test_only_what_was_certainly_deleted_is_called_so(reason: str | None, *, certain: bool) -> None:
    assert is_deletion(reason) is certain
