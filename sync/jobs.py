"""The jobs of the queue: plain functions, ids in, nothing out."""

import gc
from dataclasses import replace
from functools import lru_cache, partial

from sync import auditing, outages, pipeline, schedule, writeback
from sync.runtime import Runtime, build, from_environment
from sync.spaced import SpacedDoorbell


@lru_cache(maxsize=1)
def _own() -> tuple[Runtime, SpacedDoorbell]:
    """One runtime for all jobs of a process, and its doorbell."""
    made = build(from_environment())
    bell = SpacedDoorbell(made.doorbell)
    return replace(made, doorbell=bell), bell


def _runtime() -> Runtime:
    return _own()[0]


def prepare() -> Runtime:
    """Load all that jobs need; connects to nothing."""
    runtime = _runtime()
    for key in runtime.trackers:
        runtime.tracker(key)
    gc.freeze()  # what was loaded stays: looking through it again and again is for nothing
    return runtime


def drain(source_id: int) -> None:
    """Bring one source up to date, unless that was done a moment ago: then once its pause ends."""
    runtime, bell = _own()
    with outages.told("drain", source_id):
        bell.drain(source_id, partial(pipeline.drain, runtime))


def notes(connection_id: int) -> None:
    """Send a slice of a connection's notes; the next one goes to the end of the queue."""
    with outages.told("notes", connection_id):
        writeback.answer(_runtime(), connection_id)


def audit(source_id: int) -> None:
    """Compare one source with its tracker."""
    with outages.told("audit", source_id):
        auditing.audit_source(_runtime(), source_id)


def sweep() -> None:
    """Ring whatever is dirty or due."""
    with outages.told("sweep"):
        schedule.sweep(_runtime())
