"""One small driver per tracker: how its simulator is filled, changed and asked."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from threading import Thread
from typing import Any

import pytest

from integrations import catalogue
from integrations.simulators import start_github, start_jira
from integrations.tracker import Account, Need, Session

SECRET = "a webhook secret"
LONG_AGO = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


class JiraDriver:
    """A Jira where every example of the spec names something."""

    key, source, broken = "jira", "", ("project", "NOPE")

    def __init__(self, deployment: str) -> None:
        self.options = {"email": "admin@example.com"} if deployment == "cloud" else {}
        self.token = "jira-token"
        self.running: Any = start_jira(deployment=deployment)  # type: ignore[arg-type]
        self.site = self.running.site
        self.moment = LONG_AGO
        self._fill()
        # Cloud's page tokens hold a place in the list; the simulated ones count items.
        self.vanishing = deployment != "cloud"

    def _fill(self) -> None:
        self.site.add_project("PLAT", "Platform")
        self.site.add_version("PLAT", "2.0")
        self.site.add_component("PLAT", "Payments")
        for number in range(1, 8):
            self.site.add_sprint(f"Sprint {number}")
        for number in range(1, 42):
            self.add(f"Filler {number}")
        self.site.add_issue("PLAT", "The epic", "Epic", at=self.moment)
        self.site.add_issue(
            "PLAT", "Everything", "Bug", parent="PLAT-42", points=3.0, labels=["okr"],
            fix_versions=["2.0"], components=["Payments"], sprint=7, at=self.moment,
        )  # fmt: skip

    def need(self) -> Need:
        return Need(scopes=frozenset({("project", "PLAT")}))

    def example(self, kind: str, value: str) -> Need:
        return Need(scopes=frozenset({(kind, value)}))

    def add(self, title: str) -> str:
        self.moment += timedelta(seconds=1)
        return str(self.site.add_issue("PLAT", title, at=self.moment).key)

    def close(self, key: str, at: datetime) -> None:
        self.site.transition(key, "Done", resolution="Done", at=at)

    def delete(self, key: str) -> None:
        self.site.delete(key)

    def hook(self) -> None:
        self.site.add_hook("http://127.0.0.1:9/", SECRET)


class GitHubDriver:
    """A GitHub where every example of the spec names something."""

    key, source, broken = "github", "acme/api", ("milestone", "acme/api/99")

    def __init__(self) -> None:
        self.options: dict[str, str] = {}
        self.token = "github-token"
        self.running: Any = start_github()
        self.site = self.running.site
        self.moment = LONG_AGO
        self.vanishing = True
        self.site.add_repo("acme/api")
        for number in range(1, 8):
            self.site.add_milestone("acme/api", f"v{number}", at=LONG_AGO)
        for number in range(1, 43):
            self.add(f"Filler {number}")
        self.site.add_issue("acme/api", "Everything", milestone=7, labels=["okr"], at=self.moment)
        self.site.set_parent("acme/api", 43, ("acme/api", 7), at=self.moment)
        for number in range(1, 4):
            self.site.add_project("acme", f"Board {number}", at=LONG_AGO)
        self.site.put_on_project(("acme", 3), ("acme/api", 43), at=self.moment, Status="Todo")

    def need(self) -> Need:
        return Need(scopes=frozenset({("repo", "acme/api")}))

    def example(self, kind: str, value: str) -> Need:
        return Need(scopes=frozenset({(kind, value)}))

    def add(self, title: str) -> str:
        self.moment += timedelta(seconds=1)
        return f"acme/api#{self.site.add_issue('acme/api', title, at=self.moment)}"

    def close(self, key: str, at: datetime) -> None:
        self.site.close("acme/api", int(key.rpartition("#")[2]), at=at)

    def delete(self, key: str) -> None:
        self.site.delete("acme/api", int(key.rpartition("#")[2]))

    def hook(self) -> None:
        self.site.add_hook("http://127.0.0.1:9/", SECRET)


DRIVERS = {
    "jira-cloud": lambda: JiraDriver("cloud"),
    "jira-datacenter": lambda: JiraDriver("datacenter"),
    "github-enterprise": GitHubDriver,
}


@pytest.fixture(scope="session")
def driven() -> frozenset[str]:
    """The trackers that have a driver."""
    return frozenset(name.partition("-")[0] for name in DRIVERS)


@pytest.fixture(scope="session")
def stopping() -> Iterator[list[Thread]]:
    """Servers take half a second to stop: they do so beside the next tests."""
    threads: list[Thread] = []
    yield threads
    for thread in threads:
        thread.join(10)


@pytest.fixture(params=sorted(DRIVERS))
def driver(request: pytest.FixtureRequest, stopping: list[Thread]) -> Iterator[Any]:
    made = DRIVERS[request.param]()
    yield made
    thread = Thread(target=made.running.stop)
    thread.start()
    stopping.append(thread)


@pytest.fixture
def account(driver: Any) -> Account:
    """A connection as it is after its test."""
    fresh = Account(
        name="main", url=driver.running.url, token=driver.token, options=driver.options,
        allow_private=True,
    )  # fmt: skip
    session = catalogue.get(driver.key).open(fresh)
    found = session.check().options
    session.close()
    return Account(
        name="main", url=driver.running.url, token=driver.token,
        options={**driver.options, **found}, allow_private=True,
    )  # fmt: skip


@pytest.fixture
def session(driver: Any, account: Account) -> Iterator[Session]:
    opened = catalogue.get(driver.key).open(account)
    yield opened
    opened.close()


@pytest.fixture
def secret() -> str:
    return SECRET
