"""The doorbell: says that a job waits to be done. Losing a ring loses time, never work."""

import threading
import time
from collections.abc import Callable, Mapping
from typing import Literal, Protocol, get_args
from uuid import uuid4

import structlog
from redis import Redis
from redis.exceptions import RedisError
from rq import Queue
from rq.serializers import JSONSerializer

from sync.abreast import AT_ONCE
from sync.line import PAUSE, Line

log = structlog.get_logger()
QUEUE = "worklift"
Job = Literal["drain", "notes", "audit"]
"""What is rung for: a drain or an audit of a source, or the notes of a connection."""
JOBS: tuple[Job, ...] = get_args(Job)
_PATIENCE = 60.0
"""Seconds to wait for the jobs under way when all is to end."""
_SILENCE = 1.0
"""Seconds without another try after Redis failed, so that accepting deliveries stays quick."""


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
    """The embedded queue: threads for each kind of job, so that none waits for another. Sources
    are drained side by side, each by one thread at a time."""

    def __init__(self) -> None:
        self._lanes = {
            "drain": _Lane("drain", AT_ONCE, PAUSE),
            "notes": _Lane("notes", 1),
            "audit": _Lane("audit", 1),
        }

    def ring(self, subject_id: int, job: Job = "drain") -> None:
        """Queue it unless it already waits."""
        self._lanes[job].ring(subject_id)

    def start(self, work: Mapping[Job, Callable[[int], None]]) -> None:
        """Answer rings, each kind of job in threads of its own."""
        for job, do in work.items():
            self._lanes[job].start(do)

    def stop(self) -> None:
        """End after the jobs under way."""
        for lane in self._lanes.values():
            lane.stop()


class _Lane:
    """Some threads do one kind of job, each waiting subject once and never twice at a time."""

    def __init__(self, name: str, width: int, pause: float = 0.0) -> None:
        self._name, self._width = name, width
        self._waiting = Line(pause)
        self._known: set[int] = set()
        self._busy: set[int] = set()
        self._lock = threading.Lock()
        self._threads: list[threading.Thread] = []

    def ring(self, subject_id: int) -> None:
        with self._lock:
            if subject_id in self._known:
                return
            self._known.add(subject_id)
            if subject_id in self._busy:
                return  # queued when it is done
        self._waiting.put(subject_id)

    def start(self, do: Callable[[int], None]) -> None:
        for number in range(self._width):
            name = f"{self._name}-{number}"
            thread = threading.Thread(target=self._run, args=(do,), name=name, daemon=True)
            self._threads.append(thread)
            thread.start()

    def stop(self) -> None:
        for _ in self._threads:
            self._waiting.put(None)
        end = time.monotonic() + _PATIENCE
        for thread in self._threads:
            thread.join(timeout=max(0.0, end - time.monotonic()))

    def _run(self, do: Callable[[int], None]) -> None:
        while (subject_id := self._waiting.get()) is not None:
            with self._lock:
                # Before the job, so that a ring during it is not swallowed.
                self._known.discard(subject_id)
                self._busy.add(subject_id)
            try:
                do(subject_id)
            finally:  # whatever became of it, the next ring for it must not wait for ever
                self._rest(subject_id)

    def _rest(self, subject_id: int) -> None:
        with self._lock:
            self._busy.discard(subject_id)
            again = subject_id in self._known
        self._waiting.ended(subject_id, again=again)
        if again:
            self._waiting.put(subject_id)


class RqDoorbell:
    """The scaled queue: an RQ job that carries an id and nothing else."""

    def __init__(self, url: str) -> None:
        redis = Redis.from_url(url, socket_connect_timeout=0.1, socket_timeout=0.5)
        self._queue = Queue(QUEUE, connection=redis, serializer=JSONSerializer)
        self._silent_until = 0.0

    def ring(self, subject_id: int, job: Job = "drain") -> None:
        """Enqueue unless it already waits; Redis being away costs the time until the next sweep,
        nothing else."""
        if time.monotonic() < self._silent_until:
            return
        try:
            # One that waits looks at the database after this moment, so it sees all that is so now.
            if not any(each.startswith(f"{job}-{subject_id}-") for each in self._queue.job_ids):
                self._enqueue(subject_id, job)
        except RedisError as error:
            self._silent_until = time.monotonic() + _SILENCE
            reason = type(error).__name__
            log.warning("doorbell.silent", job=job, subject_id=subject_id, reason=reason)

    def _enqueue(self, subject_id: int, job: Job) -> None:
        # No timeout by signal: each call to a tracker has its deadline, and the lease its end.
        self._queue.enqueue(
            f"sync.jobs.{job}",
            subject_id,
            job_id=f"{job}-{subject_id}-{uuid4().hex}",
            result_ttl=0,
            failure_ttl=0,
            ttl=300,
            job_timeout=-1,
        )
