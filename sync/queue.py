"""The doorbell: says that a job waits to be done. Losing a ring loses time, never work."""

import queue
import threading
from collections.abc import Callable, Mapping
from typing import Literal, Protocol, get_args

import structlog
from redis import Redis
from redis.exceptions import RedisError
from rq import Queue
from rq.serializers import JSONSerializer

log = structlog.get_logger()
QUEUE = "worklift"
Job = Literal["drain", "notes"]
"""What is rung for: a drain of a source, or the notes of a connection."""
JOBS: tuple[Job, ...] = get_args(Job)


class Doorbell(Protocol):
    """Rings for a source or, with another job, for what that job is done for; never raises and
    never waits long."""

    def ring(self, subject_id: int, job: Job = "drain") -> None:
        """Ask for the job to be done soon."""
        ...


class SilentDoorbell:
    """For a command by itself, which works in the foreground: the next sweep finds the rest."""

    def ring(self, subject_id: int, job: Job = "drain") -> None:
        """Nothing listens here."""


class ThreadDoorbell:
    """The embedded queue: one thread for each kind of job, so that none waits for another."""

    def __init__(self) -> None:
        self._lanes = {job: _Lane(job) for job in JOBS}

    def ring(self, subject_id: int, job: Job = "drain") -> None:
        """Queue it unless it already waits."""
        self._lanes[job].ring(subject_id)

    def start(self, work: Mapping[Job, Callable[[int], None]]) -> None:
        """Answer rings, each kind of job in a thread of its own."""
        for job, do in work.items():
            self._lanes[job].start(do)

    def stop(self) -> None:
        """End after the jobs under way."""
        for lane in self._lanes.values():
            lane.stop()


class _Lane:
    """One thread does one kind of job, each waiting subject once."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._waiting: queue.Queue[int | None] = queue.Queue()
        self._known: set[int] = set()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def ring(self, subject_id: int) -> None:
        with self._lock:
            if subject_id in self._known:
                return
            self._known.add(subject_id)
        self._waiting.put(subject_id)

    def start(self, do: Callable[[int], None]) -> None:
        self._thread = threading.Thread(target=self._run, args=(do,), name=self._name, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._waiting.put(None)
        if self._thread is not None:
            self._thread.join(timeout=60)

    def _run(self, do: Callable[[int], None]) -> None:
        while (subject_id := self._waiting.get()) is not None:
            with self._lock:
                # Before the job, so that a ring during it is not swallowed.
                self._known.discard(subject_id)
            do(subject_id)


class RqDoorbell:
    """The scaled queue: an RQ job that carries an id and nothing else."""

    def __init__(self, url: str) -> None:
        redis = Redis.from_url(url, socket_connect_timeout=0.1, socket_timeout=0.5)
        self._queue = Queue(QUEUE, connection=redis, serializer=JSONSerializer)

    def ring(self, subject_id: int, job: Job = "drain") -> None:
        """Enqueue; Redis being away costs the time until the next sweep, nothing else."""
        try:
            # No timeout by signal: each call to a tracker has its deadline, and the lease its end.
            self._queue.enqueue(
                f"sync.jobs.{job}",
                subject_id,
                result_ttl=0,
                failure_ttl=0,
                ttl=300,
                job_timeout=-1,
            )
        except RedisError as error:
            reason = type(error).__name__
            log.warning("doorbell.silent", job=job, subject_id=subject_id, reason=reason)
