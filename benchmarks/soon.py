"""How soon a change in a tracker is on a page that somebody has open, of a service otherwise idle.

Usage: PYTHONPATH=. python benchmarks/soon.py [--scaled] [--changes N] [--links N] [--repos N]

An issue is closed in the simulated GitHub, which tells of it by webhook. Measured is when the page
of the key result it serves says so, asked all the time; and when a browser that has the page open,
and looks again every two seconds, shows it.
"""

import argparse
import random
import statistics
import sys
import time

import requests

from benchmarks.living.service import Service, service, until

PASSWORD = "a-password-for-the-benchmark"
LOOKS = 2.0
"""Seconds between two looks of an open page (``data-live`` of the layout)."""
PAUSE = 2.5
"""Seconds between a change and the next."""


def main() -> None:
    """Measure one form of the service."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scaled", action="store_true", help="PostgreSQL, Redis, all processes")
    parser.add_argument("--changes", type=int, default=60)
    parser.add_argument("--links", type=int, default=200)
    parser.add_argument("--repos", type=int, default=20)
    given = parser.parse_args()
    with service(scaled=given.scaled, repositories=given.repos, links=given.links) as running:
        time.sleep(75 + 16 * given.repos)  # the past is read, and each source was audited once
        line = _signed_in(running)
        served = [_served(running, line, number, given) for number in range(given.changes)]
    chance = random.Random(1)
    shown = [each + chance.uniform(0, LOOKS) for each in served]
    form = "scaled" if given.scaled else "embedded"
    sys.stdout.write(
        f"{form}, {given.links} links on {given.repos} sources, {given.changes} changes\n"
        f"  served after {_told(served)}\n  on an open page after {_told(shown)}\n"
    )


def _told(waits: list[float]) -> str:
    ordered = sorted(waits)
    middle, most = statistics.median(ordered), ordered[int(0.9 * len(ordered))]
    return f"{middle:.2f} s (median), {most:.2f} s (nine of ten), {ordered[-1]:.2f} s (all)"


def _signed_in(running: Service) -> requests.Session:
    running.environ["BENCHMARK_PASSWORD"] = PASSWORD
    running.run("user", "add", "reader", "--role", "viewer", "--password-env", "BENCHMARK_PASSWORD")
    line, url = requests.Session(), f"http://127.0.0.1:{running.port}/sign-in"
    token = line.get(url, timeout=30).text.split('name="csrf_token" value="')[1].split('"')[0]
    given = {"name": "reader", "password": PASSWORD, "csrf_token": token}
    line.post(url, data=given, timeout=30).raise_for_status()
    return line


def _served(
    running: Service, line: requests.Session, number: int, given: argparse.Namespace
) -> float:
    """Seconds from the change to the page that shows it."""
    repo, label = number % given.repos, number // given.repos
    page = f"http://127.0.0.1:{running.port}/c/t/K{repo}-{label}"
    closed = 1 + label * 5  # five issues bear each label, in order

    def is_shown() -> bool:
        answer = line.get(page, timeout=30)
        answer.raise_for_status()
        return "1 of 5" in answer.text

    assert not is_shown()
    began = time.monotonic()
    running.github.site.close(f"acme/r{repo}", closed)
    until(is_shown)
    took = time.monotonic() - began
    time.sleep(PAUSE)
    return took


if __name__ == "__main__":
    main()
