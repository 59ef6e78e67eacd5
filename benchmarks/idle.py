"""What a service costs that has nothing to do: calls a minute, and CPU as a part of one core.

Usage: PYTHONPATH=. python benchmarks/idle.py [--scaled] [--minutes M] [--links N] [--repos N]
"""

import argparse
import re
import sys
import time
from collections import Counter

from benchmarks.living.service import service


def main() -> None:
    """Measure one form of the service."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scaled", action="store_true", help="PostgreSQL, Redis, all processes")
    parser.add_argument("--minutes", type=float, default=3.0)
    parser.add_argument("--links", type=int, default=200)
    parser.add_argument("--repos", type=int, default=20)
    given = parser.parse_args()
    with service(scaled=given.scaled, repositories=given.repos, links=given.links) as running:
        # The past is read, and each source was audited once, one at a sweep.
        time.sleep(75 + 16 * given.repos)
        calls, cpu, began = len(running.github.site.calls), running.cpu(), time.monotonic()
        time.sleep(given.minutes * 60)
        spent = time.monotonic() - began
        made, cpu = running.github.site.calls[calls:], running.cpu() - cpu
    form = "scaled" if given.scaled else "embedded"
    sys.stdout.write(
        f"{form}, {given.links} links on {given.repos} sources, idle for {spent:.0f} s: "
        f"{len(made) * 60 / spent:.1f} calls a minute, {100 * cpu / spent:.2f} % of a core\n"
    )
    kinds = Counter(re.sub(r"acme/r\d+", "REPO", str(each)) for each in made)
    for kind, number in kinds.most_common(8):
        sys.stdout.write(f"  {number:5} {kind}\n")


if __name__ == "__main__":
    main()
