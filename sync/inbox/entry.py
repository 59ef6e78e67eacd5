"""A verified delivery on its way into the database."""

import threading
import time
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from integrations.tracker import Delivery
from sync.inbox.doors import Door
from sync.runtime import Runtime

Fate = Literal["waiting", "stored", "repeated", "changed", "busy", "unstorable", "failed"]
"""What became of it. ``repeated`` was stored before, ``changed`` is to be judged anew."""


class _Told:
    """Set once by one thread, waited for by another; lighter than an event."""

    __slots__ = ("_lock",)

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._lock.acquire()

    def set(self) -> None:
        self._lock.release()

    def wait(self, seconds: float) -> bool:
        return self._lock.acquire(timeout=max(0.0, seconds))


@dataclass(slots=True, eq=False)
class Entry:
    """One delivery of one door: until ``until`` (monotonic) somebody waits to hear its fate.

    ``rings`` are the sources that it made dirty.
    """

    runtime: Runtime
    door: Door
    delivery: Delivery
    received_at: datetime
    until: float
    fate: Fate = "waiting"
    rings: Collection[int] = ()
    error: BaseException | None = None
    _told: _Told = field(default_factory=_Told)

    @property
    def key(self) -> tuple[int, str]:
        """What a delivery is known by."""
        return self.door.id, self.delivery.identifier[:128]

    def is_awaited(self) -> bool:
        """Whether anybody still waits."""
        return time.monotonic() < self.until

    def tell(self) -> None:
        """Let the waiting thread go on."""
        self._told.set()

    def heard(self) -> Fate:
        """Wait for its fate; ``busy`` when that takes too long."""
        fate = self.fate if self._told.wait(self.until - time.monotonic()) else "busy"
        if fate == "failed" and self.error is not None:
            raise self.error
        return fate
