"""What Worklift and its peers spend on reading the same simulated tracker, each as a process.

Usage: PYTHONPATH=. python benchmarks/peers.py [--items N] [--trackers github,cloud,data_center]
                                               [--only NAME,…]

The peers of benchmarks/peers.txt are installed into .cache/peers, beside the project's packages.
A full read, one where nothing changed, one where a hundredth did; each peer by its own state.
CPU is of the whole process, its start included; what the simulator spends is not in it.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.cost.repositories import Hub, hub
from benchmarks.cost.site import Site, site

HERE = Path(__file__).parent
ENVIRONMENT = HERE.parent / ".cache" / "peers"
ABLE = {
    "github": ("worklift", "pygithub", "perceval", "dlt", "tap"),
    "cloud": ("worklift", "jira", "perceval", "dlt"),
    "data_center": ("worklift", "jira", "perceval", "dlt"),
}
SINCE = 2.0
"""Seconds from a change to the look for it, as GitHub's lists lag behind."""
LONGEST = 900


@dataclass(frozen=True)
class Spent:
    """What one run took, or why it came to nothing."""

    items: int = 0
    calls: int = 0
    cpu: float = 0
    wall: float = 0
    peak: int = 0
    error: str = ""


def main() -> None:
    given = _given()
    python = installed()
    only = given.only.split(",") if given.only else None
    for tracker in given.trackers.split(","):
        names = [each for each in ABLE[tracker] if only is None or each in only]
        with tempfile.TemporaryDirectory() as home, serving(tracker, given.items) as there:
            print(f"{tracker}, {given.items} issues")
            beside(there, tracker, {each: Path(home, each) for each in names}, python)


def beside(there: Hub | Site, tracker: str, homes: dict[str, Path], python: Path) -> None:
    """Each look by every peer in turn, so that all find the tracker in the same state."""
    items = 0
    if "worklift" in homes:
        run(there, tracker, "worklift", homes["worklift"], python)  # connects
    for look in ("full", "unchanged", "1 % changed"):
        if look == "1 % changed":
            there.tell("change", items // 100)
            time.sleep(SINCE)
        for name in list(homes):
            spent = run(there, tracker, name, homes[name], python)
            print(line(look, name, spent), flush=True)
            items = max(items, spent.items)
            if spent.error:
                del homes[name]
            elif name == "worklift" and look == "full":
                past = run(there, tracker, name, homes[name], python)
                print(line("histories", name, past), flush=True)


def run(there: Hub | Site, tracker: str, name: str, home: Path, python: Path) -> Spent:
    """One run as a process; a folder of its own keeps what it remembers."""
    home.mkdir(parents=True, exist_ok=True)
    program = sys.executable if name == "worklift" else str(python)
    words = [program, "-m", f"benchmarks.beside.with_{name}", str(home), tracker, there.url]
    calls, cpu, wall = there.tell("calls"), _children(), time.perf_counter()
    environ = {**os.environ, "PYTHONPATH": str(HERE.parent), "HOME": str(home)}
    done = subprocess.run(words, capture_output=True, text=True, check=False, cwd=HERE.parent,
                          env=environ, timeout=LONGEST)  # fmt: skip
    wall, cpu = time.perf_counter() - wall, _children() - cpu
    if done.returncode:
        return Spent(error=(done.stderr.strip().splitlines() or ["it ended"])[-1])
    told = json.loads((home / "told.json").read_text("utf-8"))
    return Spent(told["items"], there.tell("calls") - calls, cpu, wall, told["peak"])


def line(look: str, name: str, spent: Spent) -> str:
    if spent.error:
        return f"  {look:12} {name:9} cannot: {spent.error}"
    return (f"  {look:12} {name:9} {spent.items:6} read, {spent.calls:5} calls,"
            f" {spent.cpu:6.2f} s CPU, {spent.wall:6.2f} s wall,"
            f" {spent.peak / 1024:4.0f} MiB")  # fmt: skip


def installed() -> Path:
    """The Python of the environment that has the peers; made where it is not there yet."""
    python, wanted = ENVIRONMENT / "bin" / "python", (HERE / "peers.txt").read_text("utf-8")
    stamp = ENVIRONMENT / "peers.txt"
    if not stamp.exists() or stamp.read_text("utf-8") != wanted:
        uv = [sys.executable, "-m", "uv"]
        subprocess.run([*uv, "venv", "--quiet", "--clear", "--python", sys.executable,
                        str(ENVIRONMENT)], check=True)  # fmt: skip
        subprocess.run([*uv, "pip", "install", "--quiet", "--python", str(python), "-r",
                        str(HERE / "peers.txt")], check=True)  # fmt: skip
        stamp.write_text(wanted, "utf-8")
    return python


@contextmanager
def serving(tracker: str, items: int) -> Iterator[Hub | Site]:
    """The simulated tracker, in a process of its own."""
    if tracker == "github":
        with hub([items]) as there:
            yield there
    else:
        with site(items, "cloud" if tracker == "cloud" else "data_center") as there:
            yield there


def _children() -> float:
    """CPU seconds of all processes that were waited for; the simulator is not yet."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _given() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--items", type=int, default=2000)
    parser.add_argument("--trackers", default=",".join(ABLE))
    parser.add_argument("--only", help="some of the peers, by the name of their program")
    return parser.parse_args()


if __name__ == "__main__":
    main()
