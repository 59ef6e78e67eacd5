"""A flood of webhooks over 20 sources: what it costs, and how soon it is reflected in scores.

Usage: PYTHONPATH=. python benchmarks/flood.py [--webhooks N] [--lines C]
"""

import argparse
import json
import os
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from benchmarks.accepting import words
from benchmarks.accepting.client import load
from benchmarks.accepting.hub import TOKEN, Hub, hub
from connector.settings import Settings
from sync import connections, pipeline, planning
from sync.runtime import opened
from tests.servers import free_port, wait_for

REPOS = words.repositories(20)
ISSUES = 50
LONGEST = 120.0


@dataclass
class Service:
    """The service under load, as a process."""

    home: Path
    port: int
    process: subprocess.Popen[str]

    def shown(self) -> int:
        """How many issues the readings count as done."""
        url = f"file:{self.home / 'worklift.db'}?mode=ro"
        with sqlite3.connect(url, uri=True) as database:
            found = database.execute("SELECT sum(done) FROM reading").fetchone()
        return int(found[0] or 0)

    def end(self) -> dict[str, Any]:
        """Stop it; what it counted."""
        self.process.send_signal(signal.SIGTERM)
        out, _ = self.process.communicate(timeout=60)
        found: dict[str, Any] = json.loads(out.splitlines()[-1])
        return found


def main() -> None:
    asked = argparse.ArgumentParser()
    asked.add_argument("--webhooks", type=int, default=10_000)
    asked.add_argument("--lines", type=int, default=64)
    given = asked.parse_args()
    with tempfile.TemporaryDirectory() as home, hub(REPOS, ISSUES) as there:
        _prepare(Path(home), there)
        with _serving(Path(home)) as service:
            told = burst(service, there)
            flood(service, there, told, given.webhooks, given.lines)


def burst(service: Service, there: Hub) -> list[bytes]:
    """All issues are closed and told of at once; what told of it."""
    told = there.tell("close")
    begun = time.perf_counter()
    sent = load(service.port, words.requests(told, "/hooks/github", len(told)), 16)
    wait_for(lambda: service.shown() == len(told), "the scores", LONGEST)
    took = time.perf_counter() - begun
    print(f"{len(told)} events: accepted in {sent.seconds:.1f} s ({dict(sent.statuses)}),"
          f" all in the scores after {took:.1f} s (target 10)")  # fmt: skip
    return list(told)


def flood(service: Service, there: Hub, told: list[bytes], number: int, lines: int) -> None:
    """Many webhooks of the same issues, as fast as they are accepted."""
    time.sleep(3)
    before = there.tell("calls")
    sent = load(service.port, words.requests(told, "/hooks/github", number), lines)
    wait_for(lambda: not _waiting(service), "the last drain", LONGEST)
    calls = there.tell("calls") - before
    counted = service.end()
    print(f"{number} webhooks over {len(REPOS)} sources: {dict(sent.statuses)}"
          f" in {sent.seconds:.1f} s ({sent.rate:.0f}/s, p99 {1000 * sent.wait(0.99):.0f} ms);"
          f" {calls} calls ({100 * calls / number:.1f} %, target 2 %),"
          f" {counted['drains']} drains of both parts,"
          f" memory +{(counted['after'] - counted['before']) / 1024:.0f} MiB")  # fmt: skip


def _waiting(service: Service) -> bool:
    with sqlite3.connect(f"file:{service.home / 'worklift.db'}?mode=ro", uri=True) as database:
        found = database.execute("SELECT count(*) FROM source WHERE dirty_seq > done_seq")
        return bool(found.fetchone()[0])


def _prepare(home: Path, there: Hub) -> None:
    """A service connected to the simulated GitHub, a link for each repository, all read once."""
    url = f"sqlite:///{home / 'worklift.db'}"
    with opened(Settings(home=home, database_url=url, key=b"k" * 32)) as runtime:
        request = connections.Request(
            tracker="github", name="github", url=there.url, token=TOKEN, options={},
            allow_private=True, hook_secret=words.SECRET,
        )  # fmt: skip
        made = connections.connect(runtime, request)
        assert made.error is None, made.error
        planning.apply(runtime, _plan(), name="plan", author="benchmark")
        for source_id in range(1, len(REPOS) + 1):
            for _ in range(2):  # what it looks like, then its past
                pipeline.drain(runtime, source_id, force=True)


def _plan() -> str:
    today = datetime.now(UTC).date()
    rows = (
        f"{{key: K{n}, title: K, target: 100, unit: '%', links: [{{scope: 'github:repo:{repo}'}}]}}"
        for n, repo in enumerate(REPOS)
    )
    return f"""
worklift: 1
cycles: [{{key: c, start: {today - timedelta(days=30)}, end: {today + timedelta(days=60)}}}]
teams: [{{key: t, name: T, kind: company}}]
objectives: [{{key: O, cycle: c, team: t, title: T, key_results: [{", ".join(rows)}]}}]
"""


@contextmanager
def _serving(home: Path) -> Iterator[Service]:
    port = free_port()
    line = [sys.executable, "-m", "benchmarks.accepting.flooded", str(home), str(port)]
    environ = {**os.environ, "PYTHONPATH": "."}
    process = subprocess.Popen(line, stdout=subprocess.PIPE, text=True, env=environ)
    try:
        assert process.stdout is not None
        process.stdout.readline()
        yield Service(home, port, process)
    finally:
        process.terminate()
        process.wait()


if __name__ == "__main__":
    main()
