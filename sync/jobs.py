"""The jobs of the queue: plain functions, ids in, nothing out."""

import gc
from functools import lru_cache

from sync import auditing, pipeline, schedule, writeback
from sync.runtime import Runtime, build, from_environment


@lru_cache(maxsize=1)
def _runtime() -> Runtime:
    """One runtime for all jobs of a process."""
    return build(from_environment())


def prepare() -> Runtime:
    """Load all that jobs need; connects to nothing."""
    runtime = _runtime()
    for key in runtime.trackers:
        runtime.tracker(key)
    gc.freeze()  # what was loaded stays: looking through it again and again is for nothing
    return runtime


def drain(source_id: int) -> None:
    """Bring one source up to date."""
    pipeline.drain(_runtime(), source_id)


def notes(connection_id: int) -> None:
    """Send a slice of a connection's notes; the next one goes to the end of the queue."""
    writeback.answer(_runtime(), connection_id)


def audit(source_id: int) -> None:
    """Compare one source with its tracker."""
    auditing.audit_source(_runtime(), source_id)


def sweep() -> None:
    """Ring whatever is dirty or due."""
    schedule.sweep(_runtime())
