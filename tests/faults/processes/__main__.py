"""Many schedules of real kills: ``python -m tests.faults.processes --schedules 2000``."""

import argparse
import logging
import sys
import time
from collections import Counter
from contextlib import ExitStack
from itertools import product

import structlog

from tests import compiled, servers
from tests.faults.calm import calm
from tests.faults.processes.places import ACTS, each_place
from tests.faults.processes.schedules import schedule_of


def main() -> int:
    """Play them; returns 1 where something is wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--schedules", type=int, default=200)
    parser.add_argument("--first", type=int, default=1, help="the first seed")
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--each-place", action="store_true", help="kill at each place in turn too")
    given = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    seeds = range(given.first, given.first + given.schedules)
    failed, kills, began = 0, 0, time.monotonic()
    places: Counter[str] = Counter()
    with ExitStack() as stack:
        server = None
        if given.database == "postgresql":
            server = stack.enter_context(servers.postgresql())
        stack.enter_context(compiled.statements())
        stack.enter_context(calm())
        for seed in seeds:
            wrong, play = schedule_of(seed, server)
            kills += play.stage.kills
            places.update(play.processes.killed_at)
            failed += bool(wrong)
            for each in wrong:
                sys.stdout.write(f"seed {seed}: {each}\n")
        if given.each_place:
            for which, tracker in product(ACTS, ("jira", "github")):
                seen, wrong = each_place(which, tracker, server)
                failed += bool(wrong)
                sys.stdout.writelines(f"{which} at {tracker}: {each}\n" for each in wrong)
                sys.stdout.write(f"{which} at {tracker}: {len(seen)} places\n")
    spent = time.monotonic() - began
    sys.stdout.write(
        f"{given.schedules} schedules on {given.database}, {kills} processes killed at "
        f"{len(places)} places, {failed} schedules with something wrong, {spent:.0f} s\n"
    )
    for name, number in places.most_common():
        sys.stdout.write(f"  {number:6} {name}\n")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
