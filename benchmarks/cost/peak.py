"""Run as a process (Linux): the memory before a first drain and at its peak, in KiB.

Usage: python -m benchmarks.cost.peak URL DEPLOYMENT
"""

import multiprocessing
import sys
import tempfile
from pathlib import Path
from typing import cast

from benchmarks.cost import worklift
from benchmarks.cost.site import Deployment, Site


def main(url: str, deployment: str) -> None:
    unused, _ = multiprocessing.Pipe()
    there = Site(url, cast("Deployment", deployment), unused)
    with (
        tempfile.TemporaryDirectory() as home,
        worklift.service(there, Path(home)) as runtime,
    ):
        # From here: the peak that ``resource`` tells is one the parent process had already.
        Path("/proc/self/clear_refs").write_text("5")
        before = _peak()
        worklift.drain(runtime)
        print(before, _peak())


def _peak() -> int:
    told = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in told if line.startswith("VmHWM:"))


if __name__ == "__main__":
    main(*sys.argv[1:])
