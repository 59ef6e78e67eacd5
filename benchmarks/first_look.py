"""What a first look at many links costs: CPU of the drain, and of its last transaction alone.

Usage: python benchmarks/first_look.py [LINKS [ITEMS]]

A simulated Jira in a process of its own; each item lies in the scope of one link.
"""

import multiprocessing
import sys
import tempfile
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from connector.settings import Settings
from integrations.simulators import start_jira
from sync import connections, pipeline, planning
from sync.runtime import opened

MAIL, TOKEN = "admin@example.com", "token"
HEAD = """
worklift: 1
cycles: [{key: c, start: 2026-01-01, end: 2026-12-31}]
teams: [{key: t, name: T, kind: company}]
objectives: [{key: O, cycle: c, team: t, title: T, key_results: [
"""


def tracker(links: int, items: int, pipe: Connection) -> None:
    """Serve a Jira until the pipe is closed."""
    with start_jira(email=MAIL, token=TOKEN) as jira:
        jira.site.add_project("PLAT", "Platform")
        for number in range(items):
            jira.site.add_issue("PLAT", f"Story {number}", labels=[f"l{number % links}"])
        pipe.send(jira.url)
        pipe.recv()


def plan(links: int) -> str:
    rows = (
        f"  {{key: K{n}, title: K, target: 100, unit: '%', "
        f"links: [{{scope: 'jira:label:PLAT/l{n}'}}]}},\n"
        for n in range(links)
    )
    return f"{HEAD}{''.join(rows)}]}}]\n"


def measure(url: str, links: int, home: Path) -> None:
    settings = Settings(home=home, database_url=f"sqlite:///{home / 'worklift.db'}")
    last: list[float] = []
    pipeline.finish = timed(pipeline.finish, last)  # type: ignore[attr-defined]
    with opened(settings) as runtime:
        request = connections.Request(
            tracker="jira", name="jira", url=url, token=TOKEN, options={"email": MAIL},
            allow_private=True,
        )  # fmt: skip
        connections.connect(runtime, request)
        planning.apply(runtime, plan(links), name="plan", author="benchmark")
        begun = time.process_time()
        found = pipeline.drain(runtime, 1, force=True, full=True)
        spent = time.process_time() - begun
        print(
            f"first look at {found.items_read} items, {links} links: "
            f"{spent:.2f} s CPU, {sum(last):.2f} s of it at the end"
        )


def timed(work: Callable[..., Any], spent: list[float]) -> Callable[..., Any]:
    def run(*given: Any, **named: Any) -> Any:
        begun = time.process_time()
        try:
            return work(*given, **named)
        finally:
            spent.append(time.process_time() - begun)

    return run


def main(links: int, items: int) -> None:
    here, there = multiprocessing.Pipe()
    serving = multiprocessing.Process(target=tracker, args=(links, items, there))
    serving.start()
    try:
        with tempfile.TemporaryDirectory() as home:
            measure(here.recv(), links, Path(home))
    finally:
        here.send(None)
        serving.join(timeout=30)


if __name__ == "__main__":
    given = [int(each) for each in sys.argv[1:]]
    main(*(given + [1000, 4000][len(given) :]))
