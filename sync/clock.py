"""What ``rq cron`` runs: one job, the sweep, which decides by the database what is due."""

import functools

from rq import Queue, cron
from rq.serializers import JSONSerializer

from sync import jobs
from sync.queue import QUEUE
from sync.schedule import EVERY

# rq 3.0's cron builds its queues with pickle and has no option for it; our workers read only JSON.
setattr(cron, "Queue", functools.partial(Queue, serializer=JSONSerializer))  # noqa: B010

cron.register(jobs.sweep, queue_name=QUEUE, interval=int(EVERY), result_ttl=0, failure_ttl=0)
