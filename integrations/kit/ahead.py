"""Reading ahead: what comes next is fetched while what came is still being stored."""

import threading
from collections.abc import Iterable, Iterator
from queue import Full, Queue
from types import TracebackType
from typing import Generic, TypeVar

_T = TypeVar("_T")
DEPTH = 4
"""How many values may wait to be taken, so that memory stays flat."""
_LOOK = 0.1


class _End:
    """Nothing follows; ``error`` ended it, if anything did."""

    def __init__(self, error: BaseException | None = None) -> None:
        self.error = error


class Ahead(Generic[_T]):
    """Runs through values in a thread of its own, from when the block begins until it ends.

    They come in their order; what is raised on the way is raised after them.
    """

    def __init__(self, values: Iterable[_T], *, depth: int = DEPTH) -> None:
        self._values = values
        self._waiting: Queue[_T | _End] = Queue(depth)
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="ahead", daemon=True)

    def __enter__(self) -> Iterator[_T]:
        """Begin; gives the values."""
        self._thread.start()
        return self._taken()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End after what is under way."""
        self._stopping.set()
        self._thread.join()

    def _taken(self) -> Iterator[_T]:
        while True:
            value = self._waiting.get()
            if not isinstance(value, _End):
                yield value
            elif value.error is not None:
                raise value.error
            else:
                return

    def _run(self) -> None:
        try:
            for value in self._values:
                if not self._put(value):
                    return
        except BaseException as error:  # noqa: BLE001 - raised again where the values are taken
            self._put(_End(error))
        else:
            self._put(_End())

    def _put(self, value: "_T | _End") -> bool:
        """Whether somebody still waits for it."""
        while not self._stopping.is_set():
            try:
                self._waiting.put(value, timeout=_LOOK)
            except Full:
                continue
            return True
        return False
