"""The embedded doorbell: each kind of job has a thread of its own, and each subject waits once."""

import threading

from sync.queue import JOBS, ThreadDoorbell


def test_notes_do_not_wait_for_a_drain_nor_a_drain_for_notes() -> None:
    bell = ThreadDoorbell()
    busy, done, held = threading.Event(), threading.Event(), threading.Event()

    def drain(_: int) -> None:
        busy.set()
        assert held.wait(10)

    bell.start({"drain": drain, "notes": lambda _: done.set()})
    bell.ring(1)
    assert busy.wait(10)
    bell.ring(1, "notes")
    assert done.wait(10)
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
    assert again.wait(10)
    bell.stop()
    assert seen == [7, 7]
