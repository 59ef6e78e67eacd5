"""Calls side by side: a few at a time, answers as they come, one error ends them all."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from queue import SimpleQueue
from typing import TypeVar

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
) -> Iterator[_Given]:
    """What ``call`` gives for each, in no particular order.

    No more are under way or waiting to be taken than ``width`` allows, so that memory stays flat.
    The first error ends it, after those under way: of several a refused sign-in is raised first,
    then a pause, which is the latest that was asked for.
    """
    rest = iter(asked)
    pool = ThreadPoolExecutor(WIDTH, thread_name_prefix="reading")
    ended: SimpleQueue[Future[_Given]] = SimpleQueue()
    running = 0
    try:
        while True:
            for each in islice(rest, max(0, min(width(), WIDTH) - running) or (not running)):
                pool.submit(call, each).add_done_callback(ended.put)
                running += 1
            if not running:
                return
            done = ended.get()
            running -= 1
            if done.exception() is not None:
                raise _worst([done, *(ended.get() for _ in range(running))])
            yield done.result()
    finally:
        pool.shutdown(cancel_futures=True)


def _worst(ended: Iterable[Future[_Given]]) -> BaseException:
    errors = [error for each in ended if (error := each.exception())]
    denied = [error for error in errors if isinstance(error, AccessDenied)]
    pauses = [error for error in errors if isinstance(error, RateLimited)]
    if denied:
        return denied[0]
    return max(pauses, key=lambda error: error.until) if pauses else errors[0]
