"""The report of a cycle made once for as long as nothing was committed: many look at the same.

After a commit only what it touched is made anew; cycles wait for each other no more than stores do.
"""

import threading
import time
from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from weakref import WeakKeyDictionary

from sqlalchemy.orm import Session

from connector.report import CycleReport
from connector.settings import Settings
from connector.store import Store
from sync.reports.cycle import made_now
from sync.reports.made import Made
from sync.reports.memory import Memory

SECONDS = 30
"""What follows from the time of day alone, such as what is expected by now, may lag by so much."""
MOST = 3
"""Cycles whose report is held: people look at one, and at the one before."""


@dataclass
class _Kept:
    """One cycle's report, and what it was made for; the lock is held while it is made."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    version: Hashable = None
    begun: float = 0.0
    found: tuple[Made, CycleReport] | None = None
    memory: Memory = field(default_factory=Memory)


_of_stores: WeakKeyDictionary[Store, dict[str, _Kept]] = WeakKeyDictionary()
_opening = threading.Lock()


def kept_made(
    store: Store, session: Session, cycle_key: str, now: datetime, settings: Settings
) -> tuple[Made, CycleReport]:
    """The whole cycle now, with what it is made of; raises ``Refused`` where there is none.

    What is held was read when exactly what is committed now was committed, so it is never stale.
    Whoever asks while another reads it waits, and takes what is read after that.
    """
    if session.in_transaction():
        # What it reads may be older than what is committed by now.
        return made_now(session, cycle_key, now, settings, Memory(), paced=now)
    asked = time.monotonic()
    with _held(store, cycle_key) as kept:
        if kept.found is not None and kept.begun > asked:
            return kept.found
        step = int(now.timestamp()) // SECONDS
        version = (store.version(session), step, settings)
        if kept.found is None or kept.version != version:
            begun, kept.version = time.monotonic(), None
            paced = datetime.fromtimestamp(step * SECONDS, UTC)
            kept.found = made_now(session, cycle_key, now, settings, kept.memory, paced=paced)
            # Only now: where it could not be read, whoever waited reads for themselves.
            kept.begun, kept.version = begun, version
        return kept.found


@contextmanager
def _held(store: Store, cycle_key: str) -> Iterator[_Kept]:
    """What is held of a cycle, for one thread; of those not asked for lately nothing is."""
    with _opening:
        held = _of_stores.setdefault(store, {})
        kept = held.setdefault(cycle_key, _Kept())
    try:
        with kept.lock:
            yield kept
    finally:
        with _opening:
            held.pop(cycle_key, None)
            if kept.found is not None:
                held[cycle_key] = kept
            for key in list(held)[:-MOST]:
                del held[key]
