"""Drains that were killed: found when their lease has run out, tried again, not for ever."""

import math
import threading
from dataclasses import replace

import pytest

from sync import lease, schedule, ticking
from tests.world import World, key_result, link


@pytest.fixture
def linked(connected: World, jira) -> World:
    jira.site.add_issue("PLAT", "One")
    connected.apply(key_result("KR-1", link("jira:project:PLAT")))
    connected.poll()
    connected.clock.turn(minutes=2)
    return connected


class Bell:
    """Remembers what was rung for."""

    def __init__(self) -> None:
        self.rung: list[int] = []

    def ring(self, subject_id: int, job: str = "drain") -> None:
        self.rung.append(subject_id)


def killed(world: World) -> None:
    """A drain that claimed its source and was never heard of again."""
    (source,) = world.sources()
    assert lease.claim(world.runtime, source) is not None


def test_it_is_rung_for_once_its_lease_has_run_out_and_not_before(linked: World) -> None:
    bell = Bell()
    runtime = replace(linked.runtime, doorbell=bell)
    killed(linked)
    linked.clock.turn(seconds=29)
    assert schedule.look(runtime) == []
    linked.clock.turn(seconds=1)
    assert schedule.look(runtime) == linked.sources() == bell.rung
    assert [each.skipped for each in linked.poll()] == [False]
    assert schedule.look(runtime) == []


def test_a_process_looks_when_the_first_lease_runs_out(linked: World) -> None:
    runtime = linked.runtime
    assert schedule.held_for(runtime) == math.inf
    killed(linked)
    assert schedule.held_for(runtime) == lease.LENGTH.total_seconds()
    linked.clock.turn(seconds=29)
    assert schedule.held_for(runtime) == 1
    linked.clock.turn(seconds=1)
    assert schedule.held_for(runtime) == math.inf


class Waits(threading.Event):
    """Says how long each wait would be; the clock goes on by that."""

    def __init__(self, world: World, number: int) -> None:
        super().__init__()
        self.world, self.left, self.told = world, number, list[float]()

    def wait(self, timeout: float | None = None) -> bool:
        assert timeout is not None
        self.told.append(timeout)
        self.world.clock.turn(seconds=timeout)
        self.left -= 1
        return not self.left


def test_between_two_sweeps_it_looks_only_for_a_lease_that_runs_out(linked: World) -> None:
    waits, bell = Waits(linked, 4), Bell()
    killed(linked)
    linked.clock.turn(seconds=10)
    ticking.tick(replace(linked.runtime, doorbell=bell), 15, waits)
    # A sweep at 0 and 15 s, and a look as the lease ran out after 20.
    assert waits.told == pytest.approx([15, 5 + ticking.LATER, 10 - ticking.LATER, 15])
    assert bell.rung[:1] == linked.sources()


def test_one_that_ended_is_not_looked_for(linked: World) -> None:
    linked.poll()
    linked.clock.turn(minutes=5)
    assert schedule.due(linked.runtime) == linked.sources()
    assert schedule.look(linked.runtime) == []


def test_after_three_in_a_row_it_waits_for_its_gap(linked: World, jira) -> None:
    jira.site.transition("PLAT-1", "Done")
    assert linked.deliver("jira").status == 202
    for _ in range(3):
        killed(linked)
        linked.clock.turn(seconds=30)
    killed(linked)
    linked.clock.turn(seconds=30)
    (row,) = linked.rows("source")
    assert schedule.look(linked.runtime) == schedule.due(linked.runtime) == []
    linked.clock.now = row.due_at
    assert schedule.due(linked.runtime) == linked.sources()
    linked.poll()
    assert linked.value() == 100


def test_whoever_has_the_database_to_itself_waits_for_no_lease(linked: World) -> None:
    killed(linked)
    linked.clock.turn(seconds=1)
    assert schedule.due(linked.runtime) == []
    schedule.take_over(linked.runtime)
    assert schedule.due(linked.runtime) == linked.sources()


def test_a_process_sweeps_when_it_starts(linked: World) -> None:
    bell, stopping = Bell(), threading.Event()
    stopping.set()
    ticking.tick(replace(linked.runtime, doorbell=bell), 15, stopping)
    assert set(bell.rung) == set(linked.sources())
