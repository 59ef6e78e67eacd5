"""The report of a cycle made once for as long as nothing was committed: many look at the same."""

import threading
from dataclasses import dataclass, field
from datetime import datetime
from weakref import WeakKeyDictionary

from sqlalchemy.orm import Session

from connector.report import CycleReport
from connector.settings import Settings
from connector.store import Store
from sync.reports.cycle import cycle_report

SECONDS = 10
"""What follows from the time of day alone, such as what is expected by now, may lag by so much."""
MOST = 3
"""Cycles whose report is held: people look at one, and at the one before."""


@dataclass
class _Kept:
    lock: threading.Lock = field(default_factory=threading.Lock)
    reports: dict[str, tuple[object, CycleReport]] = field(default_factory=dict)


_of_stores: WeakKeyDictionary[Store, _Kept] = WeakKeyDictionary()
_opening = threading.Lock()


def kept_report(
    store: Store, session: Session, cycle_key: str, now: datetime, settings: Settings
) -> CycleReport:
    """The whole cycle now; raises ``Refused`` where there is none.

    What is held was read when exactly what is committed now was committed, so it is never stale.
    Whoever asks while another reads it waits, and takes the same.
    """
    if session.in_transaction():
        # What it reads may be older than what is committed by now.
        return cycle_report(session, cycle_key, now, settings)
    version = (store.version(session), int(now.timestamp()) // SECONDS, settings)
    with _opening:
        kept = _of_stores.setdefault(store, _Kept())
    with kept.lock:
        held = kept.reports.get(cycle_key)
        if held is not None and held[0] == version:
            return held[1]
        report = cycle_report(session, cycle_key, now, settings)
        kept.reports.pop(cycle_key, None)
        kept.reports[cycle_key] = (version, report)
        if len(kept.reports) > MOST:
            kept.reports.pop(next(iter(kept.reports)))
        return report
