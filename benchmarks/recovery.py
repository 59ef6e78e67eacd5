"""How long it takes until work goes on: after a worker was killed, after Redis forgot everything.

Usage: PYTHONPATH=. python benchmarks/recovery.py [--rounds R]

The scaled service with its workers, PostgreSQL and Redis; a source's drain waits for a slow GitHub
when its worker is killed (the whole process group, as when a machine is lost).
"""

import argparse
import os
import signal
import statistics
import sys
from collections.abc import Callable

import psutil
from redis import Redis
from rq import Worker

from benchmarks.living.service import Service, service, until

CLOSED = "SELECT count(*) FROM contribution WHERE replaced_at IS NULL AND state = 'done'"
HELD = "SELECT count(*) FROM source WHERE lease_until IS NOT NULL"


def _workers(running: Service) -> list[psutil.Process]:
    """The workers themselves, without their children."""
    children = psutil.Process(running.process.pid).children()
    return [each for each in children if "sync.worker.Worker" in " ".join(each.cmdline())]


def _busy(running: Service) -> list[psutil.Process]:
    """Those that are at a job."""
    with Redis.from_url(running.environ["REDIS_URL"]) as redis:
        pids = {each.pid for each in Worker.all(connection=redis) if each.get_state() == "busy"}
    return [each for each in _workers(running) if each.pid in pids]


def _signal(processes: list[psutil.Process], number: int) -> None:
    for each in processes:
        for one in [*each.children(recursive=True), each]:
            os.kill(one.pid, number)


def after_a_kill(running: Service, issue: int) -> float:
    """Seconds from the death of a worker that holds a source until its work is committed."""
    before = running.value(CLOSED)
    running.github.faults.add("slow", seconds=90, count=1)
    running.github.site.close("acme/r0", issue)
    until(lambda: running.value(HELD) and not running.github.faults.listed())
    _signal(_busy(running), signal.SIGKILL)
    return until(lambda: running.value(CLOSED) > before)


def after_a_flush(running: Service, issue: int) -> float:
    """Seconds from a flush, with work queued, until that work is committed."""
    before, redis = running.value(CLOSED), Redis.from_url(running.environ["REDIS_URL"])
    workers = _workers(running)
    _signal(workers, signal.SIGSTOP)
    running.github.site.close("acme/r0", issue)
    until(lambda: running.value("SELECT count(*) FROM source WHERE dirty_seq > done_seq"))
    redis.flushall()
    redis.close()
    _signal(workers, signal.SIGCONT)
    return until(lambda: running.value(CLOSED) > before)


def main() -> None:
    """Some rounds of each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    issue = 0
    with service(scaled=True, repositories=2, links=10) as running:
        for name, act, limit in (
            ("a worker was killed in mid-drain", after_a_kill, 35),
            ("Redis was flushed with work queued", after_a_flush, 20),
        ):
            told = list[float]()
            for _ in range(given.rounds):
                issue += 1
                told.append(_settled(running, act, issue))
            sys.stdout.write(
                f"{name}: {', '.join(f'{each:.1f}' for each in told)} s until its work was "
                f"committed; median {statistics.median(told):.1f}, limit {limit}\n"
            )


def _settled(running: Service, act: Callable[[Service, int], float], issue: int) -> float:
    """One round, begun when nothing is under way and all workers listen."""
    until(lambda: not running.value(HELD) and len(_workers(running)) > 1)
    until(lambda: not _busy(running))
    return act(running, issue)


if __name__ == "__main__":
    main()
