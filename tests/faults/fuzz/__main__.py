"""The long version: ``python -m tests.faults.fuzz --number 200000 --seed N``."""

import argparse
import sys
import tempfile
from pathlib import Path

from tests.faults.fuzz.hunting import hunt
from tests.faults.fuzz.parsers import PARSERS, query_of
from tests.web import acme
from tests.web.world import make


def main() -> int:
    """Hunt in every parser; 1 when anything was found."""
    asked = argparse.ArgumentParser(prog="python -m tests.faults.fuzz", description=__doc__)
    asked.add_argument("--number", type=int, default=200_000, help="inputs to each parser (200000)")
    asked.add_argument("--seed", type=int, default=0, help="another seed, other inputs (0)")
    given = asked.parse_args()
    wrong = 0
    with tempfile.TemporaryDirectory() as home:
        world = make(Path(home))
        acme.fill(world)
        for name, parser in {**PARSERS, "query": query_of(world.client("admin"))}.items():
            found = hunt(name, parser, given.number, seed=given.seed)
            sys.stdout.write("\n   ".join([f"{name}: {len(found)} found", *map(str, found)]) + "\n")
            sys.stdout.flush()
            wrong += len(found)
        world.runtime.store.close()
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main())
