"""What an answer's headers tell of a tracker's limits, whatever they are called and hold."""

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from integrations.kit.fields import instant
from integrations.tracker import Budget

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LONGEST = timedelta(hours=24)
_NUMBER = re.compile(r"\d{1,15}(\.\d{1,9})?", re.ASCII)
_MINUTE = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d)(Z|[+-]\d\d:?\d\d)", re.ASCII)
_PREFIXES = ("", "Beta-", "X-Beta-")
_REASONS = (
    ("per-issue", "one issue was changed too often"),
    ("burst", "too many calls within a second"),
    ("quota", "the quota of calls of this hour is used up"),
)


@dataclass(frozen=True, slots=True)
class _Policy:
    """One limit of those an answer names."""

    limit: float | None = None
    remaining: float | None = None
    resets_at: datetime | None = None

    @property
    def share(self) -> float:
        """The share that is left; what tells none counts as full."""
        if self.remaining is None:
            return math.inf
        return self.remaining / self.limit if self.limit else self.remaining


def budget(headers: Mapping[str, str], now: datetime) -> Budget | None:
    """What is left by these headers, of several limits the tightest; None if they tell nothing."""
    told = [each for each in (_plain(headers, now), *_named(headers, now)) if each != _Policy()]
    near = headers.get("X-RateLimit-NearLimit", "").strip().lower() == "true"
    if not told and not near:
        return None
    least = min(told, key=lambda each: each.share, default=_Policy())
    return Budget(
        limit=least.limit, remaining=least.remaining, resets_at=least.resets_at, near=near
    )


def reason(headers: Mapping[str, str]) -> str:
    """The limit that was met, in words; '' where the tracker does not name it."""
    named = headers.get("RateLimit-Reason", "").lower()
    return next((words for part, words in _REASONS if part in named), "")


def of_one_issue(headers: Mapping[str, str]) -> bool:
    """Whether the limit that was met is that of writes of one issue."""
    return "per-issue" in headers.get("RateLimit-Reason", "").lower()


def reset(text: str) -> datetime | None:
    """When a limit begins anew: seconds of the epoch, or an instant, with or without seconds."""
    minute = _MINUTE.fullmatch(text)
    try:
        return instant(f"{minute[1]}:00{minute[2]}" if minute else text)
    except ValueError:
        seconds = number(text)
    return None if seconds is None or seconds > 1e11 else _EPOCH + timedelta(seconds=seconds)


def number(text: str) -> float | None:
    """A count, or None for what is none."""
    bare = text.strip()
    return float(bare) if _NUMBER.fullmatch(bare) else None


def _plain(headers: Mapping[str, str], now: datetime) -> _Policy:
    at = reset(headers.get("X-RateLimit-Reset", "").strip())
    every = number(headers.get("X-RateLimit-Interval-Seconds", ""))
    if at is None and every is not None:  # Data Center's bucket is filled again and again
        at = _in(every, now)
    return _Policy(
        limit=number(headers.get("X-RateLimit-Limit", "")),
        remaining=number(headers.get("X-RateLimit-Remaining", "")),
        resets_at=at if at is not None and abs(at - now) <= _LONGEST else None,
    )


def _named(headers: Mapping[str, str], now: datetime) -> list[_Policy]:
    """Limits by name: ``RateLimit: "hour";r=80;t=60``, their sizes in ``RateLimit-Policy``."""
    found: dict[str, _Policy] = {}
    for prefix in _PREFIXES:
        for name, values in _members(headers.get(f"{prefix}RateLimit", "")):
            seconds = values.get("t")
            at = None if seconds is None else _in(seconds, now)
            found[name] = _Policy(remaining=values.get("r"), resets_at=at)
        for name, values in _members(headers.get(f"{prefix}RateLimit-Policy", "")):
            if name in found:
                found[name] = replace(found[name], limit=values.get("q"))
    return [each for each in found.values() if each != _Policy()]


def _members(text: str) -> Iterator[tuple[str, dict[str, float]]]:
    for member in text[:1000].split(","):
        name, *rest = member.split(";")
        pairs = (part.partition("=") for part in rest)
        numbers = ((key.strip(), number(value)) for key, _, value in pairs)
        values = {key: value for key, value in numbers if value is not None}
        if values:
            yield name.strip(' "'), values


def _in(seconds: float, now: datetime) -> datetime | None:
    span = timedelta(seconds=min(seconds, 1e6))
    return now + span if span <= _LONGEST else None
