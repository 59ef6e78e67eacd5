"""Calls side by side: a few at a time, answers as they come, one error ends them all."""

import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from queue import SimpleQueue
from typing import Generic, TypeVar

from connector.errors import AccessDenied, RateLimited

_Asked = TypeVar("_Asked")
_Given = TypeVar("_Given")
WIDTH = 8
"""How many calls are made at a time at most."""


def abreast(
    call: Callable[[_Asked], _Given],
    asked: Iterable[_Asked],
    *,
    width: Callable[[], int] = lambda: WIDTH,
    ahead: int = 0,
) -> Iterator[_Given]:
    """What ``call`` gives for each, in no particular order.

    No more are under way than ``width`` allows, and only ``ahead`` more are under way or waiting
    to be taken, so that memory stays flat: with some ahead, calls go on while what came is used.
    The first error ends it, after those under way: of several a refused sign-in is raised first,
    then a pause, which is the latest that was asked for.
    """
    rest = iter(asked)
    crew = _Crew(call, lambda: max(1, min(width(), WIDTH)))
    begun = 0
    try:
        while True:
            for each in islice(rest, max(0, crew.width() + ahead - begun)):
                crew.ask(each)
                begun += 1
            if not begun:
                return
            done = crew.ended.get()
            begun -= 1
            if done.exception() is not None:
                raise _worst([done, *crew.stopped()])
            yield done.result()
    finally:
        crew.close()


class _Crew(Generic[_Asked, _Given]):
    """Threads that call; each that ends has the next begin, until one fails."""

    def __init__(self, call: Callable[[_Asked], _Given], width: Callable[[], int]) -> None:
        self._call, self.width = call, width
        self._pool = ThreadPoolExecutor(WIDTH, thread_name_prefix="reading")
        self._lock = threading.RLock()  # a call that ended at once has the next begin at once
        self._waiting: deque[_Asked] = deque()
        self._under_way = 0
        self._failed = False
        self.ended: SimpleQueue[Future[_Given]] = SimpleQueue()

    def ask(self, each: _Asked) -> None:
        """Call for it as soon as may be."""
        with self._lock:
            self._waiting.append(each)
            self._begin()

    def stopped(self) -> Iterator[Future[_Given]]:
        """After a failure: those that were under way, as they end."""
        self._pool.shutdown()
        while not self.ended.empty():
            yield self.ended.get()

    def close(self) -> None:
        """Begin nothing more; ends when those under way have ended."""
        with self._lock:
            self._failed = True
        self._pool.shutdown(cancel_futures=True)

    def _begin(self) -> None:
        while self._waiting and not self._failed and self._under_way < self.width():
            self._under_way += 1
            future = self._pool.submit(self._call, self._waiting.popleft())
            future.add_done_callback(self._end)

    def _end(self, future: Future[_Given]) -> None:
        with self._lock:
            self._under_way -= 1
            self._failed |= future.cancelled() or future.exception() is not None
            self._begin()
        self.ended.put(future)


def _worst(ended: Iterable[Future[_Given]]) -> BaseException:
    errors = [error for each in ended if (error := each.exception())]
    denied = [error for error in errors if isinstance(error, AccessDenied)]
    pauses = [error for error in errors if isinstance(error, RateLimited)]
    if denied:
        return denied[0]
    return max(pauses, key=lambda error: error.until) if pauses else errors[0]
