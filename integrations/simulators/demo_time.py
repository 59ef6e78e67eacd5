"""When things happen in the demo company: the quarter, and the life of each of its items."""

import random
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from integrations.simulators.demo_content import Pace

BEHIND: dict[Pace, float] = {
    "ahead": -0.06, "on_track": 0.0, "at_risk": 0.15, "off_track": 0.38, "finished": -1.0,
}  # fmt: skip


@dataclass(frozen=True)
class Life:
    """One item's dates; ``end`` is done, dropped or None while it is open."""

    created: datetime
    started: datetime | None = None
    finished: datetime | None = None
    end: str | None = None


@dataclass
class Quarter:
    """The quarter today lies in, and moments drawn from what is past of it."""

    today: date
    horizon: datetime
    random: random.Random
    start: date = field(init=False)
    end: date = field(init=False)

    def __post_init__(self) -> None:
        first = 3 * ((self.today.month - 1) // 3) + 1
        self.start = self.today.replace(month=first, day=1)
        beyond = (self.start + timedelta(days=95)).replace(day=1)
        self.end = beyond - timedelta(days=1)

    @property
    def key(self) -> str:
        """``2026-Q4``."""
        return f"{self.start.year}-Q{(self.start.month + 2) // 3}"

    @property
    def elapsed(self) -> float:
        """The share of the quarter that is over."""
        return (self.today - self.start).days / ((self.end - self.start).days + 1)

    @property
    def opening(self) -> datetime:
        """When work began: the first day, or some days ago when that is just now."""
        first = datetime.combine(self.start, time(8), UTC)
        return min(first, self.horizon - timedelta(days=5))

    def done_of(self, total: int, pace: Pace) -> int:
        """How many of so many are finished by today at this pace."""
        return round(total * min(1.0, max(0.0, self.elapsed - BEHIND[pace])))

    def moment(self, share: float) -> datetime:
        """A working hour about that far between opening and now; negative is before."""
        at = self.opening + (self.horizon - self.opening) * share
        if share < 0:
            at = self.opening + timedelta(days=40 * share)
        at -= timedelta(days=max(0, at.weekday() - 4))
        at = at.replace(hour=self.random.randint(8, 16), minute=self.random.randint(0, 59))
        return min(at, self.horizon - timedelta(minutes=30))

    def life(self, place: float, end: str | None, *, started: bool = True) -> Life:
        """An item's life; finished about ``place`` of the way, or still open."""
        late = self.random.random() < 0.15
        created = self.moment(place * 0.5 if late else -self.random.uniform(0.1, 0.6))
        if not started:
            return Life(created)
        finished = max(self.moment(place), created + timedelta(hours=2))
        began = max(finished - timedelta(days=self.random.uniform(1, 7)),
                    created + (finished - created) / 2)  # fmt: skip
        return Life(created, began, finished if end else None, end)

    def lives(self, total: int, done: int) -> list[Life]:
        """The lives of an effort's items: done first, one dropped, some begun, the rest waiting."""
        dropped = 1 if total >= 8 and done < total else 0
        doing = min(2, total - done - dropped)
        lives = [self.life((n + 0.6) / (done + 0.5), "done") for n in range(done)]
        lives += [self.life(0.6, "dropped")] * dropped
        lives += [self.life(0.95, None) for _ in range(doing)]
        lives += [self.life(0.5, None, started=False) for _ in range(total - len(lives))]
        return lives
