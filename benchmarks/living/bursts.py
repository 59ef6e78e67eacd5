"""Closed issues told by webhook to a scaled service, with one worker and with two."""

import os
import time

from benchmarks.living.processes import by_role, memory, server_cpu
from benchmarks.living.service import Service, service, until

REPOSITORIES, LINKS = 20, 200
EACH = 25
"""Issues closed of each repository in a burst."""
REST = 20.0
"""Seconds without a change before a burst, for what goes on by itself."""
DONE = "SELECT count(*) FROM contribution WHERE replaced_at IS NULL AND state = 'done'"
HELD = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
WAITING = "SELECT count(*) FROM source WHERE dirty_seq > done_seq OR lease_until IS NOT NULL"


def measure() -> None:
    for workers in (1, 2):
        os.environ["WORKLIFT_WORKERS"] = str(workers)
        with service(scaled=True, repositories=REPOSITORIES, links=LINKS) as running:
            until(lambda: not running.value(WAITING))
            time.sleep(REST)
            told = f"{_burst(running)}; memory {dict(memory(running.process.pid))} MiB"
            print(f"{workers} worker(s), {LINKS} links on {REPOSITORIES} sources: {told}",
                  flush=True)  # fmt: skip


def _burst(running: Service) -> str:
    number, before = EACH * REPOSITORIES, running.value(DONE)
    calls, cpu = len(running.github.site.calls), by_role(running.process.pid)
    base = server_cpu(running.database)
    began = time.monotonic()
    for issue in range(1, EACH + 1):
        for repo in range(REPOSITORIES):
            running.github.site.close(f"acme/r{repo}", issue)
    sent = time.monotonic() - began
    until(lambda: running.value(DONE) >= before + number)
    took = time.monotonic() - began
    until(lambda: not running.value(WAITING))
    after = by_role(running.process.pid)
    parts = ", ".join(
        f"{role} {1000 * (after[role] - cpu[role]) / number:.1f}" for role in ("web", "workers")
    )
    return (
        f"{number} changes told in {sent:.1f} s, in the scores after {took:.1f} s,"
        f" {len(running.github.site.calls) - calls} calls; CPU in ms for each: {parts},"
        f" PostgreSQL {1000 * (server_cpu(running.database) - base) / number:.1f};"
        f" {running.value(HELD) - 1} connections to it"
    )
