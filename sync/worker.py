"""The RQ worker: one process that does its jobs itself, and sweeps meanwhile.

It forks for none of them: nothing can outlive it, and a job costs neither a fork nor a connection.
Whatever kills it is survived by the leases, and it is started again.
"""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import structlog
from redis.exceptions import RedisError
from rq import SimpleWorker, worker_registration
from rq.exceptions import InvalidJobOperation
from rq.job import Job

from connector.errors import Refused, WorkliftError
from sync import jobs, own_key, rations, redis_check, ticking
from sync.children import REFUSED
from sync.runtime import Runtime, from_environment
from sync.worker_log import AWAY, PLAIN

log = structlog.get_logger()
FORGOTTEN = "Redis was emptied while the job was done; nothing is lost, sweeps ring for the rest"
WAITS = 1
"""How one ends that will work once an admin acts on the pages: it is started again till then."""
BEAT = 5.0
"""Seconds from one sign of life to the next at least."""


class Worker(SimpleWorker):
    """Started as ``rq worker --worker-class sync.worker.Worker``."""

    _known_until = 0.0

    def work(self, *given: Any, **more: Any) -> bool:
        """Look at Redis and load all that jobs need, then sweep beside the jobs."""
        runtime = _ready()
        _opens(runtime)
        self.log.addFilter(PLAIN)
        with ticking.ticking(runtime, ticking.period(runtime)):
            return bool(super().work(*given, **more))

    def heartbeat(self, *given: Any, **more: Any) -> None:
        """Be known to whoever asks for workers, even after Redis forgot all; short jobs that
        follow each other tell of it once in a while."""
        if more.get("pipeline"):
            super().heartbeat(*given, **more)
        elif time.monotonic() >= self._known_until:
            super().heartbeat(*given, **more)
            worker_registration.register(self)
            self._known_until = time.monotonic() + BEAT

    def handle_job_success(self, job: Job, *given: Any, **more: Any) -> None:
        """Cross the job off, where Redis still knows it: the work itself is in the database."""
        with self._known(job):
            super().handle_job_success(job, *given, **more)

    def handle_job_failure(self, job: Job, *given: Any, **more: Any) -> None:
        """The same for one that failed."""
        with self._known(job):
            super().handle_job_failure(job, *given, **more)

    @contextmanager
    def _known(self, job: Job) -> Iterator[None]:
        try:
            yield
        except InvalidJobOperation:
            self.executions.clear()
            self.connection.delete(job.key)  # what its last sign of life left is no job
            log.warning("job.forgotten", meaning=FORGOTTEN)

    def handle_exception(self, job: Job, *exc_info: Any) -> None:
        """Tell what a job raised; of a Redis that went away meanwhile, in one line."""
        error = exc_info[1]
        if isinstance(error, RedisError):
            self.log.warning(AWAY, type(error).__name__)
        else:
            super().handle_exception(job, *exc_info)


def _ready() -> Runtime:
    try:
        settings = from_environment()
        if settings.redis_url:
            redis_check.ensure(settings.redis_url)
        rations.share(settings)
        return jobs.prepare()
    except WorkliftError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(REFUSED)


def _opens(runtime: Runtime) -> None:
    """End where the key opens nothing: a worker would only make sources fail that others read."""
    try:
        own_key.ensure(runtime)
    except Refused as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(WAITS)
