"""What all processes together may call of a connection, counted in Redis.

Redis forgets, and may be away: then each process keeps to its own measure, as one alone does, until
Redis knows again. A process asks it once in some seconds or dozens of calls, not for each.
"""

import time
from uuid import uuid4

import structlog
from redis import Redis
from redis.exceptions import RedisError

from connector.settings import Settings
from integrations.tracker import rationing
from integrations.tracker.rationing import Share

log = structlog.get_logger()
PRESENT = 10
"""Seconds for which a process that asked counts among those that call."""
_SILENCE = 15.0
"""Seconds without another try after Redis failed."""
_TAKE = """
local time = redis.call('TIME')
local now = time[1] + time[2] / 1000000
local minute = math.floor(now / 60)
local into = now / 60 - minute
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
redis.call('ZADD', KEYS[1], now + ARGV[2], ARGV[1])
redis.call('EXPIRE', KEYS[1], 120)
local callers = redis.call('ZCARD', KEYS[1])
local asked = tonumber(ARGV[3])
local this, last = KEYS[2] .. minute, KEYS[2] .. (minute - 1)
local spent = tonumber(redis.call('GET', this) or '0')
local before = tonumber(redis.call('GET', last) or '0') * (1 - into)
if asked == 0 or spent + before + asked > tonumber(ARGV[4]) then
    return {callers, 0}
end
redis.call('INCRBY', this, asked)
redis.call('EXPIRE', this, 180)
return {callers, asked}
"""
"""The minute before counts by the part of it that lies within the last sixty seconds."""


class RedisRation:
    """Gives one process its shares."""

    def __init__(self, url: str) -> None:
        redis = Redis.from_url(url, socket_connect_timeout=0.1, socket_timeout=0.5)
        self._take = redis.register_script(_TAKE)
        self._name = uuid4().hex
        self._silent_until = 0.0

    def take(self, key: str, points: int, *, most: int) -> Share | None:
        """A share of a connection's; None while Redis does not answer."""
        if time.monotonic() < self._silent_until:
            return None
        keys = [f"worklift:calling:{key}", f"worklift:points:{key}:"]
        try:
            callers, given = self._take(keys=keys, args=[self._name, PRESENT, points, most])
        except RedisError as error:
            self._silent_until = time.monotonic() + _SILENCE
            log.warning("ration.silent", reason=type(error).__name__)
            return None
        return Share(callers=callers, points=given)


def share(settings: Settings) -> None:
    """Have this process keep to what all may call together, where there are several."""
    rationing.share(RedisRation(settings.redis_url) if settings.redis_url else None)
