"""Work during which nobody looks for garbage."""

import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager


class _Pause:
    """Collecting stops with the first that asks for it and goes on with the last."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._under_way = 0
        self._was_on = False

    def begin(self) -> None:
        with self._lock:
            if not self._under_way:
                self._was_on = gc.isenabled()
                gc.disable()
            self._under_way += 1

    def end(self) -> None:
        with self._lock:
            self._under_way -= 1
            if not self._under_way and self._was_on:
                gc.enable()


_pause = _Pause()


@contextmanager
def uncollected() -> Iterator[None]:
    """For short work that makes much and no cycles: all of it is in use, or freed as it is dropped.
    To look through it for garbage meanwhile is in vain, and takes as long as making it."""
    _pause.begin()
    try:
        yield
    finally:
        _pause.end()
