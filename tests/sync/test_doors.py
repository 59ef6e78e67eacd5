"""The embedded doorbell: each kind of job has a thread of its own, and each subject waits once."""

import threading

import pytest

from sync.abreast import AT_ONCE, abreast
from sync.queue import JOBS, ThreadDoorbell
from tests.servers import PATIENCE


def test_notes_do_not_wait_for_a_drain_nor_a_drain_for_notes() -> None:
    bell = ThreadDoorbell()
    busy, done, held = threading.Event(), threading.Event(), threading.Event()

    def drain(_: int) -> None:
        busy.set()
        assert held.wait(PATIENCE)

    bell.start({"drain": drain, "notes": lambda _: done.set()})
    bell.ring(1)
    assert busy.wait(PATIENCE)
    bell.ring(1, "notes")
    assert done.wait(PATIENCE)
    held.set()
    bell.stop()


def test_what_waits_already_is_not_queued_again() -> None:
    bell = ThreadDoorbell()
    seen: list[tuple[str, int]] = []
    for _ in range(3):
        bell.ring(1, "notes")
        bell.ring(2, "notes")
        bell.ring(1)
    bell.start({job: (lambda each, job=job: seen.append((job, each))) for job in JOBS})
    bell.stop()
    assert sorted(seen) == [("drain", 1), ("notes", 1), ("notes", 2)]


def test_a_ring_during_a_job_is_not_lost() -> None:
    bell = ThreadDoorbell()
    seen: list[int] = []
    again = threading.Event()

    def once_more(subject_id: int) -> None:
        seen.append(subject_id)
        if len(seen) == 1:
            bell.ring(subject_id, "notes")
        else:
            again.set()

    bell.start({"notes": once_more})
    bell.ring(7, "notes")
    assert again.wait(PATIENCE)
    bell.stop()
    assert seen == [7, 7]


def test_sources_are_drained_side_by_side_and_each_by_one_thread_at_a_time() -> None:
    bell = ThreadDoorbell()
    met, twice = threading.Barrier(AT_ONCE, timeout=10), threading.Event()
    under_way: list[int] = []
    rung: list[int] = []

    def drain(source_id: int) -> None:
        assert source_id not in under_way
        under_way.append(source_id)
        if rung.count(source_id) == 0:
            rung.append(source_id)
            bell.ring(source_id)
            met.wait()
        under_way.remove(source_id)
        rung.append(source_id)
        if len(rung) == 3 * AT_ONCE:
            twice.set()

    for number in range(AT_ONCE):
        bell.ring(number)
    bell.start({"drain": drain})
    assert twice.wait(10)
    bell.stop()


def test_work_abreast_ends_with_the_first_error_and_begins_nothing_more() -> None:
    begun: list[int] = []

    def work(number: int) -> int:
        begun.append(number)
        if number == 0:
            raise ValueError("the first")
        return number

    with pytest.raises(ValueError, match="the first"):
        list(abreast(work, range(1), width=4))
    assert sorted(r for _, r in abreast(work, range(1, 20), width=4)) == list(range(1, 20))
    with pytest.raises(ValueError, match="the first"):
        list(abreast(work, range(500), width=2))
    assert len(begun) < 520
