"""Deliveries make changes fast, and can never make them wrong."""

import json
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from integrations.simulators.jira.linking import KINDS, unlink
from integrations.simulators.jira.linking import link as link_issues
from sync import doctor, inbox, refusals, schedule
from sync.audit import audit
from tests.world import World, key_result, link


@pytest.fixture
def linked(connected: World, jira, github) -> World:
    for number in (1, 2):
        jira.site.add_issue("PLAT", f"Item {number}")
        github.site.add_issue("acme/api", f"Change {number}", milestone=1)
    connected.apply(
        key_result("KR-1", link("jira:project:PLAT")),
        key_result("KR-2", link("github:milestone:acme/api/1")),
    )
    connected.sync()
    connected.clock.turn(seconds=5)
    return connected


def close(world: World, tracker: str) -> None:
    site = world.trackers[tracker].site
    if tracker == "jira":
        site.transition("PLAT-1", "Done")
    else:
        site.close("acme/api", 1)


@pytest.mark.parametrize(("tracker", "key"), [("jira", "KR-1"), ("github", "KR-2")])
def test_a_delivery_moves_the_score_at_once(linked: World, tracker: str, key: str) -> None:
    assert linked.poll() == []
    close(linked, tracker)
    assert linked.deliver(tracker).status == 202
    assert len(linked.waiting()) == 1
    linked.poll()
    assert linked.value(key) == 50
    assert linked.waiting() == []
    assert linked.rows("hint") == []


@pytest.mark.parametrize(("tracker", "key"), [("jira", "KR-1"), ("github", "KR-2")])
def test_a_delivery_that_was_lost_is_made_up_for_by_the_poll(
    linked: World, tracker: str, key: str
) -> None:
    linked.trackers[tracker].faults.add("drop_webhooks")
    close(linked, tracker)
    linked.poll()
    assert linked.value(key) == 0
    linked.tick()
    assert linked.value(key) == 50


def test_an_item_the_search_does_not_show_yet_is_read_by_its_id(linked: World, jira) -> None:
    jira.site.index_delay = 60
    close(linked, "jira")
    linked.deliver("jira")
    linked.poll()
    assert linked.value() == 50


def test_what_was_deleted_before_it_was_linked_is_no_ghost_of_a_late_search(
    linked: World, jira
) -> None:
    jira.site.add_project("OPS", "Operations")
    for name in ("Kept", "Deleted"):
        jira.site.add_issue("OPS", name)
    jira.site.index_delay = 1e9
    jira.site.delete("OPS-2")
    assert linked.deliver("jira").status == 202
    linked.poll()
    linked.apply(
        key_result("KR-1", link("jira:project:PLAT")),
        key_result("KR-2", link("github:milestone:acme/api/1")),
        key_result("KR-3", link("jira:project:OPS")),
    )
    linked.poll()
    there = [row.key for row in linked.rows("item") if row.gone_at is None and "OPS" in row.key]
    assert there == ["OPS-1"]
    linked.clock.turn(hours=2)
    linked.poll()
    assert linked.rows("hint") == []


def test_a_doubled_delivery_counts_once(linked: World) -> None:
    close(linked, "jira")
    assert [linked.deliver("jira").status for _ in range(3)] == [202, 202, 202]
    assert len(linked.rows("delivery")) == 1
    assert len(linked.rows("hint")) == 1
    linked.poll()
    assert linked.deliver("jira").status == 202
    assert linked.waiting() == []


def test_late_and_reordered_deliveries_end_in_the_trackers_state(linked: World, jira) -> None:
    close(linked, "jira")
    early = linked.last_delivery("jira")
    linked.clock.turn(seconds=5)
    jira.site.transition("PLAT-1", "To Do")
    linked.deliver("jira")
    linked.poll()
    assert inbox.receive(linked.runtime, "jira", *early).status == 202
    linked.poll()
    assert linked.value() == 0


def test_a_forged_delivery_is_refused_and_marks_nothing(linked: World) -> None:
    close(linked, "jira")
    headers, body = linked.last_delivery("jira")
    for forged in (
        ({}, body),
        (headers, body + b" "),
        ({**headers, "X-Hub-Signature": "sha256=é"}, body),
    ):
        assert inbox.receive(linked.runtime, "jira", *forged).status == 401
    linked.clock.turn(seconds=5)
    refusals.settle(linked.runtime)
    assert linked.waiting() == []
    assert linked.rows("delivery") == []
    jira, *_ = linked.rows("connection", name="jira")
    assert jira.refused_deliveries == 3
    assert jira.delivered_at is None
    (check,) = [e for e in doctor.examine(linked.runtime) if e.name == "webhooks jira"]
    assert not check.ok
    assert "3 deliveries were refused" in check.message
    assert "the signature does not fit" in check.message
    assert "compare the secret" in check.fix
    assert inbox.receive(linked.runtime, "jira", headers, body).status == 202
    linked.clock.turn(seconds=5)
    linked.poll()
    assert "webhooks jira" not in {e.name for e in doctor.examine(linked.runtime)}


def test_a_storm_of_forged_deliveries_is_one_write_and_one_line_a_span(linked: World) -> None:
    def forge(times: int) -> None:
        for _ in range(times):
            assert inbox.receive(linked.runtime, "jira", {}, b"{}").status == 401

    def stored() -> int:
        return int(linked.rows("connection", name="jira")[0].refused_deliveries)

    with capture_logs() as lines:
        forge(40)
        assert stored() == 1
        linked.clock.turn(seconds=4)
        refusals.settle(linked.runtime)
        assert stored() == 1
        linked.clock.turn(seconds=1)
        forge(1)
        assert stored() == 41
        forge(9)
        linked.clock.turn(seconds=20)
        schedule.sweep(linked.runtime)
        assert stored() == 50
        refusals.settle(linked.runtime)
    told = [each for each in lines if each["event"] == "delivery.refused"]
    assert [(each["connection"], each["count"]) for each in told] == [
        ("jira", 1), ("jira", 40), ("jira", 9),
    ]  # fmt: skip


def test_refusals_are_stored_although_the_clock_was_set_back(linked: World) -> None:
    for _ in range(2):
        inbox.receive(linked.runtime, "jira", {}, b"{}")
        linked.clock.turn(hours=-1)
    assert linked.rows("connection", name="jira")[0].refused_deliveries == 2


def test_the_secret_of_one_connection_opens_no_other(linked: World) -> None:
    linked.connect("jira", "other")
    close(linked, "jira")
    assert linked.deliver("jira", "other").status == 401


def test_a_delivery_for_nobody_is_not_found(linked: World) -> None:
    close(linked, "jira")
    assert linked.deliver("jira", "nobody").status == 404


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'{"issue": 7}', b"\xff", b"[" * 50_000])
def test_a_signed_delivery_that_cannot_be_read_is_told_so_and_changes_nothing(
    linked: World, jira, body: bytes
) -> None:
    jira.site.postman.post("jira:issue_updated", body.decode("latin-1"))
    status = linked.deliver("jira").status
    assert status == 422
    assert linked.waiting() == []


def test_a_delivery_about_something_unlinked_costs_nothing(linked: World, github) -> None:
    github.site.add_repo("acme/web")
    github.site.add_issue("acme/web", "Elsewhere")
    assert linked.deliver("github").status == 202
    assert linked.waiting() == []
    assert linked.poll() == []


def test_a_delivery_about_an_item_outside_every_scope_counts_nowhere(linked: World, jira) -> None:
    jira.site.add_project("OPS", "Operations")
    jira.site.add_issue("OPS", "Elsewhere")
    assert linked.deliver("jira").status == 202
    linked.poll()
    assert linked.link()["items"] == 2
    assert audit(linked.runtime) == []


def test_a_renamed_milestone_is_read_without_an_item(linked: World, github) -> None:
    github.site.edit_milestone("acme/api", 1, title="v1.1")
    assert linked.deliver("github").status == 202
    assert len(linked.waiting()) == 1


@pytest.mark.parametrize("text", ["a\x00b", "\ud800", "x" * 5000])
def test_strange_words_in_a_delivery_are_kept_out_of_trouble(
    linked: World, jira, text: str
) -> None:
    body = {
        "webhookEvent": f"jira:issue_updated{text}",
        "timestamp": 1,
        "issue": {"id": "1", "key": text},
    }
    jira.site.postman.post("jira:issue_updated", json.dumps(body))
    assert linked.deliver("jira").status in {202, 422}
    linked.poll()
    assert linked.value() == 0


def test_a_renamed_version_is_counted_by_its_new_name_after_one_drain(
    connected: World, jira
) -> None:
    site = jira.site
    for name in ("2.0", "3.0"):
        site.add_version("PLAT", name)
    long_ago = connected.clock() - timedelta(hours=2)
    site.add_issue("PLAT", "Released with it", fix_versions=["2.0"], at=long_ago)
    site.add_issue("PLAT", "Newer")
    connected.apply(key_result("KR-1", link("jira:version:PLAT/3.0")))
    connected.sync()
    connected.clock.turn(minutes=1)
    with site.quiet():
        site.rename_version("PLAT", "3.0", "4.0")
        site.rename_version("PLAT", "2.0", "3.0")
    connected.clock.turn(minutes=2)
    connected.poll()
    assert connected.link()["items"] == 0
    site.release_version("PLAT", "3.0")
    assert connected.deliver("jira").status == 202
    (source,) = connected.rows("source")
    assert source.lists_seq == source.dirty_seq > source.done_seq
    connected.poll()
    assert connected.link()["items"] == 1


def test_a_comment_on_an_issue_costs_no_drain(linked: World, jira) -> None:
    jira.site.postman.post("comment_created", json.dumps(
        {"timestamp": 1, "webhookEvent": "comment_created", "comment": {"id": "1"},
         "issue": {"id": "10101", "key": "PLAT-1", "fields": {}}}
    ))  # fmt: skip
    assert linked.deliver("jira").status == 202
    assert (linked.waiting(), linked.rows("hint")) == ([], [])
    assert linked.poll() == []


def test_a_deleted_issue_leaves_the_numbers_at_once(linked: World, jira) -> None:
    jira.site.delete("PLAT-2")
    linked.deliver("jira")
    assert [row.gone for row in linked.rows("hint")] == [True]
    linked.poll()
    assert linked.link()["items"] == 1


@pytest.mark.parametrize("kind", ["Blocks", "Epic-Story Link"])
def test_issues_that_were_linked_are_both_read_again(linked: World, jira, kind: str) -> None:
    ends = jira.site.find("PLAT-1"), jira.site.find("PLAT-2")
    number = link_issues(jira.site, ends, KINDS[kind])
    for remove in (False, True):
        if remove:
            unlink(jira.site, number)
        assert linked.deliver("jira").status == 202
        assert {row.external_id for row in linked.rows("hint")} == {each.id for each in ends}
        linked.poll()
        assert linked.rows("hint") == []
