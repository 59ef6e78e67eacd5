"""Deliveries that were refused: counted in memory, stored and told of every few seconds.

Anybody may send them, so one alone must cost neither a write nor a line in the log.
"""

import threading
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from weakref import WeakKeyDictionary

import structlog
from sqlalchemy import update

from connector.store import Store
from connector.store.tables import Connection
from sync.runtime import Runtime

log = structlog.get_logger()
SPAN = timedelta(seconds=5)
"""No connection's refusals are stored more often than this."""
_Of = tuple[int, str]


@dataclass(slots=True)
class _Counted:
    """What this process refused, by connection (id and name), and when that was stored last."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    waiting: Counter[_Of] = field(default_factory=Counter)
    stored_at: dict[_Of, datetime] = field(default_factory=dict)


_counted: WeakKeyDictionary[Store, _Counted] = WeakKeyDictionary()
_making = threading.Lock()


def refused(runtime: Runtime, connection: Connection) -> None:
    """Count one; the first of a span is stored at once, with those before it."""
    with _making:
        mine = _counted.setdefault(runtime.store, _Counted())
    of = (connection.id, connection.name)
    with mine.lock:
        mine.waiting[of] += 1
    _store(runtime, mine, [of])


def settle(runtime: Runtime) -> None:
    """Store what still waits of spans that are over."""
    mine = _counted.get(runtime.store)
    if mine is not None:
        with mine.lock:
            waiting = list(mine.waiting)
        _store(runtime, mine, waiting)


def _store(runtime: Runtime, mine: _Counted, waiting: list[_Of]) -> None:
    taken = {each: count for each in waiting if (count := _taken(runtime, mine, each))}
    if not taken:
        return
    with runtime.store.write() as session:
        for (connection_id, _), count in taken.items():
            more = Connection.refused_deliveries + count
            session.execute(
                update(Connection)
                .where(Connection.id == connection_id)
                .values(refused_deliveries=more)
            )
    for (_, name), count in taken.items():
        log.warning("delivery.refused", connection=name, count=count)


def _taken(runtime: Runtime, mine: _Counted, of: _Of) -> int:
    """How many are to be stored now; none within a span of the last ones."""
    now = runtime.clock()
    with mine.lock:
        last = mine.stored_at.get(of)
        # Later than now was stored before the clock was set back.
        if last is not None and last <= now < last + SPAN:
            return 0
        count = mine.waiting.pop(of, 0)
        if count:
            mine.stored_at[of] = now
        return count
