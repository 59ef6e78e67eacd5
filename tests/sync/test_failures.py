"""What goes wrong at a tracker stays there, is said in a sentence, and never becomes a zero."""

from dataclasses import replace
from datetime import timedelta

import pytest

from connector.errors import Refused
from connector.store.tables import Connection
from sync import pipeline, schedule
from tests.world import World, key_result, link


@pytest.fixture
def half(connected: World, jira, github) -> World:
    """Half done in both trackers, read, and the next poll is due."""
    for number in (1, 2):
        jira.site.add_issue("PLAT", f"Item {number}")
        github.site.add_issue("acme/api", f"Change {number}", milestone=1)
    jira.site.transition("PLAT-1", "Done")
    github.site.close("acme/api", 1)
    connected.apply(
        key_result("KR-1", link("jira:project:PLAT")),
        key_result("KR-2", link("github:milestone:acme/api/1")),
    )
    connected.sync()
    connected.clock.turn(minutes=2)
    return connected


@pytest.mark.parametrize(
    ("fault", "how"),
    [("error", {}), ("error", {"status": 503}), ("truncated", {}), ("html", {}),
     ("unauthorized", {"status": 403})],
)  # fmt: skip
def test_an_outage_keeps_the_last_numbers_and_says_so(half: World, jira, fault: str, how) -> None:
    jira.site.transition("PLAT-2", "Done")
    before = half.link()
    jira.faults.add(fault, **how)
    half.poll()
    report = half.report()
    assert (report["value"], report["health"] != "unknown") == (50, True)
    assert "Jira" in report["links"][0]["error"]
    assert {**report["links"][0], "error": None} == before
    assert half.link("KR-2")["error"] is None
    jira.faults.clear()
    half.clock.turn(hours=2)
    half.connect("jira")
    half.poll()
    assert (half.value(), half.link()["error"]) == (100, None)


@pytest.mark.parametrize(("chance", "last"), [(0.0, 30), (0.5, 1815), (1.0, 3600)])
def test_a_failing_source_is_asked_less_and_less(
    half: World, jira, chance: float, last: int
) -> None:
    half.runtime = replace(half.runtime, draw=lambda: chance)
    jira.faults.add("error")
    gaps = []
    for _ in range(8):
        before = half.calls("jira")
        half.poll()
        assert half.calls("jira") == before + 1
        (source, _) = half.rows("source")
        (connection,) = half.rows("connection", name="jira")
        due = max(source.due_at, connection.rests_until or source.due_at)
        gaps.append((source.due_at - half.clock()).total_seconds())
        half.clock.now = due - timedelta(seconds=1)
        half.poll()
        assert half.calls("jira") == before + 1
        half.clock.now = due
    assert gaps == sorted(gaps)
    assert gaps[0] < 61
    assert gaps[-1] == last
    assert source.failing_since is not None
    jira.faults.clear()
    half.clock.turn(hours=2)
    half.poll()
    (source, _) = half.rows("source")
    assert (source.failing_since, source.failures, source.error) == (None, 0, None)


def test_a_delivery_does_not_hurry_a_failing_source(half: World, jira) -> None:
    jira.faults.add("error")
    half.poll()
    before = half.calls("jira")
    jira.site.transition("PLAT-2", "Done")
    half.deliver("jira")
    half.poll()
    assert half.calls("jira") == before
    jira.faults.clear()
    half.clock.turn(hours=2)
    half.poll()
    assert half.value() == 100


def test_a_pause_the_tracker_asks_for_is_kept_by_everybody(half: World, jira) -> None:
    jira.site.transition("PLAT-2", "Done")
    jira.faults.add("rate_limited", seconds=3600, count=1)
    half.poll()
    before = half.calls("jira")
    assert half.link()["error"] is None
    (source, _) = half.rows("source")
    assert source.failing_since is None
    half.clock.turn(minutes=30)
    half.deliver("jira")
    half.poll()
    assert pipeline.drain(half.runtime, source.id, force=True).skipped
    assert half.calls("jira") == before
    half.clock.turn(minutes=31)
    half.poll()
    assert half.value() == 100


def test_a_pause_holds_for_every_source_of_the_connection(half: World, github) -> None:
    github.site.add_repo("acme/web")
    half.apply(
        key_result("KR-2", link("github:milestone:acme/api/1")),
        key_result("KR-3", link("github:repo:acme/web")),
    )
    half.poll()
    half.clock.turn(minutes=2)
    github.faults.add("rate_limited", seconds=3600)
    before = half.calls("github")
    half.poll()
    half.tick()
    assert half.calls("github") == before + 1


def test_a_refused_token_stops_all_calls_until_somebody_connects_again(half: World, jira) -> None:
    jira.faults.add("unauthorized")
    half.poll()
    (row,) = half.rows("connection", name="jira")
    assert row.broken_at == half.clock()
    before = half.calls("jira")
    jira.site.transition("PLAT-2", "Done")
    half.deliver("jira")
    half.clock.turn(hours=10)
    half.poll()
    assert half.calls("jira") == before
    assert half.value() == 50
    assert "token" in half.link()["error"]
    jira.faults.clear()
    assert half.connect("jira").error is None
    half.poll()
    assert (half.value(), half.link()["error"]) == (100, None)


def test_one_hidden_repository_does_not_break_its_connection(half: World, github) -> None:
    github.site.add_repo("acme/web")
    half.apply(
        key_result("KR-2", link("github:milestone:acme/api/1")),
        key_result("KR-3", link("github:repo:acme/web")),
    )
    github.faults.add("unauthorized", status=403, path="/repos/acme/web")
    half.poll()
    (row,) = half.rows("connection", name="github")
    assert row.broken_at is None
    assert half.link("KR-2")["error"] is None
    assert half.link("KR-3")["error"]
    assert half.report("KR-3")["value"] is None


def test_a_scope_that_cannot_be_read_stays_alone_with_its_error(half: World, jira) -> None:
    half.apply(
        key_result("KR-1", link("jira:project:PLAT")), key_result("KR-3", link("jira:project:NOPE"))
    )
    half.poll()
    assert half.link("KR-3")["error"]
    assert half.report("KR-3")["value"] is None
    assert (half.value(), half.link()["error"]) == (50, None)
    jira.site.transition("PLAT-2", "Done")
    half.tick()
    assert half.value() == 100
    jira.site.add_project("NOPE", "Now it is there")
    jira.site.add_issue("NOPE", "One", status="Done")
    half.sync(full=True)
    assert (half.value("KR-3"), half.link("KR-3")["error"]) == (100, None)


def test_a_milestone_that_is_gone_keeps_its_last_reading_and_its_error(half: World, github) -> None:
    with github.site.quiet():
        github.site.delete_milestone("acme/api", 1)
    half.sync(full=True)
    for _ in range(3):
        half.tick()
        assert "Milestone 1 of acme/api, v1, was deleted" in half.link("KR-2")["error"]
        assert half.value("KR-2") == 50
    half.apply(key_result("KR-3", link("github:milestone:acme/api/1")))
    half.tick()
    assert "Milestone 1 of acme/api, v1, was deleted" in half.link("KR-3")["error"]


def test_what_is_deleted_leaves_although_another_scope_is_broken(half: World, jira) -> None:
    half.apply(
        key_result("KR-1", link("jira:project:PLAT")), key_result("KR-3", link("jira:project:NOPE"))
    )
    half.poll()
    with jira.site.quiet():
        jira.site.delete("PLAT-2")
    half.sync(full=True)
    assert (half.link()["items"], half.value()) == (1, 100)


def test_a_hidden_project_does_not_lose_its_items(half: World, jira) -> None:
    hidden = jira.site.projects.pop("PLAT")
    half.sync(full=True)
    assert half.link()["error"]
    assert (half.value(), half.link()["items"]) == (50, 2)
    jira.site.projects["PLAT"] = hidden
    half.sync(full=True)
    assert (half.value(), half.link()["error"]) == (50, None)


def test_numbers_too_old_are_shown_as_unknown_health(half: World, jira) -> None:
    jira.faults.add("error")
    half.clock.turn(hours=25)
    half.poll()
    report = half.report()
    assert (report["value"], report["health"]) == (50, "unknown")
    assert half.report("KR-2")["health"] != "unknown"


def test_a_bug_of_ours_is_visible_waits_and_ends_with_its_fix(half: World, monkeypatch) -> None:
    def crash(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(pipeline, "finish", crash)
    source = half.sources()[0]
    with pytest.raises(ZeroDivisionError):
        pipeline.drain(half.runtime, source)
    assert "Worklift itself failed" in half.link()["error"]
    assert source not in schedule.due(half.runtime)
    monkeypatch.undo()
    half.tick()
    half.tick()
    assert half.link()["error"] is None


def test_a_token_of_another_key_is_a_sentence_not_a_crash(half: World) -> None:
    with half.runtime.store.write() as session:
        for row in session.query(Connection):
            row.token_cipher = bytes(40)
    drained = half.poll()
    assert all("another key" in (each.error or "") for each in drained)
    assert "another key" in half.link()["error"]
    assert half.value() == 50


def test_connecting_with_wrong_settings_keeps_them_and_says_why(world: World) -> None:
    failed = world.connect("jira", token="wrong")
    assert "token" in (failed.error or "")
    (row,) = world.rows("connection")
    assert (row.url, row.broken_at is not None) == (world.trackers["jira"].url, True)
    for bad in ({"name": "Big Name"}, {"token": "  "}, {"options": {"nothing": "x"}},
                {"options": {"deployment": "moon"}}):  # fmt: skip
        with pytest.raises(Refused):
            world.connect("jira", **bad)
