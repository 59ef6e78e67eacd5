"""The RQ worker: its child dies with it, so that no drain outlives its supervisor."""

import ctypes
import os
import signal
import sys

from rq import Worker as RqWorker
from rq.job import Job
from rq.queue import Queue

PR_SET_PDEATHSIG = 1


class Worker(RqWorker):
    """Started as ``rq worker --worker-class sync.worker.Worker``."""

    def main_work_horse(self, job: Job, queue: Queue) -> None:
        """Ask the kernel to end this child when the worker ends, then work."""
        parent = os.getppid()
        if sys.platform == "linux":
            ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
            if os.getppid() != parent:
                os._exit(1)  # the worker died before the kernel was asked
        super().main_work_horse(job, queue)
