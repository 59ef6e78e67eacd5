"""Work on several subjects at a time, in threads that end with the process."""

import threading
from collections.abc import Callable, Iterator, Sequence
from queue import Empty, SimpleQueue
from typing import TypeVar

AT_ONCE = 8
"""Sources that are drained at a time: most of a drain waits for its tracker."""
_T = TypeVar("_T")
_R = TypeVar("_R")


def abreast(
    work: Callable[[_T], _R], subjects: Sequence[_T], *, width: int = AT_ONCE
) -> Iterator[tuple[_T, _R]]:
    """Each subject with what ``work`` made of it, as they get done; an error ends it, and nothing
    that waits is begun any more."""
    if len(subjects) < 2 or width < 2:
        yield from ((each, work(each)) for each in subjects)
        return
    waiting: SimpleQueue[_T] = SimpleQueue()
    done: SimpleQueue[tuple[_T, _R | None, BaseException | None]] = SimpleQueue()
    stopping = threading.Event()
    for each in subjects:
        waiting.put(each)

    def run() -> None:
        while not stopping.is_set():
            try:
                subject = waiting.get_nowait()
            except Empty:
                return
            try:
                done.put((subject, work(subject), None))
            except BaseException as error:  # noqa: BLE001 - raised again where results are taken
                stopping.set()
                done.put((subject, None, error))

    for _ in range(min(width, len(subjects))):
        threading.Thread(target=run, name="abreast", daemon=True).start()
    try:
        for _ in subjects:
            subject, result, error = done.get()
            if error is not None:
                raise error
            yield subject, result  # type: ignore[misc]
    finally:
        stopping.set()
