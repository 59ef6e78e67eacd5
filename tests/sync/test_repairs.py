"""What a poll mends though webhooks are on is counted, and so is what reading costs."""

import pytest

from tests.world import World, key_result, link


@pytest.fixture
def hooked(connected: World, jira) -> World:
    for number in (1, 2, 3):
        jira.site.add_issue("PLAT", f"Item {number}", at=connected.clock.turn(seconds=1))
    connected.apply(key_result("KR-1", link("jira:project:PLAT")))
    connected.sync()
    connected.hook("jira")
    jira.site.transition("PLAT-1", "Done", at=connected.clock.turn(minutes=1))
    assert connected.deliver("jira").status == 202
    connected.sync()
    return connected


def counted(world: World) -> tuple[int, int, int, int]:
    (row,) = world.rows("source")
    return row.drains, row.calls, row.items_read, row.repaired


def test_what_a_delivery_named_was_not_mended_by_a_poll(hooked: World) -> None:
    assert counted(hooked)[3] == 0


def test_a_change_no_delivery_told_of_is_counted_once(hooked: World, jira) -> None:
    jira.site.transition("PLAT-2", "Done", at=hooked.clock.turn(minutes=1))  # its delivery is lost
    jira.site.transition("PLAT-3", "Done", at=hooked.clock.turn(minutes=1))
    assert hooked.deliver("jira").status == 202
    hooked.sync()
    hooked.clock.turn(minutes=5)
    hooked.sync()
    assert counted(hooked)[3] == 1


def test_without_webhooks_nothing_is_mended(connected: World, jira) -> None:
    jira.site.add_issue("PLAT", "Item", at=connected.clock.turn(seconds=1))
    connected.apply(key_result("KR-1", link("jira:project:PLAT")))
    connected.sync()
    jira.site.transition("PLAT-1", "Done", at=connected.clock.turn(minutes=5))
    connected.sync()
    assert counted(connected)[3] == 0


def test_every_look_is_counted_those_that_fail_too(hooked: World, jira) -> None:
    drains, calls, _, _ = counted(hooked)
    before = hooked.calls("jira")
    jira.faults.add("error")
    hooked.clock.turn(minutes=5)
    (failed,) = hooked.sync()
    assert failed.error
    jira.faults.clear()
    hooked.clock.turn(hours=2)
    hooked.sync()
    after = counted(hooked)
    assert after[0] == drains + 2
    assert after[1] - calls == hooked.calls("jira") - before


@pytest.mark.parametrize("scope", ["github:repo:acme/api", "github:milestone:acme/*/v1"])
def test_a_repository_that_is_renamed_or_goes_elsewhere_mends_nothing(
    connected: World, github, scope: str
) -> None:
    site = github.site
    for number in range(3):
        site.add_issue("acme/api", f"Item {number}", milestone=1)
    connected.apply(key_result("KR-1", link(scope)))
    connected.sync()
    connected.hook("github")
    site.close("acme/api", 1, at=connected.clock.turn(minutes=1))
    assert connected.deliver("github").status == 202
    connected.sync()
    site.rename_repo("acme/api", "gateway")
    for _ in range(3):
        connected.tick()
    assert {row.place for row in connected.rows("item")} == {"acme/gateway"}
    assert sum(row.repaired for row in connected.rows("source")) == 0
