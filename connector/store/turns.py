"""A lock that is given in the order in which it was asked for, so that nobody waits for ever."""

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import TracebackType


@dataclass(slots=True)
class _Turn:
    """One thread that waits; its lock is let go when its turn has come."""

    thread: int
    come: threading.Lock = field(default_factory=threading.Lock)


class Turns:
    """Threads take turns; whoever has it may take it again within.

    An early turn comes before the others that wait, but after each early one comes another.
    """

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._waiting: deque[_Turn] = deque()
        self._early: deque[_Turn] = deque()
        self._was_early = False
        self._holder: int | None = None
        self._depth = 0

    def __enter__(self) -> None:
        self._enter(self._waiting)

    @contextmanager
    def early(self) -> Iterator[None]:
        """Take an early turn: for what is short, and what somebody outside waits for."""
        self._enter(self._early)
        try:
            yield
        finally:
            self._leave()

    def _enter(self, line: deque[_Turn]) -> None:
        mine = _Turn(threading.get_ident())
        with self._guard:
            if self._holder is None:
                self._holder, self._was_early = mine.thread, line is self._early
            if self._holder == mine.thread:
                self._depth += 1
                return
            mine.come.acquire()
            line.append(mine)
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
        self._leave()

    def _leave(self) -> None:
        with self._guard:
            self._depth -= 1
            if self._depth == 0:
                self._next()

    def _next(self) -> None:
        if not self._waiting and not self._early:
            self._holder = None
            return
        self._was_early = bool(self._early) and not (self._was_early and self._waiting)
        turn = (self._early if self._was_early else self._waiting).popleft()
        self._holder, self._depth = turn.thread, 1
        turn.come.release()

    def _give_up(self, mine: _Turn) -> None:
        with self._guard:
            line = next((line for line in (self._early, self._waiting) if mine in line), None)
            if line is not None:
                line.remove(mine)
            elif self._holder == mine.thread:  # it had just been given
                self._depth = 0
                self._next()
