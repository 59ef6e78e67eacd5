"""A worker reads a source again only after a pause, and never forgets that it is to."""

import threading
from queue import SimpleQueue

import pytest

from sync.spaced import SpacedDoorbell

PAUSE = 0.05


class Bell:
    """Whatever is rung for, as a queue to wait at."""

    def __init__(self) -> None:
        self.rung: SimpleQueue[tuple[int, str]] = SimpleQueue()

    def ring(self, subject_id: int, job: str = "drain") -> None:
        self.rung.put((subject_id, job))

    def next(self) -> tuple[int, str]:
        return self.rung.get(timeout=30)


@pytest.fixture
def bell() -> Bell:
    return Bell()


@pytest.fixture
def spaced(bell: Bell) -> SpacedDoorbell:
    return SpacedDoorbell(bell, PAUSE)


def test_a_quiet_source_is_rung_for_and_read_at_once(spaced: SpacedDoorbell, bell: Bell) -> None:
    done: list[int] = []
    spaced.ring(1)
    assert bell.next() == (1, "drain")
    spaced.drain(1, done.append)
    assert done == [1]
    assert bell.rung.empty()


def test_a_thousand_rings_during_a_drain_are_one_after_its_pause(bell: Bell) -> None:
    spaced, done = SpacedDoorbell(bell, 60.0), list[int]()

    def work(source_id: int) -> None:
        done.append(source_id)
        for _ in range(1000):
            spaced.ring(source_id)

    before = set(threading.enumerate())
    spaced.drain(1, work)
    spaced.drain(1, work)  # rung for by somebody else
    spaced.ring(1)
    waiting = [each for each in threading.enumerate() if each not in before]
    assert (done, bell.rung.empty(), len(waiting)) == ([1], True, 1)
    for each in waiting:
        assert isinstance(each, threading.Timer)
        each.cancel()


def test_what_waited_is_rung_for_and_can_be_read_then(spaced: SpacedDoorbell, bell: Bell) -> None:
    spaced.drain(1, spaced.ring)
    assert bell.next() == (1, "drain")
    done: list[int] = []
    spaced.drain(1, done.append)
    assert done == [1]


def test_a_drain_that_fails_is_rung_for_again(spaced: SpacedDoorbell, bell: Bell) -> None:
    def fail(source_id: int) -> None:
        spaced.ring(source_id)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        spaced.drain(1, fail)
    assert bell.next() == (1, "drain")


def test_others_and_other_jobs_wait_for_nobody(bell: Bell) -> None:
    spaced = SpacedDoorbell(bell, 60.0)

    def work(_source_id: int) -> None:
        spaced.ring(2)
        spaced.ring(1, "notes")

    spaced.drain(1, work)
    spaced.ring(1, "audit")
    assert [bell.next() for _ in range(3)] == [(2, "drain"), (1, "notes"), (1, "audit")]
