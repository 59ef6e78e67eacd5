"""The doorbell: says that a source wants a drain. Losing a ring loses time, never work."""

import queue
import threading
from collections.abc import Callable
from typing import Protocol

import structlog
from redis import Redis
from redis.exceptions import RedisError
from rq import Queue
from rq.serializers import JSONSerializer

log = structlog.get_logger()
QUEUE = "worklift"


class Doorbell(Protocol):
    """Rings for a source; never raises and never waits long."""

    def ring(self, source_id: int) -> None:
        """Ask for a drain of the source soon."""
        ...


class SilentDoorbell:
    """For a command by itself, which drains in the foreground: the next sweep finds the rest."""

    def ring(self, source_id: int) -> None:
        """Nothing listens here."""


class ThreadDoorbell:
    """The embedded queue: one thread drains, each waiting source once."""

    def __init__(self) -> None:
        self._waiting: queue.Queue[int | None] = queue.Queue()
        self._known: set[int] = set()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def ring(self, source_id: int) -> None:
        """Queue the source unless it already waits."""
        with self._lock:
            if source_id in self._known:
                return
            self._known.add(source_id)
        self._waiting.put(source_id)

    def start(self, drain: Callable[[int], None]) -> None:
        """Answer rings with ``drain`` in a thread of its own."""
        self._thread = threading.Thread(target=self._run, args=(drain,), name="drain", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End after the drain under way."""
        self._waiting.put(None)
        if self._thread is not None:
            self._thread.join(timeout=60)

    def _run(self, drain: Callable[[int], None]) -> None:
        while (source_id := self._waiting.get()) is not None:
            with self._lock:
                # Before the drain, so that a ring during it is not swallowed.
                self._known.discard(source_id)
            drain(source_id)


class RqDoorbell:
    """The scaled queue: an RQ job that carries a source id and nothing else."""

    def __init__(self, url: str) -> None:
        redis = Redis.from_url(url, socket_connect_timeout=0.1, socket_timeout=0.5)
        self._queue = Queue(QUEUE, connection=redis, serializer=JSONSerializer)

    def ring(self, source_id: int) -> None:
        """Enqueue; Redis being away costs the time until the next sweep, nothing else."""
        try:
            # No timeout by signal: each call to a tracker has its deadline, and the lease its end.
            self._queue.enqueue(
                "sync.jobs.drain", source_id, result_ttl=0, failure_ttl=0, ttl=300, job_timeout=-1
            )
        except RedisError as error:
            log.warning("doorbell.silent", source_id=source_id, reason=type(error).__name__)
