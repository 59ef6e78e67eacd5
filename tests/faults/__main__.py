"""The long version: ``python -m tests.faults --seed N --schedules M --database postgresql``."""

import argparse
import contextlib
import logging
import os
import sys
import time
from collections.abc import Callable, Iterator

import structlog

from tests import compiled, servers
from tests.faults import anomalies, calm, meetings, mutants, runs

Judged = Callable[[int, str | None], tuple[list[str], object]]


def main() -> int:
    """Run what is asked for; the number of what went wrong is the exit code, at most 1."""
    given = _asked()
    _order_sets()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    wrong = 0
    for database in ("sqlite", "postgresql") if given.database == "both" else (given.database,):
        with _prepared(database) as server:
            _said(f"# {database}")
            wrong += _many("schedules", runs.schedules, given.schedules, given.seed, server)
            wrong += _many("meetings", meetings.meetings, given.meetings, given.seed, server)
            if given.anomalies:
                wrong += _anomalies(server)
            if given.reached:
                anomalies.kept(database, anomalies.counted(database, server))
            if given.mutants and server is None:
                wrong += _mutants()
    return int(wrong > 0)


def _order_sets() -> None:
    """Begin again where sets of texts have another order in every process: a seed tells all."""
    if os.environ.get("PYTHONHASHSEED") != "0":
        os.environ["PYTHONHASHSEED"] = "0"
        os.execv(sys.executable, [sys.executable, "-m", "tests.faults", *sys.argv[1:]])


def _said(*lines: str) -> None:
    sys.stdout.write("\n   ".join(lines) + "\n")
    sys.stdout.flush()


def _asked() -> argparse.Namespace:
    found = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    found.add_argument("--seed", type=int, default=0, help="the first seed (0)")
    found.add_argument(
        "--schedules", type=int, default=0, help="how many worlds with 3 to 5 schedules each (0)"
    )
    found.add_argument(
        "--meetings", type=int, default=0, help="how many worlds with 3 to 5 interleavings each (0)"
    )
    found.add_argument("--anomalies", action="store_true", help="strike at every place there is")
    found.add_argument("--mutants", action="store_true", help="look for every mutant")
    found.add_argument("--reached", action="store_true", help="write down how many places are")
    kinds = ("sqlite", "postgresql", "both")
    found.add_argument("--database", choices=kinds, default="sqlite")
    return found.parse_args()


@contextlib.contextmanager
def _prepared(database: str) -> Iterator[str | None]:
    with contextlib.ExitStack() as stack:
        stack.enter_context(compiled.statements())
        stack.enter_context(compiled.apps())
        stack.enter_context(calm.calm())
        yield stack.enter_context(servers.postgresql()) if database == "postgresql" else None


def _many(what: str, judged: Judged, number: int, first: int, server: str | None) -> int:
    begun, used, wrong, acts = time.monotonic(), _used(), 0, 0
    for seed in range(first, first + number):
        found, played = judged(seed, server)
        acts += getattr(played, "acts", 1)
        if found:
            wrong += 1
            _said(f"{what}: seed {seed}", *found)
    if number:
        seconds, cpu = time.monotonic() - begun, _used() - used
        rate = f"{acts / seconds:.2f} a second, {acts / cpu:.2f} a second of one core"
        worlds = "" if acts == number else f" in {number} worlds"
        _said(f"{what}: {acts} played{worlds}, {wrong} wrong; {rate}")
    return wrong


def _used() -> float:
    found = os.times()
    return found.user + found.system


def _anomalies(server: str | None) -> int:
    number = wrong = 0
    for name in anomalies.SCENARIOS:
        for kind in anomalies.KINDS:
            for at, found in anomalies.loop(name, kind, server):
                number += 1
                if found:
                    wrong += 1
                    _said(f"{name}: {kind} at {at}", *found)
    _said(f"anomalies: {number} struck, {wrong} wrong")
    return wrong


def _mutants() -> int:
    wrong = 0
    for name, mutant in mutants.MUTANTS.items():
        seed = mutants.hunted(mutant)
        _said(f"mutant: {name}: {'hidden' if seed is None else f'seen in seed {seed}'}")
        wrong += seed is None
    return wrong


if __name__ == "__main__":
    sys.exit(main())
