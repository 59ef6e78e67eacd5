"""The RQ worker: one process that does its jobs itself, and sweeps meanwhile.

It forks for none of them: nothing can outlive it, and a job costs neither a fork nor a connection.
Whatever kills it is survived by the leases, and it is started again.
"""

import sys
from typing import Any

from rq import SimpleWorker, worker_registration

from connector.errors import WorkliftError
from sync import jobs, redis_check, ticking
from sync.children import REFUSED
from sync.runtime import Runtime, from_environment


class Worker(SimpleWorker):
    """Started as ``rq worker --worker-class sync.worker.Worker``."""

    def work(self, *given: Any, **more: Any) -> bool:
        """Look at Redis and load all that jobs need, then sweep beside the jobs."""
        runtime = _ready()
        with ticking.ticking(runtime, ticking.period(runtime)):
            return bool(super().work(*given, **more))

    def heartbeat(self, *given: Any, **more: Any) -> None:
        """Be known to whoever asks for workers, even after Redis forgot all."""
        super().heartbeat(*given, **more)
        if not more.get("pipeline"):
            worker_registration.register(self)


def _ready() -> Runtime:
    try:
        settings = from_environment()
        if settings.redis_url:
            redis_check.ensure(settings.redis_url)
        return jobs.prepare()
    except WorkliftError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(REFUSED)
