"""What every process of the service does beside its work: sweep, and look for what was cut off.

Any number of processes may do so: a lease in the database gives each sweep to one of them.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import structlog
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from sync import schedule, writable
from sync.runtime import Runtime

log = structlog.get_logger()


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
    """Sweep now and every so many seconds, looking in between, until told to stop."""
    looks = max(1, round(every / schedule.LOOK_EVERY))
    number, told = 0, ""
    while True:
        sweeps = number % looks == 0
        trouble = _once(runtime, every, sweeps=sweeps)
        if trouble and trouble != told:
            log.error("clock.no_database", reason=trouble)
        if trouble or sweeps:  # a look only reads, so that it may go well on a full disk
            told = trouble
        number += 1
        if stopping.wait(every / looks):
            return


def _once(runtime: Runtime, every: float, *, sweeps: bool) -> str:
    """Why the database did not let it be done, if so."""
    try:
        if sweeps:
            schedule.sweep(runtime, every)
        else:
            schedule.look(runtime)
    except (OperationalError, InterfaceError, PoolTimeout) as error:
        return writable.reason(error)
    except Exception:  # the thread's edge: the next tick tries again
        log.exception("clock.crashed")
    return ""
