"""One writer per source at a time; one that lost its lease writes nothing."""

import threading
from dataclasses import replace

import pytest

from connector.store.tables import Source
from sync import lease, pipeline, schedule
from sync.lease import LeaseLost
from sync.runtime import Runtime
from tests.servers import PATIENCE
from tests.world import World, key_result, link


@pytest.fixture
def linked(connected: World, jira) -> World:
    for number in (1, 2):
        jira.site.add_issue("PLAT", f"Item {number}")
    connected.apply(key_result("KR-1", link("jira:project:PLAT")))
    return connected


class Paused:
    """A drain stopped in the middle: after its pages, before its end."""

    def __init__(self, world: World) -> None:
        self.world, self.reached, self.go_on = world, threading.Event(), threading.Event()
        self.results: list[pipeline.Drained] = []
        self.thread = threading.Thread(target=self._run)
        self.thread.start()
        assert self.reached.wait(PATIENCE)

    def _run(self) -> None:
        (source,) = self.world.sources()
        self.results.append(pipeline.drain(self.world.runtime, source, progress=self._stop))

    def _stop(self, _items: int) -> None:
        self.reached.set()
        assert self.go_on.wait(PATIENCE)

    def end(self) -> pipeline.Drained:
        self.go_on.set()
        self.thread.join(PATIENCE)
        (result,) = self.results
        return result


def test_a_source_being_drained_is_left_to_its_drain(linked: World) -> None:
    first = Paused(linked)
    (source,) = linked.sources()
    assert pipeline.drain(linked.runtime, source, force=True).skipped
    assert schedule.due(linked.runtime) == []
    assert first.end().error is None
    assert linked.value() == 0


def test_a_drain_that_was_taken_over_writes_nothing_more(linked: World, jira) -> None:
    first = Paused(linked)
    jira.site.transition("PLAT-1", "Done", at=linked.clock.turn(minutes=5))
    (source,) = linked.sources()
    assert pipeline.drain(linked.runtime, source).error is None
    assert linked.value() == 50
    before = linked.rows("source")
    assert "taken over" in (first.end().error or "")
    assert linked.rows("source") == before
    assert linked.value() == 50


@pytest.mark.parametrize("fault", ["error", "rate_limited", "unauthorized"])
def test_an_error_of_a_drain_that_was_taken_over_is_not_kept(linked: World, jira, fault) -> None:
    for number in range(120):
        jira.site.add_issue("PLAT", f"More {number}")
    first = Paused(linked)
    linked.clock.turn(minutes=5)
    (source,) = linked.sources()
    assert pipeline.drain(linked.runtime, source).error is None
    before = linked.rows("source"), linked.rows("connection")
    jira.faults.add(fault)
    assert "taken over" in (first.end().error or "")
    assert (linked.rows("source"), linked.rows("connection")) == before


def test_an_old_epoch_is_fenced_off(linked: World) -> None:
    (source,) = linked.sources()
    old = lease.claim(linked.runtime, source)
    assert old is not None
    assert lease.claim(linked.runtime, source, force=True) is None
    linked.clock.turn(seconds=61)
    new = lease.claim(linked.runtime, source, force=True)
    assert new is not None
    assert new.epoch == old.epoch + 1
    with linked.runtime.store.write() as session:
        with pytest.raises(LeaseLost):
            lease.held(session, old, linked.clock())
        assert lease.held(session, new, linked.clock()).epoch == new.epoch


def test_of_many_claims_at_once_one_wins(linked: World) -> None:
    (source,) = linked.sources()
    found: list[object] = []
    start = threading.Barrier(6)

    def claim() -> None:
        start.wait()
        found.append(lease.claim(linked.runtime, source))

    threads = [threading.Thread(target=claim) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(each is not None for each in found) == 1


def test_a_hint_that_comes_during_a_drain_leaves_the_source_dirty(linked: World, jira) -> None:
    first = Paused(linked)
    jira.site.transition("PLAT-1", "Done")
    linked.deliver("jira")
    first.end()
    assert linked.waiting() == linked.sources()
    assert len(linked.rows("hint")) == 1
    linked.poll()
    assert (linked.value(), linked.waiting(), linked.rows("hint")) == (50, [], [])


def test_a_drain_that_died_is_taken_up_after_its_lease(linked: World) -> None:
    (source,) = linked.sources()
    lease.claim(linked.runtime, source)
    assert linked.poll() == []
    linked.clock.turn(seconds=90)
    linked.poll()
    assert linked.value() == 0


def test_whatever_kills_a_drain_each_time_makes_its_gaps_grow(linked: World) -> None:
    (source,) = linked.sources()
    gaps = []
    for _ in range(5):
        lease.claim(linked.runtime, source, force=True)
        (row,) = linked.rows("source")
        gaps.append(row.due_at - linked.clock())
        linked.clock.turn(hours=2)
    assert gaps == sorted(gaps)
    assert gaps[-1] > 4 * gaps[0]


def test_two_clocks_sweep_once(linked: World) -> None:
    rung: list[int] = []

    class Bell:
        def ring(self, source_id: int) -> None:
            rung.append(source_id)

    runtime: Runtime = replace(linked.runtime, doorbell=Bell())
    assert schedule.sweep(runtime) == linked.sources() == rung
    assert schedule.sweep(runtime) == []
    linked.clock.turn(seconds=15)
    assert schedule.sweep(runtime) == linked.sources()


def test_a_source_that_vanished_is_nobodys_work(linked: World) -> None:
    (source,) = linked.sources()
    assert pipeline.drain(linked.runtime, source + 99).skipped
    with linked.runtime.store.read() as session:
        assert session.get(Source, source + 99) is None
