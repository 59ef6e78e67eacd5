"""Drains that end halfway, begin too early, or meet a clock set back: nothing is lost for it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest

from connector.store.tables import Source
from sync import lease, pipeline, schedule
from tests.servers import PATIENCE, wait_for
from tests.world import World, key_result, link


class PulledPlugError(BaseException):
    """Ends a drain as a kill does: nothing of ours runs any more."""


def _pull(_items: int) -> None:
    raise PulledPlugError


@pytest.fixture
def linked(connected: World, jira) -> World:
    for number in (1, 2):
        jira.site.add_issue("PLAT", f"Item {number}")
    connected.apply(key_result("KR-1", link("jira:project:PLAT")))
    connected.sync()
    return connected


@contextmanager
def paused_drain(world: World, source: int) -> Iterator[None]:
    """A drain that has stored its pages and waits with its end until the block is left."""
    reached, go_on = threading.Event(), threading.Event()

    def stop(_items: int) -> None:
        reached.set()
        assert go_on.wait(PATIENCE)

    thread = threading.Thread(
        target=pipeline.drain,
        args=(world.runtime, source),
        kwargs={"force": True, "progress": stop},
    )
    thread.start()
    try:
        assert reached.wait(PATIENCE)
        yield
    finally:
        go_on.set()
        thread.join(PATIENCE)


def test_what_a_killed_drain_has_stored_is_reckoned_by_the_next(linked: World, jira) -> None:
    jira.site.transition("PLAT-1", "Done", at=linked.clock.turn(minutes=3))
    (source,) = linked.sources()
    with pytest.raises(PulledPlugError):
        pipeline.drain(linked.runtime, source, force=True, progress=_pull)
    assert linked.value() == 0

    linked.clock.turn(minutes=3)
    linked.poll()

    assert linked.value() == 50


def test_a_link_made_during_a_drain_is_not_called_read_by_it(linked: World, jira) -> None:
    jira.site.add_project("OPS", "Operations")
    for number in range(4):
        jira.site.add_issue("OPS", f"Old {number}", at=linked.clock() - timedelta(days=9))
    (source,) = linked.sources()
    linked.clock.turn(minutes=1)
    jira.site.edit("PLAT-1", summary="Something to read", at=linked.clock())
    with paused_drain(linked, source):
        linked.apply(
            key_result("KR-1", link("jira:project:PLAT")),
            key_result("KR-2", link("jira:project:OPS")),
        )
    assert linked.link("KR-2")["as_of"] is None
    assert "not read yet" in linked.link("KR-2")["error"]

    linked.poll()

    assert linked.link("KR-2")["items"] == 4
    assert linked.value("KR-2") == 0


def test_a_rule_that_cannot_be_followed_yet_makes_the_number_unknown(linked: World, jira) -> None:
    jira.site.transition("PLAT-1", "Done", at=linked.clock.turn(minutes=3))
    linked.poll()
    assert linked.value() == 50
    jira.faults.add("error")

    total = {"number": "sum", "of": "field:customfield_10099"}
    linked.apply(key_result("KR-1", link("jira:project:PLAT", total), unit="points"))
    linked.tick()

    assert linked.value() is None
    assert linked.report()["health"] == "unknown"


def test_a_milestone_made_after_its_link_is_found_soon(connected: World, github) -> None:
    github.site.add_issue("acme/api", "Early")
    connected.apply(key_result("KR-1", link("github:milestone:acme/api/2")))
    connected.sync()
    assert "no milestone 2" in connected.link()["error"]
    github.site.add_milestone("acme/api", "v2")
    github.site.add_issue("acme/api", "In it", milestone=2, at=connected.clock.turn(minutes=2))

    assert connected.deliver("github").status == 202
    connected.poll()

    assert connected.link()["error"] is None
    assert connected.link()["items"] == 1


def test_a_clock_set_back_stops_neither_sweeps_nor_drains(linked: World, jira) -> None:
    assert schedule.sweep(linked.runtime) == []
    linked.clock.turn(hours=-5)
    jira.site.transition("PLAT-1", "Done", at=linked.clock() + timedelta(hours=5, minutes=1))

    (source,) = schedule.sweep(linked.runtime)
    pipeline.drain(linked.runtime, source)

    assert linked.value() == 50


@pytest.mark.parametrize("minutes", [2, 60, 5 * 60])
def test_after_a_clock_is_set_back_the_next_look_is_no_later_than_ever(
    linked: World, jira, minutes: int
) -> None:
    jira.site.transition("PLAT-1", "Done", at=linked.clock.turn(seconds=1))
    linked.clock.turn(minutes=-minutes)

    (source,) = schedule.sweep(linked.runtime)
    pipeline.drain(linked.runtime, source)

    assert linked.value() == 50
    linked.clock.turn(seconds=20)
    assert schedule.sweep(linked.runtime) == []


def test_after_a_clock_is_set_back_a_source_that_fails_waits_no_longer_than_ever(
    linked: World, jira
) -> None:
    jira.faults.add("error")
    linked.clock.turn(minutes=5)
    (source,) = schedule.sweep(linked.runtime)
    assert pipeline.drain(linked.runtime, source).error
    linked.clock.turn(minutes=-20)
    assert schedule.sweep(linked.runtime) == [source]


def test_a_pause_that_a_tracker_asked_for_is_kept_whatever_our_clock_shows(
    linked: World, jira
) -> None:
    jira.faults.add("rate_limited", count=1)
    linked.clock.turn(minutes=5)
    (source,) = schedule.sweep(linked.runtime)
    pipeline.drain(linked.runtime, source)
    linked.clock.turn(minutes=-20)
    assert schedule.sweep(linked.runtime) == []


def test_what_is_read_seldom_is_not_taken_for_planned_by_another_clock(
    linked: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    seldom = replace(linked.runtime.settings, poll=timedelta(hours=3))
    runtime = replace(linked.runtime, settings=seldom)
    pipeline.drain(runtime, *linked.sources(), force=True)
    linked.clock.turn(minutes=1)
    assert schedule.sweep(runtime) == []


def test_a_lease_is_kept_while_the_tracker_is_slow(
    linked: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    (source,) = linked.sources()
    claim = lease.claim(linked.runtime, source, force=True)
    assert claim is not None
    monkeypatch.setattr(lease, "LENGTH", timedelta(seconds=0.2))
    with lease.kept(linked.runtime, claim):
        linked.clock.turn(seconds=45)
        until = linked.clock() + timedelta(seconds=0.2)
        wait_for(lambda: linked.rows("source")[0].lease_until >= until, "the lease to be extended")


def test_a_lease_that_was_lost_is_not_extended(
    linked: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    (source,) = linked.sources()
    claim = lease.claim(linked.runtime, source, force=True)
    assert claim is not None
    monkeypatch.setattr(lease, "LENGTH", timedelta(seconds=0.04))
    old = replace(claim, epoch=claim.epoch - 1)
    before = linked.rows("source")[0].lease_until
    with lease.kept(linked.runtime, old):
        wait_for(
            lambda: all(thread.name != "lease" for thread in threading.enumerate()),
            "the renewal to give up",
        )
    assert linked.rows("source")[0].lease_until == before


@dataclass
class Bell:
    """A doorbell that remembers."""

    rung: list[int] = field(default_factory=list)

    def ring(self, source_id: int) -> None:
        self.rung.append(source_id)


def test_many_deliveries_about_one_item_ring_once_and_leave_one_hint(linked: World, jira) -> None:
    bell = Bell()
    world = replace(linked, runtime=replace(linked.runtime, doorbell=bell))
    for number in range(5):
        at = world.clock.turn(seconds=5)
        jira.site.edit("PLAT-1", summary=f"Title {number}", at=at)
        assert world.deliver("jira").status == 202

    assert len(bell.rung) == 1
    (hint,) = world.rows("hint")
    assert hint.seq == world.rows("source")[0].dirty_seq
    world.poll()
    assert world.rows("hint") == []
    assert world.explain()["links"][0]["contributions"][0]["title"] == "Title 4"


def test_old_deliveries_and_runs_are_forgotten(linked: World, jira) -> None:
    assert linked.deliver_any("jira") == 202
    linked.poll()
    assert (len(linked.rows("delivery")), len(linked.rows("run"))) == (1, 2)
    linked.clock.turn(days=30)
    schedule.sweep(linked.runtime)
    assert (len(linked.rows("delivery")), len(linked.rows("run"))) == (0, 2)
    linked.clock.turn(days=90)
    schedule.sweep(linked.runtime)
    assert linked.rows("run") == []


def test_a_move_between_sources_leaves_the_one_and_joins_the_other(
    connected: World, github
) -> None:
    github.site.add_repo("acme/web")
    number = github.site.add_issue("acme/api", "Wanders")
    connected.apply(
        key_result("KR-1", link("github:repo:acme/api")),
        key_result("KR-2", link("github:repo:acme/web")),
    )
    connected.sync()
    assert (connected.link("KR-1")["items"], connected.link("KR-2")["items"]) == (1, 0)

    connected.clock.turn(minutes=2)
    github.site.transfer("acme/api", number, "acme/web")
    connected.sync(full=True)

    assert (connected.link("KR-1")["items"], connected.link("KR-2")["items"]) == (0, 1)


def _marks(world: World) -> list[Any]:
    return [row.key for row in world.rows("item") if row.unreckoned]


def test_every_change_is_followed_by_the_end_of_a_drain(linked: World, jira) -> None:
    assert _marks(linked) == []
    jira.site.add_issue("PLAT", "New", at=linked.clock.turn(minutes=1))
    jira.site.delete("PLAT-1")
    linked.sync(full=True)
    assert _marks(linked) == []
    assert linked.link()["items"] == 2
    with linked.runtime.store.read() as session:
        assert session.get(Source, linked.sources()[0]).error is None
