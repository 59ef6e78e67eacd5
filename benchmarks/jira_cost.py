"""What reading Jira costs: CPU, calls, wall time and memory, as ratios to bare loops in one run.

Usage: python benchmarks/jira_cost.py [--items N] [--rounds R] [--deployment cloud|data_center]
                                      [--recorded FOLDER] [--parts cpu,calls,wall,memory]
"""

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from functools import partial
from pathlib import Path

from benchmarks.cost import loops, worklift
from benchmarks.cost.rounds import cpu as in_rounds
from benchmarks.cost.rounds import shown
from benchmarks.cost.site import Deployment, Site, site

PARTS = ("cpu", "calls", "wall", "memory")


def main() -> None:
    given = _given()
    parts = given.parts.split(",")
    with site(given.items, given.deployment, given.recorded) as there:
        print(f"{given.deployment}, {given.items} issues")
        with tempfile.TemporaryDirectory() as home:
            if "cpu" in parts:
                cpu(there, Path(home), given.rounds)
            if "calls" in parts:
                calls(there, Path(home), given.items)
            if "wall" in parts:
                wall(there, Path(home), given.rounds)
    if "memory" in parts:
        memory(given.deployment, given.items)


def cpu(there: Site, home: Path, rounds: int) -> None:
    """Rounds of the loop and of a first drain in turn; medians of both."""
    in_rounds(partial(loops.one_by_one, there), partial(worklift.service, there), home, rounds)


def calls(there: Site, home: Path, items: int) -> None:
    """Calls of a first, an unchanged and a slightly changed look, without histories."""
    most = -(-items // 100) - (-items // 5000) + 8
    for queries in (0, 2):
        with worklift.service(there, home / f"calls{queries}", queries=queries) as runtime:
            first = worklift.drain(runtime)
            with worklift.without_history():
                worklift.drain(runtime)
                same = worklift.drain(runtime)
                there.tell("change", items // 100)
                changed = worklift.drain(runtime)
        more = f" and {queries} queries" if queries else ""
        print(f"calls with a project{more}: first {first.calls} (target {most}), unchanged"
              f" {same.calls} ({1 + queries}), 1 % changed {changed.calls} ({2 + queries},"
              f" {changed.items} read)")  # fmt: skip


def wall(there: Site, home: Path, rounds: int) -> None:
    """Wall time where every call takes 50 ms longer, against eight calls at a time."""
    there.tell("slow", 0.05)
    loop, mine = [], []
    for number in range(rounds):
        begun = time.perf_counter()
        loops.eight_abreast(there, home / f"eight{number}")
        loop.append(time.perf_counter() - begun)
        with worklift.service(there, home / f"wall{number}") as runtime:
            mine.append(worklift.drain(runtime).wall)
    there.tell("slow", 0)
    ratio = statistics.median(mine) / statistics.median(loop)
    print(f"wall at 50 ms a call: {ratio:.2f} × eight calls at a time"
          f" (target 1.5; {shown(mine)} s against {shown(loop)} s)")  # fmt: skip


def memory(deployment: Deployment, items: int) -> None:
    """Peak memory of a first drain in a process of its own, at a fifth of the items and at all."""
    found = []
    for number in (items // 5, items):
        with site(number, deployment) as there:
            words = [sys.executable, "-m", "benchmarks.cost.peak", there.url, deployment]
            told = subprocess.run(words, capture_output=True, text=True, check=True).stdout
            before, after = (int(each) for each in told.split()[-2:])
            found.append(after - before)
            print(f"peak memory at {number} issues: {before / 1024:.0f} MiB at the start,"
                  f" {found[-1] / 1024:.1f} MiB more at the peak")  # fmt: skip


def _given() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--items", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--deployment", choices=["cloud", "data_center"], default="cloud")
    parser.add_argument("--recorded", type=Path, help="a folder of recorded answers to load too")
    parser.add_argument("--parts", default=",".join(PARTS))
    return parser.parse_args()


if __name__ == "__main__":
    main()
