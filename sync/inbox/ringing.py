"""Ringing for what deliveries made dirty, without having anybody wait for a slow doorbell."""

import os
from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor, wait
from functools import cache

from connector import failpoints
from sync.queue import RqDoorbell
from sync.runtime import Runtime

LONGEST = 0.1
"""Seconds that an answer waits for Redis; the sweep makes up for what is not rung."""


def ring(runtime: Runtime, source_ids: Collection[int]) -> None:
    """Ring for each of them."""
    if not source_ids:
        return
    if isinstance(runtime.doorbell, RqDoorbell):
        wait([_ringer().submit(_ring, runtime, source_ids)], timeout=LONGEST)
    else:
        _ring(runtime, source_ids)


def _ring(runtime: Runtime, source_ids: Collection[int]) -> None:
    for source_id in sorted(source_ids):
        runtime.doorbell.ring(source_id)
    failpoints.reach("inbox.rung")


@cache
def _ringer() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(1, thread_name_prefix="doorbell")


os.register_at_fork(after_in_child=_ringer.cache_clear)
