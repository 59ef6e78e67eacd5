"""Jira's rate limits: bursts, an hourly quota, writes of one issue; Data Center's token bucket."""

import math
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

HOUR = 3600


@dataclass(frozen=True)
class Over:
    """A call beyond a limit: Jira's name of the limit, and the seconds until it may come again."""

    reason: str
    seconds: int


@dataclass
class Bucket:
    """Data Center's limit, set by its admin: ``fill`` tokens more every ``interval`` seconds."""

    limit: int
    fill: int
    interval: int
    tokens: int = field(init=False)
    filled: float | None = None

    def __post_init__(self) -> None:
        self.tokens = self.limit

    def take(self, now: float) -> Over | None:
        """One token, or how long to wait for one."""
        begun = now if self.filled is None else self.filled
        rounds = int((now - begun) // self.interval)
        self.filled = begun + rounds * self.interval
        self.tokens = min(self.limit, self.tokens + rounds * self.fill)
        if self.tokens < 1:
            return Over("", max(1, math.ceil(self.filled + self.interval - now)))
        self.tokens -= 1
        return None


@dataclass
class Limits:
    """The limits of a site and what is used of them.

    ``quota`` are points an hour, one a call and one more for each object it reads; None as for
    callers with an API token, whom only bursts and writes bound.
    """

    quota: int | None = None
    burst: int = 400
    """Calls a second, of one method at one endpoint."""
    issue_writes: tuple[int, float] = (20, 2.0)
    """Writes of one issue in so many seconds."""
    near: float = 0.2
    """The share left from which on Jira warns."""
    bucket: Bucket | None = None
    clock: Callable[[], float] = time.time
    used: int = 0
    hour: int = 0
    bursts: dict[str, tuple[int, int]] = field(default_factory=dict)
    writes: dict[str, deque[float]] = field(default_factory=dict)

    def admit(self, endpoint: str, written: str = "") -> Over | None:
        """Let a call in, or say which limit it is beyond; ``written`` is the issue it changes."""
        now = self.clock()
        if self.bucket is not None:
            return self.bucket.take(now)
        self._turn(now)
        second, count = self.bursts.get(endpoint, (0, 0))
        count = count + 1 if second == int(now) else 1
        self.bursts[endpoint] = int(now), count
        if count > self.burst:
            return Over("jira-burst-based", 1)
        if self.quota is not None and self.used >= self.quota:
            return Over("jira-quota-tenant-based", self._left(now))
        return self._write(written, now) if written else None

    def spend(self, points: int) -> None:
        """Count what a call cost."""
        self.used += points

    def headers(self, endpoint: str) -> dict[str, str]:
        """What an answer tells of the limits."""
        now = self.clock()
        if self.bucket is not None:
            about = self.bucket
            return {
                "X-RateLimit-Limit": str(about.limit), "X-RateLimit-Remaining": str(about.tokens),
                "X-RateLimit-FillRate": str(about.fill),
                "X-RateLimit-Interval-Seconds": str(about.interval),
            }  # fmt: skip
        if self.quota is None:
            left = max(0, self.burst - self.bursts.get(endpoint, (0, 0))[1])
            return self._told(self.burst, left, now + 1)
        left = max(0, self.quota - self.used)
        told = self._told(self.quota, left, now + self._left(now))
        told["RateLimit-Policy"] = f'"jira-quota-tenant";q={self.quota};w={HOUR}'
        told["RateLimit"] = f'"jira-quota-tenant";r={left};t={self._left(now)}'
        return told

    def _told(self, limit: int, left: int, reset: float) -> dict[str, str]:
        ends = datetime.fromtimestamp(math.ceil(reset / 60) * 60, UTC)
        told = {
            "X-RateLimit-Limit": str(limit), "X-RateLimit-Remaining": str(left),
            "X-RateLimit-Reset": ends.strftime("%Y-%m-%dT%H:%MZ"),
        }  # fmt: skip
        return told | ({"X-RateLimit-NearLimit": "true"} if left < limit * self.near else {})

    def _write(self, issue: str, now: float) -> Over | None:
        most, window = self.issue_writes
        times = self.writes.setdefault(issue, deque())
        while times and times[0] <= now - window:
            times.popleft()
        if len(times) >= most:
            return Over("jira-per-issue-on-write", max(1, math.ceil(times[0] + window - now)))
        times.append(now)
        return None

    def _turn(self, now: float) -> None:
        if self.hour != int(now // HOUR):
            self.hour, self.used = int(now // HOUR), 0

    def _left(self, now: float) -> int:
        return max(1, math.ceil(HOUR - now % HOUR))
