"""The embedded process's threads: some drain, one sends notes, one is the clock."""

from collections.abc import Iterator
from contextlib import contextmanager

import structlog

from sync import auditing, outages, pipeline, schedule, writeback
from sync.queue import ThreadDoorbell
from sync.runtime import Runtime
from sync.ticking import ticking

log = structlog.get_logger()


@contextmanager
def running(runtime: Runtime, doorbell: ThreadDoorbell, every: float) -> Iterator[None]:
    """Drain, send and sweep in threads of their own until the block ends."""
    if runtime.store.is_sqlite:
        schedule.take_over(runtime)  # no other process can be at it
    doorbell.start(
        {
            "drain": lambda source_id: _drain(runtime, source_id),
            "notes": lambda connection_id: _notes(runtime, connection_id),
            "audit": lambda source_id: _audit(runtime, source_id),
        }
    )
    try:
        with ticking(runtime, every):
            yield
    finally:
        doorbell.stop()


def _drain(runtime: Runtime, source_id: int) -> None:
    try:
        with outages.told("drain", source_id):
            pipeline.drain(runtime, source_id)
    except Exception:  # the thread's edge: a bug ends this drain, not all later ones
        log.exception("drain.crashed", source_id=source_id)


def _audit(runtime: Runtime, source_id: int) -> None:
    try:
        with outages.told("audit", source_id):
            auditing.audit_source(runtime, source_id)
    except Exception:  # the thread's edge: tomorrow's audit tries again
        log.exception("audit.crashed", source_id=source_id)


def _notes(runtime: Runtime, connection_id: int) -> None:
    try:
        with outages.told("notes", connection_id):
            writeback.answer(runtime, connection_id)
    except Exception:  # the thread's edge: what was charged is tried again later
        log.exception("notes.crashed", connection_id=connection_id)
