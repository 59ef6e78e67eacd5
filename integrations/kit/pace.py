"""How fast one connection calls, whoever of us asks: so many at a time, so much a minute."""

import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from connector.errors import RateLimited
from integrations.kit.abreast import WIDTH

POINTS = 900
"""What may be spent within a minute; a read costs one, a write five."""
_SPAN = 60.0
_LEAST, _LONGEST = timedelta(minutes=1), timedelta(hours=1)
_KEPT = 256


class Pace:
    """Shared by all sessions of one connection in this process."""

    def __init__(
        self,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        self._clock, self._sleep = clock, sleep
        self._places = threading.BoundedSemaphore(WIDTH)
        self._lock = threading.Lock()
        self._spent: deque[tuple[float, int]] = deque()
        self._sum = 0
        self._refusals = 0
        self._until: datetime | None = None
        self._refused_at = float("-inf")

    def now(self) -> float:
        """The clock that ``stop`` compares by."""
        return self._clock()

    @contextmanager
    def turn(self, points: int = 1) -> Iterator[None]:
        """Make one call when it is its turn."""
        with self._places:
            while (seconds := self._wait(points)) > 0:
                self._sleep(seconds)
            yield

    def stop(self, since: float) -> None:
        """Raise the pause that was asked for after ``since``: who called before it stops too."""
        with self._lock:
            until = self._until if self._refused_at >= since else None
        if until is not None and until > datetime.now(UTC):
            raise RateLimited(f"A pause was asked for until {until:%H:%M:%S} UTC.", until)

    def went(self) -> None:
        """A call was answered: the next pause is as long as it is told."""
        self._refusals = 0

    def longer(self, error: RateLimited) -> RateLimited:
        """The pause that was asked for; a longer one each time when it was kept in vain."""
        now = datetime.now(UTC)
        with self._lock:
            if self._until is None or self._until <= now:
                self._refusals += 1
            least = now + min(_LEAST * 2.0 ** min(self._refusals - 1, 10), _LONGEST)
            if self._refusals > 1 and error.until < least:
                error.until = least
            self._until, self._refused_at = error.until, self._clock()
        return error

    def _wait(self, points: int) -> float:
        """Seconds until so much may be spent; nothing when it is spent now."""
        with self._lock:
            now = self._clock()
            while self._spent and self._spent[0][0] <= now - _SPAN:
                self._sum -= self._spent.popleft()[1]
            if self._sum + points <= POINTS:
                self._spent.append((now, points))
                self._sum += points
                return 0.0
            return self._spent[0][0] + _SPAN - now


_paces: OrderedDict[Hashable, Pace] = OrderedDict()
_finding = threading.Lock()


def pace_of(key: Hashable) -> Pace:
    """The pace of a connection."""
    with _finding:
        found = _paces.setdefault(key, Pace())
        _paces.move_to_end(key)
        if len(_paces) > _KEPT:
            _paces.popitem(last=False)
        return found
