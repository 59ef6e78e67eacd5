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
local slot = math.floor(now / 5)
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
redis.call('ZADD', KEYS[1], now + ARGV[2], ARGV[1])
redis.call('EXPIRE', KEYS[1], 120)
local callers = redis.call('ZCARD', KEYS[1])
local asked, spent, slots = tonumber(ARGV[3]), 0, {}
for back = 0, 12 do slots[back + 1] = KEYS[2] .. (slot - back) end
for _, each in ipairs(redis.call('MGET', unpack(slots))) do
    spent = spent + (tonumber(each or '0') or 0)
end
if asked == 0 or spent + asked > tonumber(ARGV[4]) then
    return {callers, 0}
end
redis.call('INCRBY', slots[1], asked)
redis.call('EXPIRE', slots[1], 90)
return {callers, asked}
"""
"""Counted by five seconds, all that reach into the last sixty whole: a minute that begins anew
gives nothing back of what was spent at the end of the one before."""


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
