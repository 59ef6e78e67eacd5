"""The RQ worker: one process that does its jobs itself, and sweeps meanwhile.

It forks for none of them: nothing can outlive it, and a job costs neither a fork nor a connection.
Whatever kills it is survived by the leases, and it is started again.
"""

import sys
import time
from typing import Any

from rq import SimpleWorker, worker_registration

from connector.errors import Refused, WorkliftError
from sync import jobs, own_key, rations, redis_check, ticking
from sync.children import REFUSED
from sync.runtime import Runtime, from_environment

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
