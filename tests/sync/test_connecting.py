"""Connections come, change, go and come back."""

import pytest

from connector.errors import Refused
from integrations.simulators import start_jira
from sync import connections, pipeline
from tests.world import World, key_result, link


@pytest.fixture
def linked(connected: World, jira) -> World:
    for number in (1, 2):
        jira.site.add_issue("PLAT", f"Item {number}", points=2.0)
    jira.site.transition("PLAT-1", "Done")
    connected.apply(key_result("KR-1", link("jira:project:PLAT", {"share": "points"})))
    connected.sync()
    return connected


def test_disconnecting_forgets_the_token_and_keeps_history(linked: World, jira) -> None:
    assert connections.disconnect(linked.runtime, "jira") == 1
    (row,) = linked.rows("connection", name="jira")
    assert (row.token_cipher, row.hook_cipher) == (b"", b"")
    before = linked.calls("jira")
    linked.clock.turn(hours=10)
    linked.poll()
    assert linked.calls("jira") == before
    assert linked.value() == 50
    assert "disconnected; connect jira again" in linked.link()["error"]
    assert linked.deliver_any("jira") == 404
    with pytest.raises(Refused, match="no connection 'jira'; there are: github"):
        connections.disconnect(linked.runtime, "jira")


def test_connecting_again_goes_on_with_the_same_links_and_a_new_secret(linked: World, jira) -> None:
    old = linked.secrets["jira"]
    connections.disconnect(linked.runtime, "jira")
    jira.site.transition("PLAT-2", "Done", at=linked.clock.turn(hours=1))
    again = linked.connect("jira")
    assert again.is_new
    assert again.hook_secret not in {None, old}
    linked.poll()
    assert (linked.value(), linked.link()["error"]) == (100, None)
    assert len(linked.rows("link")) == 1
    assert linked.movements()[-1] == ("finished", "PLAT-2")


def test_disconnecting_during_a_drain_ends_it_for_good(linked: World, jira, monkeypatch) -> None:
    linked.clock.turn(minutes=2)
    jira.site.transition("PLAT-2", "Done")
    finish = pipeline.finish

    def late(*given, **more):
        connections.disconnect(linked.runtime, "jira")
        return finish(*given, **more)

    monkeypatch.setattr(pipeline, "finish", late)
    linked.poll()
    monkeypatch.undo()
    linked.clock.turn(hours=1)
    before = linked.calls("jira")
    linked.poll()
    assert linked.calls("jira") == before
    assert linked.rows("connection", name="jira")[0].broken_at is not None


def test_updating_a_connection_keeps_its_secret_and_its_numbers(linked: World) -> None:
    again = linked.connect("jira")
    assert (again.is_new, again.hook_secret) == (False, None)
    linked.poll()
    assert linked.value() == 50
    assert len(linked.rows("connection")) == 2


def test_another_story_point_field_reads_everything_anew(linked: World, jira) -> None:
    jira.site.edit("PLAT-2", customfield_10036=6.0)
    jira.site.edit("PLAT-1", customfield_10036=2.0)
    linked.tick()
    linked.clock.turn(hours=1)
    options = {"email": "admin@example.com", "story_points": "customfield_10036"}
    assert linked.connect("jira", options=options).error is None
    linked.poll()
    assert (linked.value(), linked.link()["total"]) == (25, 8)


def test_a_connection_moved_to_another_site_shows_only_that_one(linked: World) -> None:
    with start_jira() as other:
        other.site.add_project("PLAT", "Platform")
        for _ in range(3):
            other.site.next_id += 1000
            other.site.add_issue("PLAT", "Other", points=1.0)
        linked.trackers["jira"] = other
        assert linked.connect("jira").error is None
        linked.poll()
        assert (linked.link()["items"], linked.value()) == (3, 0)


def test_a_name_belongs_to_one_kind_of_tracker(linked: World) -> None:
    with pytest.raises(Refused, match="jira is a jira connection"):
        linked.connect("github", "jira")


def test_two_sites_with_the_same_keys_do_not_mix(linked: World) -> None:
    with start_jira() as other:
        other.site.add_project("PLAT", "Platform")
        other.site.add_issue("PLAT", "Elsewhere", points=8.0)
        linked.trackers["jira"] = other
        linked.connect("jira", "eu")
        linked.apply(
            key_result("KR-1", link("jira@jira:project:PLAT", {"share": "points"})),
            key_result("KR-2", link("jira@eu:project:PLAT", {"share": "points"})),
        )
        linked.poll()
        assert [linked.link(key)["total"] for key in ("KR-1", "KR-2")] == [4, 8]


def test_no_token_or_secret_lies_open_in_the_database(linked: World, tmp_path) -> None:
    stored = b"".join(path.read_bytes() for path in tmp_path.glob("worklift.db*"))
    assert b"PLAT-1" in stored
    for secret in ("jira-token", "github-token", *linked.secrets.values()):
        assert secret.encode() not in stored


def test_what_was_found_out_outlives_a_failed_test_of_the_same_site(connected: World, jira) -> None:
    found = connected.rows("connection", name="jira")[0].options["detected"]
    jira.faults.add("error")
    assert connected.connect("jira").error is not None
    assert connected.rows("connection", name="jira")[0].options["detected"] == found


def test_an_email_left_out_is_not_sent_any_more(connected: World) -> None:
    connected.connect("jira", options={})
    assert "email" not in connected.rows("connection", name="jira")[0].options
