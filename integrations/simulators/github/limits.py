"""GitHub's limits: a quota for each caller and resource, and the secondary ones by the minute."""

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

HOUR, MINUTE = 3600, 60
LENGTHS = {"core": HOUR, "search": MINUTE, "graphql": HOUR}
SECONDARY = (
    "You have exceeded a secondary rate limit. Please wait a few minutes before you try again. If "
    "you reach out to GitHub Support for help, please include the request ID and timestamp."
)


@dataclass
class Window:
    """What one caller has used of one quota, and when it begins anew."""

    used: int = 0
    reset: int = 0


@dataclass
class Recent:
    """What one caller did lately: when, and how many points it cost."""

    points: deque[tuple[float, int]] = field(default_factory=deque)
    content: deque[float] = field(default_factory=deque)


@dataclass
class Limits:
    """The limits of a site; ``primary`` and ``secondary`` switch them on, ``status`` is 403 or 429.

    Secondary limits count by a clock of their own, which a test's frozen time does not stop.
    """

    primary: bool = True
    secondary: bool = False
    status: int = 403
    retry_after: int | None = 60
    sizes: dict[str, int] = field(
        default_factory=lambda: {"core": 5000, "search": 30, "graphql": 5000}
    )
    points: int = 900
    content: tuple[int, int] = (80, 500)
    """Writes of content in a minute, and in an hour."""
    ticks: Callable[[], float] = time.monotonic
    windows: dict[tuple[str, str], Window] = field(default_factory=dict)
    recent: dict[str, Recent] = field(default_factory=dict)

    def window(self, who: str, resource: str, now: int) -> Window:
        """The caller's window of a resource, begun anew when its time is over."""
        found = self.windows.setdefault((who, resource), Window())
        if now >= found.reset:
            found.used, found.reset = 0, now + LENGTHS[resource]
        return found

    def spent(self, who: str, resource: str, now: int) -> bool:
        """Whether nothing is left of a quota."""
        return self.primary and self.window(who, resource, now).used >= self.sizes[resource]

    def spend(self, who: str, resource: str, now: int, cost: int = 1) -> None:
        """Count a call."""
        window = self.window(who, resource, now)
        window.used = min(window.used + cost, self.sizes[resource])

    def overrun(self, who: str, method: str) -> bool:
        """Whether this call is beyond a secondary limit; one that is not is counted."""
        if not self.secondary:
            return False
        now, write = self.ticks(), method not in ("GET", "HEAD")
        recent, cost = self.recent.setdefault(who, Recent()), 5 if write else 1
        while recent.points and recent.points[0][0] <= now - MINUTE:
            recent.points.popleft()
        while recent.content and recent.content[0] <= now - HOUR:
            recent.content.popleft()
        last_minute = sum(1 for at in recent.content if at > now - MINUTE)
        many = sum(points for _, points in recent.points) + cost > self.points
        if many or (write and (last_minute >= self.content[0]
                               or len(recent.content) >= self.content[1])):  # fmt: skip
            return True
        recent.points.append((now, cost))
        if write:
            recent.content.append(now)
        return False

    def headers(self, who: str, resource: str, now: int) -> dict[str, str]:
        """What an answer tells of the quota; nothing where there is none."""
        if not self.primary:
            return {}
        window, size = self.window(who, resource, now), self.sizes[resource]
        return {
            "X-RateLimit-Limit": str(size), "X-RateLimit-Used": str(window.used),
            "X-RateLimit-Remaining": str(size - window.used),
            "X-RateLimit-Reset": str(window.reset), "X-RateLimit-Resource": resource,
        }  # fmt: skip

    def overview(self, who: str, now: int) -> dict[str, dict[str, int | str]]:
        """All quotas of a caller, as ``GET /rate_limit`` lists them."""
        return {name: self._shown(who, name, now) for name in self.sizes}

    def _shown(self, who: str, resource: str, now: int) -> dict[str, int | str]:
        window, size = self.window(who, resource, now), self.sizes[resource]
        return {"limit": size, "used": window.used, "remaining": size - window.used,
                "reset": window.reset, "resource": resource}  # fmt: skip
