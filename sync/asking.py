"""What a tracker is asked for people, beside reading: its finder, for one question."""

from collections.abc import Callable
from typing import TypeVar

from connector.store.tables import Connection
from integrations.tracker import Finder
from sync import grants
from sync.runtime import Runtime
from sync.sources import beside

T = TypeVar("T")


def asked(runtime: Runtime, row: Connection, ask: Callable[[Finder], T]) -> T | None:
    """What a connection's finder answers; None where its tracker cannot search.

    Raises ``TrackerError`` kinds; no transaction may be open.
    """
    tracker = runtime.tracker(row.tracker)
    if "finding" not in tracker.spec.capabilities:
        return None
    with runtime.store.read() as reading:
        linked = beside(reading, row.id)
    session = tracker.open(grants.account(runtime, row, scopes=linked))
    try:
        return ask(session.finder) if session.finder is not None else None
    finally:
        session.close()
