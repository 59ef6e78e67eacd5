"""The pause between two drains of one source: a flood of changes is read in few looks.

The first change of a source that was quiet is read at once; only what was read a moment ago waits.
"""

import heapq
import threading
import time
from itertools import count

PAUSE, LONGEST = 1.0, 8.0
"""Seconds; it doubles while more comes in during each look."""


class Pauses:
    """From when each subject may be looked at again; for one thread at a time."""

    def __init__(self, pause: float) -> None:
        self._pause = pause
        self._pauses: dict[int, tuple[float, float]] = {}

    def over(self, subject_id: int) -> float:
        """When its pause is over, by the monotonic clock."""
        return self._pauses.get(subject_id, (0.0, 0.0))[0]

    def ended(self, subject_id: int, *, again: bool) -> None:
        """Have it wait a pause from now on, a longer one if it is wanted ``again`` already."""
        if not self._pause:
            return
        now = time.monotonic()
        _, last = self._pauses.get(subject_id, (now, 0.0))
        pause = min(LONGEST, 2 * last) if again and last else self._pause
        # Those under way are judged by their last pause when they end.
        young = (each for each in self._pauses.items() if each[1][0] > now - LONGEST)
        self._pauses = {**dict(young), subject_id: (now + pause, pause)}


class Line:
    """Subjects that wait for a thread, in their order; one that just ended waits its pause."""

    def __init__(self, pause: float) -> None:
        self._changed = threading.Condition()
        self._waiting: list[tuple[float, int, int | None]] = []
        self._numbers = count()
        self._pauses = Pauses(pause)

    def put(self, subject_id: int | None) -> None:
        """Add one; None tells whoever takes it to end."""
        with self._changed:
            over = 0.0 if subject_id is None else self._pauses.over(subject_id)
            due = max(time.monotonic(), over)
            heapq.heappush(self._waiting, (due, next(self._numbers), subject_id))
            self._changed.notify()

    def get(self) -> int | None:
        """Take the first whose pause is over, waiting for it."""
        with self._changed:
            while True:
                left = self._waiting[0][0] - time.monotonic() if self._waiting else None
                if left is not None and left <= 0:
                    if len(self._waiting) > 1:
                        self._changed.notify()  # somebody is to wait for the next one
                    return heapq.heappop(self._waiting)[2]
                self._changed.wait(left)

    def ended(self, subject_id: int, *, again: bool) -> None:
        """Have it wait its pause from now on."""
        with self._changed:
            self._pauses.ended(subject_id, again=again)
