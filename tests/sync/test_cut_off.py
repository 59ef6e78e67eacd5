"""Drains that were killed: found when their lease has run out, tried again, not for ever."""

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
