"""Run as a process: the memory before a first drain and at its peak, in KiB.

Usage: python -m benchmarks.cost.peak URL DEPLOYMENT
"""

import multiprocessing
import resource
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
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        worklift.drain(runtime)
        print(before, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)


if __name__ == "__main__":
    main(*sys.argv[1:])
