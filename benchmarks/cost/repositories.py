"""A simulated GitHub in a process of its own, told over a pipe what to do between measurements."""

import multiprocessing
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection
from typing import Any

from integrations.simulators import start_github

TOKEN = "github-token"
PEOPLE, LABELS, MILESTONES = 40, 12, 8
FILLER = "What was seen, what was expected, and the steps that lead there. " * 22


@dataclass(frozen=True)
class Hub:
    """The GitHub as the measuring process sees it."""

    url: str
    repos: tuple[str, ...]
    pipe: Connection

    def tell(self, *words: Any) -> Any:
        """Have it do something; returns what it answers."""
        self.pipe.send(words)
        return self.pipe.recv()


@contextmanager
def hub(sizes: Sequence[int]) -> Iterator[Hub]:
    """A GitHub with a repository of each of these numbers of issues, none changed lately."""
    here, there = multiprocessing.Pipe()
    made = multiprocessing.get_context("spawn").Process(target=_serve, args=(tuple(sizes), there))
    made.start()
    there.close()  # so that a site that fails ends the wait for it
    try:
        yield Hub(here.recv(), names(len(sizes)), here)
    finally:
        here.send(("stop",))
        made.join(timeout=30)


def names(number: int) -> tuple[str, ...]:
    """What so many repositories are called."""
    return tuple(f"acme/part-{each}" for each in range(number))


def _serve(sizes: tuple[int, ...], pipe: Connection) -> None:
    with start_github(token=TOKEN) as github:
        github.site.limit = 1_000_000
        for repo, items in zip(names(len(sizes)), sizes, strict=True):
            _fill(github.site, repo, items)
        pipe.send(github.url)
        while True:
            match pipe.recv():
                case ("calls",):
                    pipe.send(len(github.site.calls))
                case ("used",):
                    pipe.send(github.site.used)
                case ("slow", seconds):
                    github.faults.clear()
                    if seconds:
                        github.faults.add("slow", seconds=seconds)
                    pipe.send(None)
                case ("change", number):
                    for each in range(1, number + 1):
                        github.site.edit(names(1)[0], each, title="Changed since")
                    pipe.send(None)
                case _:
                    return


def _fill(there: Any, repo: str, items: int) -> None:
    """Issues as big as real ones are: some 4 KB each."""
    there.add_repo(repo)
    begun = datetime.now(UTC) - timedelta(days=80)
    for number in range(MILESTONES):
        there.add_milestone(repo, f"Release {number}", at=begun)
    for number in range(items):
        issue = there.add_issue(
            repo,
            f"Issue {number}: what a team would call it",
            milestone=1 + number % MILESTONES,
            labels=[f"area-{number % LABELS}"],
            at=begun + timedelta(minutes=number),
        )
        fields = there.item(repo, issue).fields
        person = {**fields["user"], "login": f"member-{number % PEOPLE}"}
        fields |= {"body": FILLER, "assignee": person, "assignees": [person]}
