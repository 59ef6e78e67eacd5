"""A simulated Jira in a process of its own, told over a pipe what to do between measurements."""

import multiprocessing
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Literal

from integrations.simulators import start_jira

MAIL, TOKEN = "admin@example.com", "token"
POINTS = "customfield_10016"
PEOPLE, LABELS, EPICS = 40, 12, 50
FILLER = "What was seen, what was expected, and the steps that lead there. " * 20

Deployment = Literal["cloud", "data_center"]


@dataclass(frozen=True)
class Site:
    """The site as the measuring process sees it."""

    url: str
    deployment: Deployment
    pipe: Connection

    def tell(self, *words: Any) -> Any:
        """Have the site do something; returns what it answers."""
        self.pipe.send(words)
        return self.pipe.recv()

    @property
    def calls(self) -> int:
        """HTTP calls it answered."""
        return int(self.tell("calls"))


@contextmanager
def site(items: int, deployment: Deployment, recorded: Path | None = None) -> Iterator[Site]:
    """A site with that many issues in project PLAT, none changed lately."""
    here, there = multiprocessing.Pipe()
    made = multiprocessing.get_context("spawn").Process(
        target=_serve, args=(items, deployment, recorded, there)
    )
    made.start()
    there.close()  # so that a site that fails ends the wait for it
    try:
        yield Site(here.recv(), deployment, here)
    finally:
        here.send(("stop",))
        made.join(timeout=30)


def _serve(items: int, deployment: Deployment, recorded: Path | None, pipe: Connection) -> None:
    with start_jira(email=MAIL, token=TOKEN, deployment=deployment) as jira:
        with jira.site.quiet():
            if recorded:
                jira.site.load(recorded)
            _fill(jira.site, items)
        pipe.send(jira.url)
        while True:
            match pipe.recv():
                case ("calls",):
                    pipe.send(len(jira.site.calls))
                case ("slow", seconds):
                    jira.faults.clear()
                    if seconds:
                        jira.faults.add("slow", seconds=seconds)
                    pipe.send(None)
                case ("change", number):
                    for each in range(1, number + 1):
                        jira.site.edit(f"PLAT-{EPICS + each}", summary="Changed since")
                    pipe.send(None)
                case _:
                    return


def _fill(there: Any, items: int) -> None:
    """Issues as big as recorded ones are when asked for the same fields: some 3.4 KB each."""
    there.add_project("PLAT", "Platform")
    there.projects["PLAT"]["avatarUrls"] = _pictures("project")
    versions = [there.add_version("PLAT", f"Release {number}") for number in range(8)]
    people = [_person(number) for number in range(PEOPLE)]
    begun = datetime.now(UTC) - timedelta(days=80)
    for number in range(items):
        is_epic = number < EPICS
        issue = there.add_issue(
            "PLAT",
            f"{'Epic' if is_epic else 'Story'} {number}: what a team would call it",
            type="Epic" if is_epic else "Story",
            at=begun + timedelta(minutes=number),
            points=number % 8,
            labels=[f"area-{number % LABELS}"],
            description=FILLER,
            **({} if is_epic else {"parent": f"PLAT-{1 + number % EPICS}"}),
        )
        issue.fields["assignee"] = people[number % PEOPLE]
        issue.fields["fixVersions"] = [versions[number % len(versions)]]
        issue.fields["project"]["avatarUrls"] = _pictures("project")
    there.changed()


def _person(number: int) -> dict[str, Any]:
    account = f"712020:0f8fad5b-d9cb-469f-a165-{number:012d}"
    return {
        "self": f"/rest/api/3/user?accountId={account}",
        "accountId": account,
        "emailAddress": f"member-{number}@example.com",
        "avatarUrls": _pictures(account),
        "displayName": f"Member {number}",
        "active": True,
        "timeZone": "Europe/Berlin",
        "accountType": "atlassian",
    }


def _pictures(name: str) -> dict[str, str]:
    where = "https://avatar.example/universal_avatar/view/type/picture/avatar"
    return {f"{size}x{size}": f"{where}/{name}?size={size}" for size in (48, 24, 16, 32)}
