"""Whether the database takes what is written: a disk that is full shows in no read."""

import threading
import time
from datetime import UTC, datetime
from weakref import WeakKeyDictionary

from sqlalchemy import delete, insert
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from connector.store import Store
from connector.store.tables import Lease

SAID = "the database cannot be written"
PROBE = "writable"
ROOM = 64 * 1024
"""Bytes that SQLite has to find room for; PostgreSQL writes its log whatever the size."""
KEPT = 5.0
"""Seconds that one try serves whoever asks this process."""
PATIENCE = 2.0
"""Seconds to wait for a try: a long writer before it is no trouble."""


def look(store: Store) -> str:
    """Try a write now; a sentence where it cannot be done, else nothing."""
    name = PROBE + "." * ROOM if store.is_sqlite else PROBE
    mine = delete(Lease).where(Lease.name == name)
    try:
        with store.write() as session:
            session.execute(mine)
            session.execute(insert(Lease).values(name=name, until=datetime.now(UTC)))
            session.execute(mine)
    except (DBAPIError, PoolTimeout) as error:
        return f"{SAID}: {reason(error)}"
    return ""


def reason(error: DBAPIError | PoolTimeout) -> str:
    """The driver's own first line: it names host and port, never the password."""
    told = error.orig if isinstance(error, DBAPIError) else error
    return next(iter(str(told).splitlines()), "no reason given")


class _Seen:
    """The last try on one database; a new one is made beside whoever asks."""

    def __init__(self) -> None:
        self._until, self._trouble = 0.0, ""
        self._thread: threading.Thread | None = None
        self._guard = threading.Lock()

    def trouble(self, store: Store) -> str:
        """What was seen at most some seconds ago, or the last time a try ended."""
        with self._guard:
            if time.monotonic() >= self._until and self._thread is None:
                self._thread = threading.Thread(
                    target=self._look, args=(store,), name="writable", daemon=True
                )
                self._thread.start()
            thread = self._thread
        if thread is not None:
            thread.join(PATIENCE)
        return self._trouble

    def _look(self, store: Store) -> None:
        try:
            self._trouble = look(store)
        finally:
            self._until, self._thread = time.monotonic() + KEPT, None


_seen: WeakKeyDictionary[Store, _Seen] = WeakKeyDictionary()


def trouble(store: Store) -> str:
    """The same for pages that are asked for often: a sentence, or nothing."""
    return _seen.setdefault(store, _Seen()).trouble(store)
