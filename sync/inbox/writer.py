"""The one thread of a process that stores deliveries: all that wait, in one transaction.

It takes them once its transaction is open, so the longer that takes, the more of them share it.
Nobody is answered before the commit, and nobody waits longer than ``ANSWER_WITHIN``.
"""

import threading
import time
from collections import deque
from collections.abc import Iterable, Sequence

import structlog
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, ProgrammingError, StatementError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from connector import failpoints
from sync.inbox import batch
from sync.inbox.entry import Entry, Fate

log = structlog.get_logger()
ANSWER_WITHIN = 7.0
"""Seconds; GitHub takes anything after ten for a failure, and sends nothing twice."""
MOST_WAITING, MOST_AT_ONCE = 2000, 500
IDLE = 5.0
"""Seconds without any work after which the thread ends."""
_OWN_FAULT = (IntegrityError, DataError, ProgrammingError)
_LOCKED = {"55P03", "40P01", "40001"}
"""What PostgreSQL says when others held what we wanted: it is worth another try."""


class Full(Exception):
    """As many deliveries wait as may, or nothing was stored for too long."""


class Writer:
    """Stores deliveries in the order in which they came."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._waiting: deque[Entry] = deque()
        self._thread: threading.Thread | None = None
        self._since: float | None = None
        self._said: batch.Times = {}

    def put(self, entry: Entry) -> None:
        """Have it stored soon; raises ``Full``."""
        with self._changed:
            since = self._since  # read once: the storing thread may end its round meanwhile
            stuck = since is not None and time.monotonic() > since + ANSWER_WITHIN
            if stuck or len(self._waiting) >= MOST_WAITING:
                raise Full
            self._waiting.append(entry)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="inbox", daemon=True)
                self._thread.start()
            self._changed.notify()

    def _run(self) -> None:
        while self._has_work():
            self._since = time.monotonic()
            try:
                self._round()
            finally:
                self._since = None

    def _has_work(self) -> bool:
        with self._changed:
            if self._waiting or self._changed.wait(IDLE) or self._waiting:
                return True
            self._thread = None
            return False

    def _take(self) -> list[Entry]:
        with self._changed:
            count = min(MOST_AT_ONCE, len(self._waiting))
            taken = [self._waiting.popleft() for _ in range(count)]
        # Whoever gave up waiting was told so, and sends it again.
        return [each for each in taken if each.is_awaited()]

    def _round(self) -> None:
        with self._changed:
            first = self._waiting[0] if self._waiting else None
        if first is None:
            return
        taken: list[Entry] | None = None
        try:
            with first.runtime.store.transaction() as database:
                failpoints.reach("inbox.begun")
                taken = self._take()
                batch.store(database, taken, self._said)
                failpoints.reach("inbox.stored")
            failpoints.reach("inbox.committed")
        except BaseException as error:  # noqa: BLE001 - told to those who wait, whatever it is
            self._failed(self._take() if taken is None else taken, error)
        else:
            _tell(taken)

    def _failed(self, entries: Sequence[Entry], error: BaseException) -> None:
        """Nothing was stored, or nobody knows: each is told, tried again, or tried by itself."""
        if _is_locked(error):
            self._again(entries)
        elif _is_away(error):
            log.warning("inbox.unavailable", reason=type(error).__name__, deliveries=len(entries))
            _tell(entries, "busy")
        elif len(entries) > 1 and isinstance(error, Exception):
            self._apart([[each] for each in entries])
        elif _is_its_own(error):
            log.warning("delivery.unstorable", reason=type(error).__name__)
            _tell(entries, "unstorable")
        else:
            for each in entries:
                each.error = error
            _tell(entries, "failed")

    def _again(self, entries: Sequence[Entry]) -> None:
        """Others held a row: those of another connection need not wait for it."""
        groups: dict[int, list[Entry]] = {}
        for each in entries:
            groups.setdefault(each.door.id, []).append(each)
        if len(groups) > 1:
            self._apart(list(groups.values()))
            return
        with self._changed:
            self._waiting.extendleft(reversed([each for each in entries if each.is_awaited()]))

    def _apart(self, groups: Sequence[Sequence[Entry]]) -> None:
        """What cannot be stored must not take the others with it: each group by itself."""
        for number, group in enumerate(groups):
            try:
                with group[0].runtime.store.transaction() as database:
                    batch.store(database, group, self._said)
            except Exception as error:  # noqa: BLE001 - told to those who wait
                if _is_away(error) and not _is_locked(error):  # and so it is for all that follow
                    self._failed([each for rest in groups[number:] for each in rest], error)
                    return
                self._failed(group, error)
            else:
                _tell(group)


def _tell(entries: Iterable[Entry], fate: Fate | None = None) -> None:
    for each in entries:
        if fate is not None:
            each.fate, each.rings = fate, ()
        each.tell()


def _is_locked(error: BaseException) -> bool:
    said = getattr(error.orig, "sqlstate", None) if isinstance(error, DBAPIError) else None
    return said in _LOCKED


def _is_away(error: BaseException) -> bool:
    """Whether the database is gone, full, locked or too slow; no delivery is to blame for that."""
    if isinstance(error, PoolTimeout):
        return True
    return isinstance(error, DBAPIError) and not isinstance(error, _OWN_FAULT)


def _is_its_own(error: BaseException) -> bool:
    """Whether the delivery holds what the database does not take."""
    return isinstance(error, (StatementError, ValueError, OverflowError))
