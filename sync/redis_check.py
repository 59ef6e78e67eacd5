"""What Redis must be like to serve as the doorbell; every process looks at it when it starts."""

import contextlib
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import structlog
from redis import Redis
from redis.exceptions import OutOfMemoryError, ReadOnlyError, RedisError
from rq import Queue, Worker
from rq.serializers import JSONSerializer

from connector.errors import Refused
from sync.queue import QUEUE
from sync.runtime import Runtime

log = structlog.get_logger()
EVICTS = (
    "REDIS_URL: this Redis throws jobs away when its memory is full (maxmemory-policy {policy}); "
    "set maxmemory-policy noeviction, or use a Redis of its own for Worklift"
)
FORGETS = "Redis keeps nothing on disk (appendonly no): a restart of it costs up to 15 seconds"
_PROBE = "worklift:probe"
_KEPT = 5.0
"""Seconds that one look at the queue serves the pages of a process."""


@dataclass(frozen=True, slots=True)
class QueueState:
    """The queue as people see it: ``trouble`` is a sentence, empty while all is well; ``waiting``
    are jobs not begun, ``workers`` the processes that take them; None where nobody can tell."""

    trouble: str = ""
    fix: str = ""
    waiting: int | None = None
    workers: int | None = None


def ensure(url: str) -> None:
    """Raise ``Refused`` for a Redis that evicts; one that does not answer is waited for later."""
    try:
        with _connected(url) as redis:
            policy, keeps = _told(redis)
    except RedisError as error:
        log.warning("redis.away", reason=type(error).__name__)
        return
    if policy not in {None, "noeviction"}:
        raise Refused(EVICTS.format(policy=policy))
    if keeps is False:
        log.warning("redis.forgets", meaning=FORGETS)


class Watch:
    """Looks at the queue now and then, however many pages ask."""

    def __init__(self) -> None:
        self._until, self._state = 0.0, QueueState()

    def state(self, runtime: Runtime) -> QueueState:
        """What was seen at most some seconds ago; threads are never in trouble."""
        url = runtime.settings.redis_url
        if url is None:
            return QueueState()
        if time.monotonic() >= self._until:
            self._state, self._until = look(url), time.monotonic() + _KEPT
        return self._state


watch = Watch()


def look(url: str) -> QueueState:
    """The queue as it is now."""
    try:
        with _connected(url) as redis:
            redis.set(_PROBE, "1", ex=60)
            policy, _ = _told(redis)
            queue = Queue(QUEUE, connection=redis, serializer=JSONSerializer)
            waiting, workers = queue.count, Worker.count(connection=redis, queue=queue)
    except ReadOnlyError:
        return _degraded("Redis takes no writes (it is read-only)", "point REDIS_URL at the master")
    except RedisError as error:
        return _degraded(f"Redis {_reason(error)}", "start Redis, or give it memory")
    if policy not in {None, "noeviction"}:
        state = _degraded(
            f"Redis may throw jobs away (maxmemory-policy {policy})",
            "set maxmemory-policy noeviction",
        )
    elif workers == 0:
        state = _degraded("no worker listens", "start a worker process (see the Procfile)")
    else:
        state = QueueState()
    return QueueState(state.trouble, state.fix, waiting, workers)


def _degraded(what: str, fix: str) -> QueueState:
    return QueueState(f"The queue is degraded: {what}. Changes may be late; none is lost.", fix)


def _reason(error: RedisError) -> str:
    if isinstance(error, OutOfMemoryError):
        return "is full"
    return f"does not answer ({type(error).__name__})"


@contextlib.contextmanager
def _connected(url: str) -> Iterator[Redis]:
    redis = Redis.from_url(url, socket_connect_timeout=0.5, socket_timeout=1)
    try:
        yield redis
    finally:
        redis.close()


def _told(redis: Redis) -> tuple[str | None, bool | None]:
    """(the eviction policy, whether it appends to a file), as far as this Redis tells."""
    memory: Any = redis.info("memory")
    persistence: Any = redis.info("persistence")
    policy, keeps = memory.get("maxmemory_policy"), persistence.get("aof_enabled")
    return policy, None if keeps is None else bool(keeps)
