"""The pause between two drains of one source in a worker, whose queue knows of no pauses."""

import threading
import time
from collections.abc import Callable

from sync.line import PAUSE, Pauses
from sync.queue import Doorbell, Job


class SpacedDoorbell:
    """Rings for what this process read a moment ago only once its pause is over.

    Whatever waits here is dirty in the database as well: if this process ends, a sweep rings.
    """

    def __init__(self, bell: Doorbell, pause: float = PAUSE) -> None:
        self._bell = bell
        self._lock = threading.Lock()
        self._pauses = Pauses(pause)
        self._busy: dict[int, bool] = {}
        self._waiting: set[int] = set()

    def ring(self, subject_id: int, job: Job = "drain") -> None:
        """Ring now, or once for all when the drain under way and its pause are over."""
        if job != "drain" or not self._waits(subject_id):
            self._bell.ring(subject_id, job)

    def drain(self, source_id: int, work: Callable[[int], object]) -> None:
        """Answer a ring of whomever, now or when the pause is over."""
        if self._waits(source_id):
            return
        with self._lock:
            self._busy[source_id] = False
        try:
            work(source_id)
        finally:
            with self._lock:
                again = self._busy.pop(source_id)
                self._pauses.ended(source_id, again=again)
            if again:
                self.ring(source_id)

    def _waits(self, source_id: int) -> bool:
        with self._lock:
            if source_id in self._busy:
                self._busy[source_id] = True
                return True
            left = self._pauses.over(source_id) - time.monotonic()
            if left <= 0:
                return False
            if source_id not in self._waiting:
                self._waiting.add(source_id)
                timer = threading.Timer(left, self._over, (source_id,))
                timer.daemon = True
                timer.start()
            return True

    def _over(self, source_id: int) -> None:
        with self._lock:
            self._waiting.discard(source_id)
        self._bell.ring(source_id)
