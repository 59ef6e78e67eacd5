"""Pages that will be asked for next: on their way while one is read and stored."""

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Any, Self

from integrations.kit.answers import Answer

Body = Mapping[str, Any]
DEPTH = 3
"""How many pages may be on their way: each is some megabytes."""
_Place = tuple[int, int]


class Foreseen:
    """Posts for pages by number, and for some before they are asked for.

    What a page that was begun early shows is as true as what it would show later: whoever follows
    the pages sees by what they hold whether one follows on the other.
    """

    def __init__(self, post: Callable[[Body], Answer], width: Callable[[], int]) -> None:
        self._post, self._width = post, width
        self._pool = ThreadPoolExecutor(DEPTH, thread_name_prefix="page")
        self._begun: dict[_Place, Future[Answer]] = {}

    def __enter__(self) -> Self:
        """Begin; no thread is started before there is a page to expect."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End after what is under way, which nobody waits for any more."""
        self._pool.shutdown(cancel_futures=True)

    def __call__(self, body: Body) -> Answer:
        """One page: as it came, or asked for now."""
        begun = self._begun.pop(_place(body), None)
        return self._post(body) if begun is None else begun.result()

    def expect(self, body: Body, starts: Iterable[int]) -> None:
        """Ask for the pages that will begin there, unless the tracker warns of its limits."""
        if self._width() < DEPTH:
            return
        for start in starts:
            wanted = {**body, "startAt": start}
            if len(self._begun) < DEPTH and _place(wanted) not in self._begun:
                self._begun[_place(wanted)] = self._pool.submit(self._post, wanted)


def _place(body: Body) -> _Place:
    return body["startAt"], body["maxResults"]
