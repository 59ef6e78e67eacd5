"""What links, items and changes cost a worker: CPU of its looks, its memory, and PostgreSQL's CPU.

Usage: PYTHONPATH=. python benchmarks/carrying.py [--sizes LINKSxITEMS,…] [--databases …]
                                                  [--parts looks,bursts]

Looks: one project of a simulated Jira, its items spread over links by label, read by one process.
Bursts: 20 repositories, closed issues told by webhook to a scaled service with one worker, and two.
"""

import argparse
import logging
import multiprocessing
import statistics
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import structlog

from benchmarks.cost import worklift
from benchmarks.living.processes import server_cpu
from connector.settings import Settings
from sync import connections, planning
from sync.runtime import opened

MAIL, TOKEN = "admin@example.com", "token"
SIZES = "200x10000,1000x10000,2000x2000"
LOOKS = 3
HEAD = """
worklift: 1
cycles: [{key: c, start: 2026-01-01, end: 2099-12-31}]
teams: [{key: t, name: T, kind: company}]
objectives: [{key: O, cycle: c, team: t, title: T, key_results: [
"""


def main() -> None:
    """Each size on each database; then the bursts."""
    given = _given()
    parts = given.parts.split(",")
    if "looks" in parts:
        for links, items in (map(int, each.split("x")) for each in given.sizes.split(",")):
            with _tracker(links, items) as (url, tell):
                for database in given.databases.split(","):
                    _in_a_process(database, url, links, tell)
    if "bursts" in parts:
        from benchmarks.living import bursts  # noqa: PLC0415 - the processes measured load less

        bursts.measure()


def looks(url: str, links: int, base: tuple[str, str | None], steps: Connection) -> None:
    """Run as a process: drain in turn what is new, unchanged and changed; print what it took."""
    where, server = base
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    with ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        where = where or f"sqlite:///{home / 'worklift.db'}"
        runtime = stack.enter_context(_service(where, home, url, links))
        stack.enter_context(worklift.without_history())
        rest = _peak()

        def spent(items: int = 0) -> tuple[float, float, worklift.Spent]:
            if items:
                steps.send(items)
                steps.recv()
            before = server_cpu(server)
            found = worklift.drain(runtime)
            return found.whole, server_cpu(server) - before, found

        first = spent()
        highest = _peak()
        spent()
        same = [spent() for _ in range(LOOKS)]
        one = [spent(1) for _ in range(LOOKS)]
        many = spent(100)
        kind = "PostgreSQL" if server else "SQLite"
        print(f"{kind}, {links} links on {first[2].items} items: first look {_told(first)};"
              f" unchanged {_told(_median(same))}; one changed {_told(_median(one))};"
              f" 100 changed {_told(many)};"
              f" {rest} MiB at rest, {highest} MiB at the peak", flush=True)  # fmt: skip


def _median(found: list[tuple[float, float, Any]]) -> tuple[float, float, Any]:
    own, server, _ = zip(*found, strict=True)
    return statistics.median(own), statistics.median(server), found[0][2]


def _told(spent: tuple[float, float, Any]) -> str:
    own, server, found = spent
    beside = f" + {1000 * server:.0f} ms PostgreSQL" if server else ""
    last = f"{1000 * (found.whole - found.mirror):.0f} ms of it at the end"
    return f"{1000 * own:.0f} ms{beside} ({last}), {found.calls} calls"


@contextmanager
def _database(kind: str) -> Iterator[tuple[str, str | None]]:
    """Its address, and where the socket of its server lies."""
    if kind == "sqlite":
        yield "", None
        return
    from tests import databases, servers  # noqa: PLC0415

    with servers.postgresql(durable=True) as folder:
        yield databases.empty(folder), str(Path(folder))


@contextmanager
def _service(where: str, home: Path, url: str, links: int) -> Iterator[Any]:
    with opened(Settings(home=home, database_url=where)) as runtime:
        request = connections.Request(
            tracker="jira", name="jira", url=url, token=TOKEN, options={"email": MAIL},
            allow_private=True,
        )  # fmt: skip
        made = connections.connect(runtime, request)
        assert made.error is None, made.error
        rows = ",\n".join(
            f"  {{key: K{n}, title: K, target: 100, unit: '%',"
            f" links: [{{scope: 'jira:label:PLAT/l{n}'}}]}}"
            for n in range(links)
        )
        planning.apply(runtime, f"{HEAD}{rows}]}}]\n", name="plan", author="benchmark")
        yield runtime


def _in_a_process(kind: str, url: str, links: int, tell: Connection) -> None:
    with _database(kind) as base:
        context = multiprocessing.get_context("spawn")
        made = context.Process(target=looks, args=(url, links, base, tell))
        made.start()
        made.join()


@contextmanager
def _tracker(links: int, items: int) -> Iterator[tuple[str, Connection]]:
    here, there = multiprocessing.Pipe()
    context = multiprocessing.get_context("spawn")
    made = context.Process(target=_serve, args=(links, items, there))
    made.start()
    there.close()
    try:
        yield here.recv(), here
    finally:
        here.send(None)
        made.join(timeout=30)


def _serve(links: int, items: int, pipe: Connection) -> None:
    """A Jira that makes steps of issues as it is told, each time with others."""
    from integrations.simulators import start_jira  # noqa: PLC0415

    with start_jira(email=MAIL, token=TOKEN) as jira:
        with jira.site.quiet():
            jira.site.add_project("PLAT", "Platform")
            begun = datetime.now(UTC) - timedelta(days=80)
            for number in range(items):
                jira.site.add_issue("PLAT", f"Story {number}", labels=[f"l{number % links}"],
                                    at=begun + timedelta(minutes=number))  # fmt: skip
        pipe.send(jira.url)
        following = 1
        while number := pipe.recv():
            for _ in range(number):
                jira.site.transition(f"PLAT-{following}", "Done")
                following += 1
            pipe.send(None)


def _peak() -> int:
    """The most memory of this process so far, in MiB (Linux)."""
    status = Path("/proc/self/status").read_text("ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) // 1024


def _given() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--sizes", default=SIZES)
    parser.add_argument("--databases", default="sqlite,postgresql")
    parser.add_argument("--parts", default="looks,bursts")
    return parser.parse_args()


if __name__ == "__main__":
    main()
