"""Durable accept of webhooks against a bare Flask view that inserts one row and commits.

Usage: PYTHONPATH=. python benchmarks/accept.py [--rounds R] [--seconds S] [--lines 64,8]
    [--databases sqlite,postgresql]
"""

import argparse
import contextlib
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil

from benchmarks.accepting import words
from benchmarks.accepting.client import Load, load
from tests import databases, servers

KINDS = ("bare", "worklift")
REPOS = 20
WARM = 1.0


@dataclass(frozen=True)
class Served:
    port: int
    process: psutil.Process

    def cpu(self) -> float:
        """The seconds of CPU it has used."""
        times = self.process.cpu_times()
        return float(times.user + times.system)


def main() -> None:
    asked = argparse.ArgumentParser()
    asked.add_argument("--rounds", type=int, default=5)
    asked.add_argument("--seconds", type=float, default=6)
    asked.add_argument("--lines", default="64,8")
    asked.add_argument("--databases", default="sqlite,postgresql")
    given = asked.parse_args()
    told = words.bodies(words.repositories(REPOS))
    print(f"{len(told)} bodies of {len(told[0]):,} bytes, {REPOS} sources")
    for database in given.databases.split(","):
        with _running(database) as there:
            for lines in map(int, given.lines.split(",")):
                _compare(f"{database}, {lines} connections", there, told, lines, given)


def _compare(
    title: str, there: dict[str, Served], told: list[bytes], lines: int, given: argparse.Namespace
) -> None:
    spent = dict.fromkeys(KINDS, 0.0)
    found: dict[str, list[Load]] = {kind: [] for kind in KINDS}
    for number in range(given.rounds):
        for kind in KINDS if number % 2 else reversed(KINDS):
            sent = words.requests(told, "/hooks/github")
            load(there[kind].port, sent, lines, WARM)
            before = there[kind].cpu()
            found[kind].append(load(there[kind].port, sent, lines, given.seconds))
            spent[kind] += there[kind].cpu() - before
    print(title)
    for kind, loads in found.items():
        assert all(set(each.statuses) == {202} for each in loads), (kind, loads[0].statuses)
        rates = " ".join(f"{each.rate:.0f}" for each in loads)
        middle, last = (_median(each.wait(share) for each in loads) for share in (0.5, 0.99))
        cpu = 1000 * spent[kind] / sum(len(each.waits) for each in loads)
        print(f"  {kind:8} {_median(each.rate for each in loads):5.0f}/s ({rates}),"
              f" median {1000 * middle:.1f} ms, p99 {1000 * last:.1f} ms,"
              f" {cpu:.2f} ms of CPU each")  # fmt: skip
    pairs = list(zip(found["worklift"], found["bare"], strict=True))
    rate = _median(mine.rate / other.rate for mine, other in pairs)
    last = _median(mine.wait(0.99) / other.wait(0.99) for mine, other in pairs)
    target = 0.9 if lines >= 64 else 0.8
    print(f"  {rate:.2f} × the bare rate (target {target}), p99 {last:.2f} × (target 1.2)")


def _median(values: Iterator[float]) -> float:
    return statistics.median(values)


@contextlib.contextmanager
def _running(database: str) -> Iterator[dict[str, Served]]:
    """Both servers, each with a database of its own."""
    with contextlib.ExitStack() as stack:
        place = servers.postgresql(durable=True) if database == "postgresql" else None
        folder = stack.enter_context(place) if place else ""
        there = {}
        for kind in KINDS:
            home = stack.enter_context(tempfile.TemporaryDirectory())
            url = databases.empty(folder) if folder else f"sqlite:///{Path(home, 'worklift.db')}"
            there[kind] = stack.enter_context(_served(kind, url, home))
        yield there


@contextlib.contextmanager
def _served(kind: str, url: str, home: str) -> Iterator[Served]:
    line = [sys.executable, "-m", "benchmarks.accepting.serving", kind, url, home, str(REPOS)]
    process = subprocess.Popen(line, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield Served(int(process.stdout.readline()), psutil.Process(process.pid))
    finally:
        process.terminate()
        process.wait()


if __name__ == "__main__":
    main()
