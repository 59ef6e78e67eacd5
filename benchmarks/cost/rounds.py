"""CPU of a first drain in rounds with a bare loop's, and how seconds are shown."""

import statistics
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

from benchmarks.cost import worklift
from sync.runtime import Runtime


def cpu(
    loop: Callable[[Path], object],
    service: Callable[[Path], AbstractContextManager[Runtime]],
    home: Path,
    rounds: int,
) -> None:
    """Rounds of ``loop`` and of a first drain in turn, told as ratios of their medians."""
    base, mirror, whole = [], [], []
    loop(home / "warm")
    with service(home / "cpu") as runtime:
        worklift.anew(runtime, home / "cpu")
        worklift.drain(runtime)  # start-up apart: what a process makes once is made here
        for number in range(rounds):
            base.append(_spent(loop, home / f"loop{number}"))
            worklift.anew(runtime, home / "cpu")
            spent = worklift.drain(runtime)
            mirror.append(spent.mirror)
            whole.append(spent.whole)
    one = statistics.median(base)
    print(f"CPU of the bare loop: {one:.2f} s (of {rounds}: {shown(base)})")
    for name, found, target in (("read into the mirror", mirror, 1.5), ("whole sync", whole, 2.5)):
        ratio = statistics.median(found) / one
        print(f"{name}: {ratio:.2f} × the loop (target {target}; {shown(found)} s)")


def shown(found: list[float]) -> str:
    """Seconds beside each other."""
    return ", ".join(f"{each:.2f}" for each in found)


def _spent(loop: Callable[[Path], object], home: Path) -> float:
    begun = time.process_time()
    loop(home)
    return time.process_time() - begun
