"""A simulated GitHub in a process of its own that closes issues when it is told to."""

import multiprocessing
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

from benchmarks.accepting.words import SECRET
from integrations.simulators import start_github

TOKEN = "github-token"


@dataclass(frozen=True)
class Hub:
    url: str
    pipe: Connection

    def tell(self, *words: Any) -> Any:
        """Have it do something; returns what it answers."""
        self.pipe.send(words)
        return self.pipe.recv()


@contextmanager
def hub(repos: list[str], issues: int) -> Iterator[Hub]:
    here, there = multiprocessing.Pipe()
    context = multiprocessing.get_context("spawn")
    made = context.Process(target=_serve, args=(repos, issues, there))
    made.start()
    there.close()
    try:
        yield Hub(here.recv(), here)
    finally:
        here.send(("stop",))
        made.join(timeout=30)


def _serve(repos: list[str], issues: int, pipe: Connection) -> None:
    with start_github(token=TOKEN) as github:
        github.site.limit = 1_000_000
        for repo in repos:
            github.site.add_repo(repo)
            for number in range(issues):
                github.site.add_issue(repo, f"Issue {number}")
        github.site.add_hook("http://127.0.0.1:9/", SECRET)
        pipe.send(github.url)
        while True:
            match pipe.recv():
                case ("calls",):
                    pipe.send(len(github.site.calls))
                case ("close",):
                    pipe.send(_close(github.site, repos, issues))
                case _:
                    return


def _close(site: Any, repos: list[str], issues: int) -> list[bytes]:
    """Close every issue; the bodies that tell of it, all repositories in turn."""
    found = []
    for number in range(1, issues + 1):
        for repo in repos:
            site.close(repo, number)
            found.append(bytes(site.deliveries[-1].body))
    return found
