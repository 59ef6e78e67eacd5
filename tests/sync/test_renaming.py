"""A connection that is called otherwise: what was said of it by its old name still holds."""

from typing import Any

import pytest
from sqlalchemy import select

from connector.errors import Refused
from connector.store.tables import Dismissal
from sync import connections, inbox, linking, renaming
from sync.audit import audit
from sync.reports import items
from sync.said import Subject
from tests.sync.halves import half_done
from tests.world import World, key_result, link

SCOPE = "jira@jira:project:PLAT"


@pytest.fixture
def read(world: World) -> World:
    """Jira with one of two issues done, linked by a scope that names the connection."""
    return half_done(world, SCOPE)


def rename(world: World, new: str, old: str = "jira") -> None:
    renaming.rename(world.runtime, old, new, author="ada")


def test_links_numbers_and_history_stay(read: World) -> None:
    before, moved = read.report(), read.movements()
    rename(read, "jira-eu")
    after = read.report()
    assert after["links"][0].pop("scope") == "jira@jira-eu:project:PLAT"
    before["links"][0].pop("scope")
    assert after == before
    read.tick()
    assert (read.value(), read.movements()) == (50, moved)
    assert audit(read.runtime) == []


def test_webhooks_still_come_in_by_the_old_name_and_by_the_new(read: World) -> None:
    read.trackers["jira"].site.transition("PLAT-2", "Done")
    assert read.deliver("jira").status == 202  # the old door is known from here on
    rename(read, "jira-eu")
    rename(read, "jira-de", old="jira-eu")
    for name in ("jira", "jira-eu", "jira-de"):
        read.trackers["jira"].site.add_issue("PLAT", name)
        assert read.deliver("jira", name).status == 202
    headers, body = read.last_delivery("jira")
    assert inbox.receive(read.runtime, "nowhere", headers, body).status == 404
    read.poll()
    assert read.report()["links"][0]["items"] == 5


def test_a_plan_file_of_before_changes_nothing(read: World) -> None:
    (held,) = read.rows("link")
    rename(read, "jira-eu")
    done = read.apply(key_result("KR-1", link(SCOPE)))
    assert (done.created, done.updated) == ((), ())
    (now,) = read.rows("link")
    assert (now.id, now.ended_at, now.scope) == (held.id, None, "jira@jira-eu:project:PLAT")


def test_names_are_unique_and_told_so(read: World) -> None:
    read.connect("github", "code")
    read.connect("github", "gone")
    connections.disconnect(read.runtime, "gone")
    for wanted, said in (
        ("code", "another connection is called code"),
        ("gone", "a connection called gone was disconnected and keeps its history"),
        ("jira", "it is called jira already"),
        ("Jira EU", "use up to 32 of a-z"),
        ("", "use up to 32 of a-z"),
        ("x" * 33, "use up to 32 of a-z"),
    ):
        with pytest.raises(Refused, match=said):
            rename(read, wanted)
    with pytest.raises(Refused, match="there is no connection 'nowhere'"):
        rename(read, "jira-eu", old="nowhere")
    assert [row.name for row in read.rows("connection")] == ["jira", "code", "gone"]


def test_a_former_name_is_no_other_connection_s(read: World) -> None:
    read.connect("github", "code")
    rename(read, "jira-eu")
    said = "jira-eu was called jira before"
    with pytest.raises(Refused, match=said):
        rename(read, "jira", old="code")
    with pytest.raises(Refused, match=said):
        read.connect("github", "jira")
    with pytest.raises(Refused, match="jira is called jira-eu now"):
        connections.again(read.runtime, "jira")
    rename(read, "jira", old="jira-eu")  # its own it may have again
    assert [row.name for row in read.rows("former_name")] == ["jira-eu"]
    assert read.report()["links"][0]["scope"] == SCOPE


def test_a_name_given_away_during_a_test_is_not_taken_over(
    read: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried = connections._try

    def late(*given: Any) -> Any:
        found = tried(*given)
        rename(read, "jira-eu")
        return found

    monkeypatch.setattr(connections, "_try", late)
    with pytest.raises(Refused, match="jira-eu was called jira before"):
        read.connect("jira")
    assert [row.name for row in read.rows("connection")] == ["jira-eu"]
    read.trackers["jira"].site.transition("PLAT-2", "Done")
    assert read.deliver("jira").status == 202


def test_a_link_that_waits_for_the_new_name_is_read(world: World) -> None:
    world.apply(key_result("KR-1", link("jira@eu:project:PLAT")))
    world.connect("jira")
    world.trackers["jira"].site.add_issue("PLAT", "One")
    world.poll()
    assert world.value() is None
    rename(world, "eu")
    world.poll()
    assert world.value() == 0


def test_what_was_dismissed_stays_so_and_items_are_found_by_either_name(read: World) -> None:
    subject = Subject("now", "KR-1", "ada")
    linking.dismiss(read.runtime, subject, "jira@jira:epic:PLAT-1")
    rename(read, "jira-eu")
    with read.runtime.store.read() as session:
        assert session.scalars(select(Dismissal.scope)).all() == ["jira@jira-eu:epic:PLAT-1"]
        for place in ("jira@jira", "jira@jira-eu"):
            assert items.find_item(session, f"{place}:PLAT-1").item.key == "PLAT-1"


def test_a_name_is_free_again_once_the_connection_that_had_it_ended(read: World) -> None:
    rename(read, "jira-eu")
    connections.disconnect(read.runtime, "jira-eu")
    read.connect("jira")
    assert read.rows("former_name") == []
    read.connect("jira", "jira-eu")  # the one that ended goes on
    read.apply(key_result("KR-1", link(SCOPE)))
    read.poll()
    assert (read.link()["scope"], read.value()) == (SCOPE, 50)
