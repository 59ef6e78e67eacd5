"""An ended link is brought back for good, or it is said why it cannot be."""

from typing import Any

import pytest

from connector.errors import Refused
from connector.okr import LinkRule
from sync import connections, linking
from sync.said import Subject
from tests.world import EMAIL, World, key_result

LEAD = Subject("now", "KR-1", "Platform lead")


@pytest.fixture
def ended(connected: World, jira: Any) -> World:
    """A link that ended just now."""
    epic = jira.site.add_issue("PLAT", "Move the queue", "Epic").key
    for number in range(2):
        jira.site.add_issue("PLAT", f"Step {number}", parent=epic)
    jira.site.transition("PLAT-2", "Done")
    connected.apply(key_result("KR-1"))
    linking.add(connected.runtime, LEAD, "jira:epic:PLAT-1", LinkRule())
    connected.sync()
    linking.remove(connected.runtime, one(connected).id, author="Platform lead")
    return connected


def one(world: World) -> Any:
    (row,) = world.rows("link")
    return row


def restore(world: World) -> None:
    linking.restore(world.runtime, LEAD, one(world).id)


def test_it_counts_again_from_where_it_stood(ended: World) -> None:
    assert ended.report()["value"] is None
    restore(ended)
    assert (one(ended).ended_at, one(ended).ended_by, ended.value()) == (None, None, 50)
    with pytest.raises(Refused, match="counts for KR-1 already"):
        restore(ended)


def test_a_link_that_its_item_asked_for_is_a_persons_from_then_on(world: World, jira: Any) -> None:
    epic = jira.site.add_issue("PLAT", "Move the queue", "Epic", labels=["okr-KR-1"]).key
    options = {"email": EMAIL, "conventions": "plat"}
    assert world.connect("jira", options=options).error is None
    world.apply(key_result("KR-1"))
    world.sync()
    assert one(world).origin == "convention"
    jira.site.edit(epic, labels=[])
    world.sync()
    assert one(world).ended_at is not None
    restore(world)
    world.sync(full=True)
    assert (one(world).ended_at, one(world).origin) == (None, "person")


def test_a_connection_that_is_gone_is_named(ended: World) -> None:
    connections.disconnect(ended.runtime, "jira")
    with pytest.raises(Refused, match="read by the connection jira, which is disconnected"):
        restore(ended)
    assert ended.connect("jira").error is None
    restore(ended)
    assert one(ended).ended_at is None


def test_a_second_connection_since_is_no_hindrance(ended: World) -> None:
    assert ended.connect("jira", "eu", options={"email": EMAIL}).error is None
    restore(ended)
    assert (one(ended).ended_at, one(ended).connection_id) == (None, 1)
    with pytest.raises(Refused, match="KR-1 counts jira:epic:PLAT-1 already"):
        linking.add(ended.runtime, LEAD, "jira@jira:epic:PLAT-1", LinkRule())


def test_what_was_linked_anew_meanwhile_is_not_doubled(ended: World) -> None:
    linking.add(ended.runtime, LEAD, "jira:epic:plat-1", LinkRule())
    first = min(each.id for each in ended.rows("link"))
    with pytest.raises(Refused, match="KR-1 counts jira:epic:plat-1 already"):
        linking.restore(ended.runtime, LEAD, first)
    ended.clock.turn(days=2)
    with pytest.raises(Refused, match="ended more than a day ago"):
        linking.restore(ended.runtime, LEAD, first)
