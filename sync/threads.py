"""The embedded process's threads: some drain, one sends notes, one is the clock."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import structlog

from sync import pipeline, schedule, writeback
from sync.queue import ThreadDoorbell
from sync.runtime import Runtime

log = structlog.get_logger()


@contextmanager
def running(runtime: Runtime, doorbell: ThreadDoorbell, every: float) -> Iterator[None]:
    """Drain, send and sweep in threads of their own until the block ends."""
    stopping = threading.Event()
    doorbell.start(
        {
            "drain": lambda source_id: _drain(runtime, source_id),
            "notes": lambda connection_id: _notes(runtime, connection_id),
        }
    )
    clock = threading.Thread(
        target=_tick, args=(runtime, every, stopping), name="clock", daemon=True
    )
    clock.start()
    try:
        yield
    finally:
        stopping.set()
        doorbell.stop()
        clock.join(timeout=5)


def _drain(runtime: Runtime, source_id: int) -> None:
    try:
        pipeline.drain(runtime, source_id)
    except Exception:  # the thread's edge: a bug ends this drain, not all later ones
        log.exception("drain.crashed", source_id=source_id)


def _notes(runtime: Runtime, connection_id: int) -> None:
    try:
        writeback.answer(runtime, connection_id)
    except Exception:  # the thread's edge: what was charged is tried again later
        log.exception("notes.crashed", connection_id=connection_id)


def _tick(runtime: Runtime, every: float, stopping: threading.Event) -> None:
    while not stopping.wait(every):
        try:
            schedule.sweep(runtime, every)
        except Exception:  # the thread's edge: the next tick tries again
            log.exception("clock.crashed")
