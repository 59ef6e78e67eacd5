"""The state of a simulated Jira site: plain values, no rules."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal, Protocol
from zoneinfo import ZoneInfo

from integrations.simulators.hooks import Postman
from integrations.simulators.jira import words
from integrations.simulators.jira.words import Json

Deployment = Literal["cloud", "datacenter"]


class JiraError(Exception):
    """A refusal in Jira's form: a status, messages, and errors by field."""

    def __init__(self, status: int, /, *messages: str, **errors: str) -> None:
        super().__init__("; ".join([*messages, *errors.values()]))
        self.status, self.messages, self.errors = status, messages, errors


@dataclass
class Issue:
    """One issue: its stored fields and its changes, oldest first."""

    id: str
    key: str
    fields: Json
    histories: list[Json] = field(default_factory=list)

    @property
    def updated(self) -> datetime:
        """When it was last changed."""
        return datetime.fromisoformat(self.fields["updated"])

    @property
    def created(self) -> datetime:
        """When it was made."""
        return datetime.fromisoformat(self.fields["created"])

    @property
    def level(self) -> int:
        """The hierarchy level of its type: sub-task -1, story 0, epic 1."""
        kind = self.fields["issuetype"]
        level = kind.get("hierarchyLevel", -1 if kind["subtask"] else 0)
        return int(level)

    @property
    def parent_id(self) -> str:
        """The id of its parent, or ''."""
        return str((self.fields.get("parent") or {}).get("id", ""))


class Known(Protocol):
    """The part of a site's state that reads and queries need."""

    issues: dict[str, Issue]


@dataclass
class State:
    """Everything a site holds; ``keys`` also leads from former keys to issue ids."""

    deployment: Deployment
    email: str
    token: str
    postman: Postman
    url: str = ""
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("Europe/Berlin"))
    """The calling user's profile: dates in JQL are read, and timestamps shown, in this zone."""
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    page_cap: int = 100
    """The greatest page of a search that asks for fields (Cloud); Data Center's is ten times it."""
    index_delay: float = 0.0
    """Seconds until a change shows in searches; direct reads see it at once."""
    lock: threading.RLock = field(default_factory=threading.RLock)
    calls: list[str] = field(default_factory=list)
    projects: dict[str, Json] = field(default_factory=dict)
    issues: dict[str, Issue] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)
    versions: dict[str, list[Json]] = field(default_factory=dict)
    components: dict[str, list[Json]] = field(default_factory=dict)
    sprints: dict[int, Json] = field(default_factory=dict)
    users: dict[str, Json] = field(default_factory=dict)
    statuses: dict[str, Json] = field(default_factory=words.statuses)
    issue_types: dict[str, Json] = field(default_factory=words.issue_types)
    resolutions: dict[str, Json] = field(default_factory=words.resolutions)
    priorities: dict[str, Json] = field(default_factory=words.priorities)
    fields: dict[str, Json] = field(default_factory=words.fields)
    loose_logs: dict[str, list[Json]] = field(default_factory=dict)
    """Recorded changelogs, by issue id, of issues that were not recorded themselves."""
    lagging: dict[str, tuple[float, Issue | None]] = field(default_factory=dict)
    numbers: dict[str, int] = field(default_factory=dict)
    """The last number given out per project."""
    below: dict[str, list[Issue]] | None = None
    """Issues by the id of their parent; None after a change, until asked for again."""
    next_id: int = 10100
    next_change: int = 20000

    @property
    def cloud(self) -> bool:
        """Whether this is Jira Cloud."""
        return self.deployment == "cloud"

    def stamp(self, at: datetime) -> str:
        """A moment as Jira writes it, in the user's zone: ``2026-11-03T10:15:00.000+0100``."""
        local = at.astimezone(self.zone)
        return (
            local.strftime("%Y-%m-%dT%H:%M:%S.")
            + f"{local.microsecond // 1000:03d}"
            + (local.strftime("%z"))
        )

    def find(self, id_or_key: str) -> Issue:
        """An issue by id, key (any case) or former key; 404 in Jira's words."""
        issue = self.issues.get(self.keys.get(id_or_key.upper(), id_or_key))
        if issue is None:
            raise JiraError(404, "Issue does not exist or you do not have permission to see it.")
        return issue

    def histories(self, id_or_key: str) -> list[Json]:
        """The changes of an issue, oldest first; none for one that is not there."""
        issue = self.issues.get(self.keys.get(id_or_key.upper(), id_or_key))
        return issue.histories if issue else self.loose_logs.get(id_or_key, [])

    def children(self, issue: Issue) -> list[Issue]:
        """The issues directly below one."""
        if self.below is None:
            self.below = {}
            for child in self.issues.values():
                self.below.setdefault(child.parent_id, []).append(child)
        return list(self.below.get(issue.id, ()))

    def points_field(self, project: Json) -> str:
        """The id of the field that holds a project's story points."""
        return words.POINT_ESTIMATE if project.get("simplified") else words.STORY_POINTS

    def by_name(self, catalogue: dict[str, Json], name: str, field: str) -> Json:
        """A status, type, resolution or priority by name (any case) or id; 400 if unknown."""
        for entry in catalogue.values():
            if name == entry["id"] or entry["name"].lower() == name.lower():
                return entry
        raise JiraError(400, **{field: f"The value '{name}' is not valid for {field}."})


def named(value: Any) -> str:
    """The word of an input such as ``"Bug"``, ``{"name": "Bug"}`` or ``{"id": "10004"}``."""
    if isinstance(value, dict):
        return str(value.get("id") or value.get("name") or value.get("key") or "")
    return str(value)
