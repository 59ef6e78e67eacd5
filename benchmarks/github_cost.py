"""What reading GitHub costs: CPU, calls, wall time and memory, as ratios to bare loops in one run.

Usage: python benchmarks/github_cost.py [--items N] [--rounds R] [--parts cpu,calls,…]
"""

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from multiprocessing import Pipe
from pathlib import Path

from benchmarks.cost import pages, worklift
from benchmarks.cost.repositories import TOKEN, Hub, hub
from benchmarks.cost.rounds import cpu as in_rounds
from benchmarks.cost.rounds import shown
from connector.settings import Settings
from integrations.github.session import GitHubSession
from sync import connections, pipeline, planning
from sync.abreast import abreast
from sync.runtime import Runtime, opened

PARTS = ("cpu", "calls", "wall", "eight", "memory")
SLOW = 0.05
QUIET = 62
"""Seconds until what changed is older than what every poll looks at once more."""
HEAD = """
worklift: 1
cycles: [{key: c, start: 2026-01-01, end: 2026-12-31}]
teams: [{key: t, name: T, kind: company}]
objectives: [{key: O, cycle: c, team: t, title: T, key_results: [
"""


def main() -> None:
    given = _given()
    parts = given.parts.split(",")
    with tempfile.TemporaryDirectory() as made:
        home = Path(made)
        if {"cpu", "calls", "wall"} & set(parts):
            with hub([given.items]) as there:
                print(f"{given.items} issues of one repository")
                if "cpu" in parts:
                    cpu(there, home, given.rounds)
                if "wall" in parts:
                    wall(there, home, given.rounds)
                if "calls" in parts:
                    calls(there, home, given.items)
        if "eight" in parts:
            eight(home, given.items, given.rounds)
    if "memory" in parts:
        memory(given.items)


def cpu(there: Hub, home: Path, rounds: int) -> None:
    """Rounds of the loop and of a first drain in turn; medians of both."""
    loop = partial(pages.one_by_one, there.url, there.repos[0])
    in_rounds(loop, partial(service, there), home, rounds)


def wall(there: Hub, home: Path, rounds: int) -> None:
    """Wall time where every call takes 50 ms longer, against the loop."""
    there.tell("slow", SLOW)
    loop, mine = [], []
    for number in range(rounds):
        begun = time.perf_counter()
        pages.one_by_one(there.url, there.repos[0], home / f"slow{number}")
        loop.append(time.perf_counter() - begun)
        with service(there, home / f"wall{number}") as runtime:
            mine.append(worklift.drain(runtime).wall)
    there.tell("slow", 0)
    ratio = statistics.median(mine) / statistics.median(loop)
    print(f"wall at 50 ms a call: {ratio:.2f} × the loop"
          f" (target 1.2; {shown(mine)} s against {shown(loop)} s)")  # fmt: skip


def calls(there: Hub, home: Path, items: int) -> None:
    """Calls and quota of a first, an unchanged and a slightly changed look, without histories."""
    with service(there, home / "calls") as runtime:
        first = worklift.drain(runtime)
        with without_history():
            worklift.drain(runtime)
            before = there.tell("used")
            same = worklift.drain(runtime)
            used = there.tell("used") - before
            there.tell("change", items // 100)
            time.sleep(2)  # a poll is later than what it finds
            changed = worklift.drain(runtime)
            time.sleep(QUIET)
            quiet = [worklift.drain(runtime).calls for _ in range(2)]
            before = there.tell("used")
            worklift.drain(runtime)
            later = there.tell("used") - before
    print(f"calls: first {first.calls} (target {-(-items // 100) + 4}), unchanged {same.calls} of"
          f" {used} quota (1 of 0), 1 % changed {changed.calls} (3, {changed.items} read), then"
          f" {quiet} and one of {later} quota")  # fmt: skip


def eight(home: Path, items: int, rounds: int) -> None:
    """Eight repositories side by side at 50 ms a call, against the longest of them alone."""
    for title, sizes in (
        ("one of half of all issues and seven others", [items // 2, *[items // 14] * 7]),
        ("of the same size", [items // 8] * 8),
    ):
        with hub(sizes) as there:
            there.tell("slow", SLOW)
            longest, together, bare = [], [], []
            for number in range(rounds):
                where = home / f"{len(set(sizes))}-{number}"
                bare.append(_bare(there, where))
                with service(there, where / "one") as runtime:
                    longest.append(worklift.drain(runtime).wall)
                with service(there, where / "eight", repos=8) as runtime:
                    together.append(_together(runtime))
        ratio = statistics.median(together) / statistics.median(longest)
        print(f"eight repositories, {title}: {ratio:.2f} × the longest alone (target 1.5;"
              f" {shown(together)} s against {shown(longest)} s; eight bare loops at a time"
              f" {shown(bare)} s)")  # fmt: skip


def memory(items: int) -> None:
    """Peak memory of a first drain in a process of its own, at a fifth of the items and at all."""
    for number in (items // 5, items):
        with hub([number]) as there:
            words = [sys.executable, __file__, "--peak", there.url]
            told = subprocess.run(words, capture_output=True, text=True, check=True).stdout
            before, after = (int(each) for each in told.split()[-2:])
            print(f"peak memory at {number} issues: {before / 1024:.0f} MiB at the start,"
                  f" {(after - before) / 1024:.1f} MiB more at the peak")  # fmt: skip


@contextmanager
def service(there: Hub, home: Path, *, repos: int = 1) -> Iterator[Runtime]:
    """A fresh service connected to the hub, with a link to each of so many repositories."""
    home.mkdir(parents=True, exist_ok=True)
    settings = Settings(home=home, database_url=f"sqlite:///{home / 'worklift.db'}")
    with opened(settings) as runtime:
        request = connections.Request(
            tracker="github", name="hub", url=there.url, token=TOKEN, allow_private=True,
            options={},
        )  # fmt: skip
        made = connections.connect(runtime, request)
        if made.error:
            raise SystemExit(made.error)
        rows = (
            f"  {{key: K{n}, title: K, target: 100, unit: '%',"
            f" links: [{{scope: 'github:repo:{repo}'}}]}}"
            for n, repo in enumerate(there.repos[:repos])
        )
        plan = "".join([HEAD, ",\n".join(rows), "]}]\n"])
        planning.apply(runtime, plan, name="plan", author="benchmark")
        yield runtime


@contextmanager
def without_history() -> Iterator[None]:
    """Histories are read by a drain of their own, and counted apart."""
    history = GitHubSession.history
    GitHubSession.history = lambda *_given: iter(())  # type: ignore[method-assign]
    try:
        yield
    finally:
        GitHubSession.history = history  # type: ignore[method-assign]


def _bare(there: Hub, home: Path) -> float:
    begun = time.perf_counter()
    for _ in abreast(lambda r: pages.one_by_one(there.url, r, home / r), there.repos):
        pass
    return time.perf_counter() - begun


def _together(runtime: Runtime) -> float:
    begun = time.perf_counter()
    work = abreast(lambda source: pipeline.drain(runtime, source, force=True), range(1, 9))
    errors = [found.error for _, found in work if found.error]
    if errors:
        raise SystemExit(errors[0])
    return time.perf_counter() - begun


def _peak(url: str) -> None:
    there = Hub(url, ("acme/part-0",), Pipe()[0])
    with tempfile.TemporaryDirectory() as home, service(there, Path(home)) as runtime:
        before = _most()
        worklift.drain(runtime)
        print(before, _most())


def _most() -> int:
    """The peak of this process alone, in KiB."""
    status = Path("/proc/self/status").read_text("ascii")
    return int(status.partition("VmHWM:")[2].split()[0])


def _given() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--items", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--parts", default=",".join(PARTS))
    parser.add_argument("--peak", help=argparse.SUPPRESS)
    return parser.parse_args()


if __name__ == "__main__":
    found = _given()
    _peak(found.peak) if found.peak else main()
