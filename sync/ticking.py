"""What every process of the service does beside its work: sweep, and look for what was cut off.

Any number of processes may do so: a lease in the database gives each sweep to one of them.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import structlog
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from sync import outages, schedule, writable
from sync.runtime import Runtime

log = structlog.get_logger()
AGAIN = 3.0
"""Seconds until another look where one failed."""
LATER = 0.1
"""Seconds by which a look comes after the lease it is for has run out."""


def period(runtime: Runtime) -> float:
    """Seconds between two sweeps: sources that are polled often are looked at more often."""
    return min(schedule.EVERY, runtime.settings.poll.total_seconds() / 4)


@contextmanager
def ticking(runtime: Runtime, every: float) -> Iterator[None]:
    """Sweep in a thread of its own until the block ends."""
    stopping = threading.Event()
    thread = threading.Thread(
        target=tick, args=(runtime, every, stopping), name="clock", daemon=True
    )
    thread.start()
    try:
        yield
    finally:
        stopping.set()
        thread.join(timeout=5)


def tick(runtime: Runtime, every: float, stopping: threading.Event) -> None:
    """Sweep now and every so many seconds, and look when a lease runs out, until told to stop."""
    left, told = 0.0, ""
    while True:
        sweeps = left <= 0
        trouble, rest = _once(runtime, every, sweeps=sweeps)
        if trouble and trouble != told:
            log.error("clock.no_database", reason=trouble)
        if trouble or sweeps:  # a look only reads, so that it may go well on a full disk
            told = trouble
        left = every if sweeps else left
        rest = min(left, rest)
        left -= rest
        if stopping.wait(rest):
            return


def _once(runtime: Runtime, every: float, *, sweeps: bool) -> tuple[str, float]:
    """Why the database did not let it be done, if so, and seconds until the next look."""
    try:
        # Asked first: a lease that is taken from now on does not run out before the next sweep.
        held = schedule.held_for(runtime)
        if sweeps:
            schedule.sweep(runtime, every)
        else:
            schedule.look(runtime)
    except Exception as error:  # the thread's edge: the next tick tries again
        if isinstance(error, DBAPIError | PoolTimeout) and outages.is_away(error):
            return writable.reason(error), AGAIN
        log.exception("clock.crashed")
        return "", AGAIN
    return "", held + LATER
