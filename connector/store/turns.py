"""A lock that is given in the order in which it was asked for, so that nobody waits for ever."""

import threading
from collections import deque
from dataclasses import dataclass, field
from types import TracebackType


@dataclass(slots=True)
class _Turn:
    """One thread that waits; its lock is let go when its turn has come."""

    thread: int
    come: threading.Lock = field(default_factory=threading.Lock)


class Turns:
    """Threads take turns; whoever has it may take it again within."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._waiting: deque[_Turn] = deque()
        self._holder: int | None = None
        self._depth = 0

    def __enter__(self) -> None:
        mine = _Turn(threading.get_ident())
        with self._guard:
            if self._holder in (None, mine.thread):
                self._holder = mine.thread
                self._depth += 1
                return
            mine.come.acquire()
            self._waiting.append(mine)
        try:
            mine.come.acquire()
        except BaseException:  # interrupted while waiting
            self._give_up(mine)
            raise

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        with self._guard:
            self._depth -= 1
            if self._depth == 0:
                self._next()

    def _next(self) -> None:
        if not self._waiting:
            self._holder = None
            return
        turn = self._waiting.popleft()
        self._holder, self._depth = turn.thread, 1
        turn.come.release()

    def _give_up(self, mine: _Turn) -> None:
        with self._guard:
            if mine in self._waiting:
                self._waiting.remove(mine)
            elif self._holder == mine.thread:  # it had just been given
                self._depth = 0
                self._next()
