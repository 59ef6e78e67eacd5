"""What ``rq cron`` runs: one job, the sweep, which decides by the database what is due.

It is one more doorbell: every web and worker process sweeps by itself, so nothing waits for it.
"""

import functools

from rq import Queue, cron
from rq.serializers import JSONSerializer

from sync import jobs
from sync.queue import QUEUE
from sync.schedule import EVERY

# rq 3.0's cron builds its queues with pickle and has no option for it; our workers read only JSON.
setattr(cron, "Queue", functools.partial(Queue, serializer=JSONSerializer))  # noqa: B010

SECONDS = int(EVERY)
# One that waited as long as it takes until the next one is for nothing.
cron.register(
    jobs.sweep, queue_name=QUEUE, interval=SECONDS, ttl=SECONDS, result_ttl=0, failure_ttl=0
)
