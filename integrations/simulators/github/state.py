"""The state of a simulated GitHub: repositories with their items, milestones and events."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from integrations.simulators.github import shapes
from integrations.simulators.github.apps import App, Apps
from integrations.simulators.github.limits import Limits
from integrations.simulators.github.shapes import Json
from integrations.simulators.github.tokens import LOGIN, Tokens
from integrations.simulators.hooks import Postman
from integrations.simulators.traffic import Call

DOCS = "https://docs.github.com/rest"


class GithubError(Exception):
    """A refusal in GitHub's form."""

    def __init__(self, status: int, message: str, **more: Any) -> None:
        super().__init__(message)
        self.status, self.message, self.more = status, message, more


@dataclass
class Item:
    """An issue or pull request; its milestone is kept by number and shown as it is now."""

    repo: str
    fields: Json
    milestone: int | None = None
    parent: int | None = None
    """The id of the issue it is a sub-issue of."""

    @property
    def number(self) -> int:
        """Its number in the repository."""
        return int(self.fields["number"])

    @property
    def is_pull(self) -> bool:
        """Whether it is a pull request."""
        return "pull_request" in self.fields

    @property
    def updated(self) -> str:
        """When it was last changed, as GitHub writes it (such texts sort as times do)."""
        return str(self.fields["updated_at"])


@dataclass
class Comment:
    """A comment on an issue or a pull request."""

    id: int
    repo: str
    number: int
    user: Json
    body: str
    created: str
    updated: str
    association: str
    via: Json | None = None
    on_pull: bool = False

    def of(self, repo: str, number: int) -> bool:
        """Whether it is on this item."""
        return (self.repo, self.number) == (repo, number)

    def shown(self) -> Json:
        """It as the API shows it."""
        told = shapes.comment(self.repo, self.number, self.id, {
            "user": self.user, "body": self.body, "created_at": self.created,
            "updated_at": self.updated, "author_association": self.association,
            "performed_via_github_app": self.via,
        })  # fmt: skip
        if self.on_pull:
            told["html_url"] = told["html_url"].replace("/issues/", "/pull/")
        return told


@dataclass
class Repo:
    """One repository.

    ``moved`` leads from numbers to the repository (by id) and number where issues went;
    ``counters`` hold what recorded milestones counted beyond the items we have.
    """

    about: Json
    items: dict[int, Item] = field(default_factory=dict)
    milestones: dict[int, Json] = field(default_factory=dict)
    labels: dict[str, Json] = field(default_factory=dict)
    events: list[tuple[int, Json]] = field(default_factory=list)
    moved: dict[int, tuple[int, int]] = field(default_factory=dict)
    deleted: set[int] = field(default_factory=set)
    counters: dict[int, tuple[int, int]] = field(default_factory=dict)
    roles: dict[str, str] = field(default_factory=dict)
    """By login: what a person may do here, where that differs from the usual."""
    releases: dict[int, Json] = field(default_factory=dict)
    checks: dict[int, Json] = field(default_factory=dict)
    last: int = 0
    """The last number given out."""

    @property
    def name(self) -> str:
        """``owner/name``."""
        return str(self.about["full_name"])

    def next_number(self) -> int:
        """The next number; issues and pull requests share them."""
        self.last += 1
        return self.last

    def shown_milestone(self, number: int | None) -> Json | None:
        """A milestone with its counters, which count pull requests too."""
        if number is None:
            return None
        opened, closed = self.counters.get(number, (0, 0))
        states = [item.fields["state"] for item in self.items.values() if item.milestone == number]
        return self.milestones[number] | {
            "open_issues": opened + states.count("open"),
            "closed_issues": closed + states.count("closed"),
        }


@dataclass
class State:
    """Everything the site holds."""

    token: str
    postman: Postman
    url: str = ""
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    cursor_from: int = 1000
    """Lists longer than this page by cursor only; page numbers that reach beyond are refused."""
    lock: threading.RLock = field(default_factory=threading.RLock)
    calls: list[Call] = field(default_factory=list)
    repos: dict[str, Repo] = field(default_factory=dict)
    parents: set[int] = field(default_factory=set)
    """Ids that were ever given a sub-issue."""
    people: set[str] = field(default_factory=set)
    """Owners, in lower case, that are persons; all others are organizations."""
    names: dict[str, Json] = field(default_factory=dict)
    """Issue types and fields by kind and name, made on first use."""
    hidden: set[str] = field(default_factory=set)
    """Repositories, in lower case, that no caller may see any more."""
    renamed: dict[str, int] = field(default_factory=dict)
    """Former names of repositories, in lower case, with their ids."""
    enterprise: str = ""
    """The version of a GitHub Enterprise Server; '' is github.com."""
    tokens: Tokens = field(default_factory=Tokens)
    limits: Limits = field(default_factory=Limits)
    actor: Json = field(default_factory=shapes.account)
    """Who does what is done now."""
    via: App | None = None
    """The app it is done by, if any."""
    details: dict[int, Json] = field(default_factory=dict)
    """By the id of an event of an issue: what only GraphQL tells of it."""
    comments: dict[int, Comment] = field(default_factory=dict)
    next_id: int = 5_000_000
    apps: Apps = field(init=False)

    def __post_init__(self) -> None:
        self.tokens.classic(self.token)
        self.apps = Apps(self.new_id, self._moment)

    def _moment(self) -> datetime:
        return self.clock()

    @property
    def limit(self) -> int:
        """The calls a caller has in an hour."""
        return self.limits.sizes["core"]

    @limit.setter
    def limit(self, calls: int) -> None:
        self.limits.sizes["core"] = calls

    @property
    def used(self) -> int:
        """What the site's own account has used of them."""
        who = f"user ID {shapes.account(LOGIN)['id']}"
        return self.limits.window(who, "core", int(self.clock().timestamp())).used

    def repo(self, name: str) -> Repo:
        """A repository by ``owner/name`` (any case); 404 as GitHub says it."""
        found = self.repos.get(name.lower())
        if found is None:
            raise GithubError(404, "Not Found")
        return found

    def path_of(self, number: int) -> str:
        """The address of a repository by its id; one that nothing has leads nowhere."""
        known = (repo.name for repo in self.repos.values() if repo.about["id"] == number)
        return f"/repos/{next(known, f'-/{number}')}"

    def item(self, repo: str, number: int) -> Item:
        """An issue or pull request; 410 when deleted, 404 when it never was."""
        here = self.repo(repo)
        if number in here.deleted:
            raise GithubError(410, "This issue was deleted")
        if number not in here.items:
            raise GithubError(404, "Not Found")
        return here.items[number]

    def milestone(self, repo: str, number: int) -> Json:
        """A stored milestone; 404 if unknown."""
        found = self.repo(repo).milestones.get(number)
        if found is None:
            raise GithubError(404, "Not Found")
        return found

    def new_id(self) -> int:
        """An id nothing else has."""
        self.next_id += 1
        return self.next_id

    def by_id(self, wanted: object) -> Item:
        """An issue or pull request anywhere by its id; 404 if unknown."""
        for repo in self.repos.values():
            for item in repo.items.values():
                if item.fields["id"] == wanted:
                    return item
        raise GithubError(404, "Not Found")

    def issue_type(self, name: str) -> Json:
        """An issue type of that name."""
        key = f"type {name}"
        if key not in self.names:
            self.names[key] = shapes.issue_type(self.new_id(), name)
        return self.names[key]

    def issue_field(self, name: str, value: object = None) -> Json:
        """The issue field of that name, made on first use for numbers or texts, and its option."""
        key = f"field {name}"
        if key not in self.names:
            number = isinstance(value, int | float)
            self.names[key] = shapes.issue_field(
                self.new_id(), name, "number" if number else "text"
            )
        return self.names[key]

    def named(self, kind: str) -> list[Json]:
        """All issue types (``type``) or issue fields (``field``)."""
        return [each for key, each in self.names.items() if key.startswith(f"{kind} ")]

    def below(self, item: Item) -> list[Item]:
        """The sub-issues of an issue, in any repository."""
        wanted = item.fields["id"]
        if wanted not in self.parents:
            return []
        return [one for repo in self.repos.values() for one in repo.items.values()
                if one.parent == wanted]  # fmt: skip

    def shown_all(self, items: Sequence[Item]) -> list[Json]:
        """Issues of one repository as the API shows them."""
        made: dict[int | None, Json | None] = {}
        for item in items:
            if item.milestone not in made:
                made[item.milestone] = self.repo(item.repo).shown_milestone(item.milestone)
        return [self._whole(item, made[item.milestone]) for item in items]

    def shown_each(self, items: Sequence[Item]) -> list[Json]:
        """Issues of any repositories as the API shows them."""
        return [self.shown(item) for item in items]

    def shown(self, item: Item) -> Json:
        """An issue as the API shows it."""
        return self._whole(item, self.repo(item.repo).shown_milestone(item.milestone))

    def _whole(self, item: Item, milestone: Json | None) -> Json:
        whole = item.fields | {"milestone": milestone}
        below = self.below(item)
        done = sum(child.fields["state"] == "closed" for child in below)
        whole["sub_issues_summary"] = {
            "total": len(below), "completed": done,
            "percent_completed": 100 * done // len(below) if below else 0,
        }  # fmt: skip
        for other in self.repos.values() if item.parent else ():
            for parent in other.items.values():
                if parent.fields["id"] == item.parent:
                    whole["parent_issue_url"] = parent.fields["url"]
        return whole

    def label(self, repo: Repo, name: str) -> Json:
        """A label of the repository, found in any case, made on first use."""
        known = next((one for one in repo.labels if one.lower() == name.lower()), name)
        if known not in repo.labels:
            repo.labels[known] = shapes.label(repo.name, known, self.new_id())
        return repo.labels[known]
