"""How fast one connection calls, whoever of us asks: so many at a time, so much a minute.

That holds for each process by itself, and for all of them where they have a ration in common.
"""

import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from connector.errors import RateLimited
from integrations.kit.abreast import WIDTH
from integrations.tracker import rationing

POINTS = 900
"""What may be spent within a minute; a read costs one, a write five."""
PORTION = 45
"""Points that are taken of the common ration at a time, so that few calls ask for it; who calls
seldom takes fewer: what many processes hold and do not spend, others would lack."""
_SPAN, _SHORTLY, _TRUE_FOR = 60.0, 1.0, 5.0
_LEAST, _LONGEST = timedelta(minutes=1), timedelta(hours=1)
_KEPT = 256


class Pace:
    """Shared by all sessions of one connection in this process."""

    def __init__(
        self,
        key: str = "",
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        self._clock, self._sleep = clock, sleep
        self._rationed = _Rationed(key)
        self._free, self._busy = threading.Condition(), 0
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
        with self._place():
            while (seconds := self._wait(points)) > 0:
                self._sleep(seconds)
            yield

    def places(self) -> int:
        """How many calls may be made at a time."""
        with self._lock:
            self._rationed.look(self._clock())
            return self._rationed.places

    @contextmanager
    def _place(self) -> Iterator[None]:
        with self._free:
            self._free.wait_for(lambda: self._busy < self._rationed.places)
            self._busy += 1
        try:
            yield
        finally:
            with self._free:
                self._busy -= 1
                self._free.notify()

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
            if self._sum + points > POINTS:
                return self._spent[0][0] + _SPAN - now
            if not self._rationed.spend(points, now, spent=self._sum):
                return _SHORTLY
            self._spent.append((now, points))
            self._sum += points
            return 0.0


class _Rationed:
    """This process' share of the common ration; all there is where there is none in common."""

    def __init__(self, key: str) -> None:
        self.places = WIDTH
        self._key, self._held, self._until = key, 0, 0.0
        self._look_at = 0.0

    def spend(self, points: int, now: float, *, spent: int) -> bool:
        """Whether so much may be spent now, ``spent`` having been within the last minute."""
        if now >= self._until:
            self._held = 0  # it was given for that minute
        portion = min(PORTION, max(WIDTH, spent))
        wanted = 0 if self._held >= points else max(portion, points)
        if (wanted or now >= self._look_at) and not self._take(wanted, now):
            return True
        if self._held < points:
            return False
        self._held -= points
        return True

    def look(self, now: float) -> None:
        """Know how many places there are, as of some seconds ago."""
        if now >= self._look_at:
            self._take(0, now)

    def _take(self, points: int, now: float) -> bool:
        """Whether there is a ration that can be asked."""
        ration = rationing.common()
        share = ration.take(self._key, points, most=POINTS) if ration is not None else None
        self._look_at = now + _TRUE_FOR
        if share is None:
            self.places = WIDTH
            return False
        self.places = max(1, WIDTH // share.callers)
        if share.points:
            self._held, self._until = self._held + share.points, now + _SPAN
        return True


_paces: OrderedDict[Hashable, Pace] = OrderedDict()
_finding = threading.Lock()


def pace_of(key: Hashable) -> Pace:
    """The pace of a connection."""
    with _finding:
        found = _paces.setdefault(key, Pace(repr(key)))
        _paces.move_to_end(key)
        if len(_paces) > _KEPT:
            _paces.popitem(last=False)
        return found
