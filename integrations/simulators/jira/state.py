"""The state of a simulated Jira site: plain values, no rules."""

import threading
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal, Self
from zoneinfo import ZoneInfo

from integrations.simulators.hooks import Postman
from integrations.simulators.jira import words
from integrations.simulators.jira.limits import Limits
from integrations.simulators.jira.notes import Notes
from integrations.simulators.jira.passes import Passes
from integrations.simulators.jira.words import Json
from integrations.simulators.traffic import Call

Deployment = Literal["cloud", "datacenter"]


class JiraError(Exception):
    """A refusal in Jira's form: a status, messages, and errors by field."""

    def __init__(self, status: int, /, *messages: str, **errors: str) -> None:
        super().__init__("; ".join([*messages, *errors.values()]))
        self.status, self.messages, self.errors = status, messages, errors


class Stored(dict[str, Any]):
    """The fields of an issue, which count their changes, whoever makes them."""

    changes = 0
    ever = 0

    def __setitem__(self, name: str, value: Any) -> None:
        self._count()
        super().__setitem__(name, value)

    def __ior__(self, more: Any) -> Self:  # type: ignore[override,misc]
        self._count()
        self.update(more)
        return self

    def pop(self, name: str, *default: Any) -> Any:
        """Take a field out."""
        self._count()
        return super().pop(name, *default)

    def _count(self) -> None:
        self.changes += 1
        Stored.ever += 1


@dataclass
class Issue:
    """One issue: its stored fields and its changes, oldest first."""

    id: str
    key: str
    fields: Json
    histories: list[Json] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.fields = Stored(self.fields)

    @property
    def changes(self) -> int:
        """How often its fields were changed."""
        return self.fields.changes if isinstance(self.fields, Stored) else 0

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


@dataclass
class Index:
    """What is worked out once and kept until a change; None: to be worked out again."""

    revision: int = 0
    below: dict[str, list[Issue]] | None = None
    """Issues by the id of their parent."""
    homes: dict[str, list[Issue]] | None = None
    """Issues by the key of their project."""
    drawn: dict[str, dict[Hashable, str]] = field(default_factory=dict)
    """Issues as text, by id and by how they were asked for."""
    found: dict[Hashable, list[Issue]] = field(default_factory=dict)
    """What queries found, since the last change."""


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
    short_pages: bool = False
    """Every other page is shorter than it could be, as Cloud's are when fields are large."""
    token_life: float = 7 * 24 * 3600.0
    """Seconds until the token of a page is worth nothing."""
    limits: Limits = field(default_factory=Limits)
    is_admin: bool = True
    """Whether the calling account administers Jira."""
    version: int = 10
    """The major version of a Data Center."""
    shows_hierarchy: bool = True
    """Whether the caller may read the levels that Advanced Roadmaps knows."""
    parents_as_objects: bool = False
    """Whether the parent of an epic is shown as an object, as some versions do, or as a key."""
    index_delay: float = 0.0
    """Seconds until a change shows in searches; direct reads see it at once."""
    lock: threading.RLock = field(default_factory=threading.RLock)
    passes: Passes = field(default_factory=Passes)
    """Tokens with scopes and OAuth grants, for the gateway."""
    calls: list[Call] = field(default_factory=list)
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
    filters: dict[int, Json] = field(default_factory=dict)
    hidden: set[str] = field(default_factory=set)
    """Keys of projects the caller has no right to browse."""
    trashed: set[str] = field(default_factory=set)
    """Keys of projects that were deleted."""
    secured: set[str] = field(default_factory=set)
    """Ids of issues whose security level the caller is not on."""
    notes: Notes = field(default_factory=Notes)
    """Remote links, comments and properties of issues."""
    index: Index = field(default_factory=Index)
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
        """An issue the caller may see, by id, key (any case) or former key; 404 in Jira's words."""
        issue = self.issues.get(self.keys.get(id_or_key.upper(), id_or_key))
        if issue is None or not self.sees(issue):
            raise JiraError(404, "Issue does not exist or you do not have permission to see it.")
        return issue

    def held(self, id_or_key: str) -> Issue:
        """An issue whether the caller may see it or not: others change what it does not see."""
        issue = self.issues.get(self.keys.get(id_or_key.upper(), id_or_key))
        return issue if issue is not None else self.find(id_or_key)

    def sees(self, issue: Issue) -> bool:
        """Whether the caller may see an issue."""
        return issue.id not in self.secured and self.permits(issue.fields["project"]["key"])

    def permits(self, project: str) -> bool:
        """Whether the caller may browse the project of that key, if it is there."""
        return project not in self.hidden and project not in self.trashed

    def browsed(self) -> dict[str, Json]:
        """The projects the caller may browse, by key."""
        return {key: about for key, about in self.projects.items() if self.permits(key)}

    def histories(self, id_or_key: str) -> list[Json]:
        """The changes of an issue, oldest first; none for one that is not there or not seen."""
        issue = self.issues.get(self.keys.get(id_or_key.upper(), id_or_key))
        if issue is None:
            return self.loose_logs.get(id_or_key, [])
        return issue.histories if self.sees(issue) else []

    def children(self, issue: Issue) -> list[Issue]:
        """The issues directly below one."""
        if self.index.below is None:
            self.index.below = {}
            for child in self.issues.values():
                self.index.below.setdefault(child.parent_id, []).append(child)
        return list(self.index.below.get(issue.id, ()))

    def at_home(self, project: str) -> list[Issue]:
        """The issues of the project of that key."""
        if self.index.homes is None:
            self.index.homes = {}
            for issue in self.issues.values():
                self.index.homes.setdefault(issue.fields["project"]["key"], []).append(issue)
        return self.index.homes.get(project, [])

    def changed(self, issue: Issue | None = None, *, place: bool = False) -> None:
        """Forget what was worked out before a change of one issue, or of the words of all;
        ``place``: of its parent or its project as well."""
        self.index.revision += 1
        self.index.found.clear()
        if issue is None:
            self.index.drawn.clear()
        elif self.index.drawn:
            near = [issue.id, issue.parent_id, *(child.id for child in self.children(issue))]
            for ident in near:
                self.index.drawn.pop(ident, None)
        if place or issue is None:
            self.index.below = self.index.homes = None

    def placed(self, issue: Issue) -> None:
        """Take a new issue in."""
        self.issues[issue.id] = issue
        self.keys[issue.key.upper()] = issue.id
        self.changed(issue)
        if self.index.below is not None:
            self.index.below.setdefault(issue.parent_id, []).append(issue)
        if self.index.homes is not None:
            self.index.homes.setdefault(issue.fields["project"]["key"], []).append(issue)

    @property
    def roadmaps(self) -> bool:
        """Whether Advanced Roadmaps is installed, and with it the field of parents of epics."""
        return words.PARENT_LINK in self.fields

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
