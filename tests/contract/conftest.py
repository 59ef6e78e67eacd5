"""One small driver per tracker: how its simulator is filled, changed and asked."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from threading import Thread
from typing import Any

import pytest

from integrations import catalogue
from integrations.simulators import start_github, start_jira
from integrations.simulators.jira.limits import Bucket
from integrations.tracker import Account, Need, Session

SECRET = "a webhook secret"
LONG_AGO = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


class JiraDriver:
    """A Jira where every example of the spec names something."""

    key, source, broken = "jira", "", ("project", "NOPE")
    shows = frozenset({"budget", "hiding", "levels", "moving", "narrowing"})
    places: tuple[str, ...] = ()
    """What webhooks are asked to tell of; none where they tell of everything."""
    narrowed = ("jql", "project = PLAT AND labels = wanted")
    """A scope that asks what some items show besides where they lie."""
    words = ("epic", "PLAT", "PLAT-42", "everything", "Sprint", "2.0", "Payments", "okr")
    """What people type who look for a scope; each finds one."""

    def __init__(self, deployment: str) -> None:
        self.options = {"email": "admin@example.com"} if deployment == "cloud" else {}
        self.token = "jira-token"
        self.running: Any = start_jira(deployment=deployment)  # type: ignore[arg-type]
        self.site = self.running.site
        self.moment = LONG_AGO
        self._fill()
        # Cloud's page tokens hold a place in the list; the simulated ones count items.
        self.vanishing = deployment != "cloud"
        # Issues are read side by side, some pages ahead of the one just given.
        self.long = 1500 if deployment == "cloud" else 600
        self.site.page_cap = 100 if deployment == "cloud" else 10

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

    def hide(self, key: str) -> None:
        """Hide one item from us; it is there all the same."""
        self.site.hide_issue(key)

    def move(self, key: str) -> str:
        """Put an item into another place; returns its new key. It stays the same item."""
        if "PAY" not in self.site.projects:
            self.site.add_project("PAY", "Payments")
        return str(self.site.move(key, "PAY").key)

    def levels(self) -> dict[str, str]:
        """An initiative above an epic above a story above a part, and another initiative."""
        for project in ("TOP", "LOW"):
            self.site.add_project(project, project)
        made: dict[str, str] = {}
        kinds = (("top", "TOP", "Initiative", ""), ("other", "TOP", "Initiative", ""),
                 ("epic", "PLAT", "Epic", "top"), ("story", "LOW", "Story", "epic"),
                 ("part", "LOW", "Sub-task", "story"))  # fmt: skip
        for name, project, kind, above in kinds:
            parent = made.get(above)
            issue = self.site.add_issue(project, name, kind, parent=parent, at=self.moment)
            made[name] = str(issue.key)
        return made

    def adopt(self, key: str, parent: str | None, at: datetime) -> None:
        """Put an item below another, or below none."""
        self.site.edit(key, parent=parent, at=at)

    def want(self, key: str, *, wanted: bool) -> None:
        """Have an item show what the narrowed scope asks for, or no more."""
        self.site.edit(key, labels=["wanted"] if wanted else [])

    def hook(self) -> None:
        self.site.add_hook("http://127.0.0.1:9/", SECRET)

    def hooks(self) -> int:
        """How many webhooks are set up."""
        return len(self.site.postman.hooks)

    def notes(self, key: str, kind: str) -> int:
        """How many notes of a kind an item bears."""
        notes, ident = self.site.notes, self.site.held(key).id
        return len({"remote_link": notes.remote_links, "comment": notes.said,
                    "property": notes.known}[kind](ident))  # fmt: skip

    def limit(self, points: int) -> None:
        """Let us have no more than so much from now on."""
        limits = self.site.limits
        if self.site.cloud:
            limits.quota = points
        else:
            limits.bucket = Bucket(limit=points, fill=1, interval=3600)


class GitHubDriver:
    """A GitHub where every example of the spec names something."""

    key, source, broken = "github", "acme/api", ("milestone", "acme/api/99")
    places = ("acme/api",)
    shows = frozenset({"narrowing"})
    narrowed = ("project", "acme/3?Status=In Progress&Wanted>=1")
    words = ("v7", "board", "everything")

    def __init__(self) -> None:
        self.options: dict[str, str] = {}
        self.token = "github-token"
        self.running: Any = start_github()
        self.site = self.running.site
        self.moment = LONG_AGO
        # Pages are read some ahead of the one just given.
        self.vanishing, self.long = True, 900
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
        if "#" not in key:
            del self.site.repo("acme/api").milestones[7]
            return
        self.site.delete("acme/api", int(key.rpartition("#")[2]))

    def want(self, key: str, *, wanted: bool) -> None:
        """Have an item show what the narrowed scope asks for, or no more."""
        values = {"Status": "In Progress", "Wanted": 1 if wanted else 0}
        number = int(key.rpartition("#")[2])
        self.site.put_on_project(("acme", 3), ("acme/api", number), **values)

    def hook(self) -> None:
        self.site.add_hook("http://127.0.0.1:9/", SECRET)

    def hooks(self) -> int:
        return len(self.site.postman.hooks)

    def beside(self) -> str:
        """What is no item and bears notes all the same: a milestone."""
        self.site.edit_milestone("acme/api", 7, description="As people wrote it.")
        return "acme/api/7"

    def notes(self, key: str, kind: str) -> int:
        if kind == "block":
            text = self.site.milestone("acme/api", 7)["description"]
            assert text.startswith("As people wrote it.")
            return int(text.count("<!-- worklift"))
        number = int(key.rpartition("#")[2])
        return sum(each.of("acme/api", number) for each in self.site.comments.values())

    def limit(self, points: int) -> None:
        self.site.limit = points


DRIVERS = {
    "jira-cloud": lambda: JiraDriver("cloud"),
    "jira-datacenter": lambda: JiraDriver("datacenter"),
    "github-enterprise": GitHubDriver,
}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what a tracker does not declare, or its driver cannot show: nothing is skipped."""
    left = [item for item in items if not _applies(item)]
    config.hook.pytest_deselected(items=left)
    items[:] = [item for item in items if item not in left]


def _applies(item: pytest.Item) -> bool:
    name = item.callspec.params.get("driver") if hasattr(item, "callspec") else None
    asked = {each for mark in item.iter_markers("needs") for each in mark.args}
    if name is None or not asked:
        return True
    made = GitHubDriver if name.startswith("github") else JiraDriver
    spec = catalogue.get(name.partition("-")[0]).spec
    kinds = {each.note for each in spec.notes}
    return asked <= spec.capabilities | made.shows and item.callspec.params.get("note") in {
        None,
        *kinds,
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
        thread.join(60)


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
