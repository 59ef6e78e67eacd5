"""A simulated Jira site with a Python way to change it; every change writes history."""

import copy
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypedDict, Unpack

from integrations.simulators.hooks import Delivery, Hook
from integrations.simulators.jira import events, recorded, words
from integrations.simulators.jira.state import Issue, State
from integrations.simulators.jira.values import change_items, stored, user
from integrations.simulators.jira.words import Json

NAMES = {
    "type": "issuetype", "fix_versions": "fixVersions", "sprint": words.SPRINT,
    "due": "duedate",
}  # fmt: skip
EMPTY: Json = {
    "resolution": None, "resolutiondate": None, "labels": [], "fixVersions": [], "versions": [],
    "components": [], "assignee": None, "description": None, "parent": None, "duedate": None,
    "timeestimate": None, "timeoriginalestimate": None, "timespent": None, "environment": None,
    "issuelinks": [], "workratio": -1, words.STORY_POINTS: None, words.POINT_ESTIMATE: None,
    words.EPIC_NAME: None, words.SPRINT: None,
}  # fmt: skip


class NewIssue(TypedDict, total=False):
    """What may be given with a new issue."""

    parent: str | None
    points: float | None
    labels: Sequence[str]
    status: str | None
    resolution: str | None
    assignee: str | None
    description: str
    fix_versions: Sequence[str]
    components: Sequence[str]
    sprint: int | str | None
    at: datetime | None


@dataclass
class JiraSite(State):
    """The site. Edits take ``at``, the moment they happened; without it, the clock's now."""

    @property
    def now(self) -> datetime:
        """The clock's time."""
        return self.clock()

    @now.setter
    def now(self, moment: datetime | Callable[[], datetime]) -> None:
        self.clock = moment if callable(moment) else lambda: moment

    @property
    def deliveries(self) -> list[Delivery]:
        """Every webhook sent, dropped or waiting."""
        return self.postman.deliveries

    def add_hook(self, url: str, secret: str = "", events: Sequence[str] | None = None) -> Hook:
        """Register an admin webhook."""
        return self.postman.add(url, secret, events=events)

    @contextmanager
    def quiet(self) -> Iterator[None]:
        """No webhooks meanwhile."""
        before, self.postman.quiet = self.postman.quiet, True
        try:
            yield
        finally:
            self.postman.quiet = before

    def load(self, folder: Path) -> None:
        """Load recorded answers: issues.json, changelogs.json, statuses.json, sprints.json."""
        with self.lock:
            recorded.load(self, folder)

    def add_project(self, key: str, name: str, style: str = "classic") -> Json:
        """A project; style ``next-gen`` is team-managed."""
        with self.lock:
            number = str(10000 + len(self.projects))
            self.projects[key] = {
                "self": f"/rest/api/2/project/{number}", "id": number, "key": key, "name": name,
                "projectTypeKey": "software", "simplified": style == "next-gen", "avatarUrls": {},
                "style": style, "isPrivate": False,
            }  # fmt: skip
            return self.projects[key]

    def add_version(self, project: str, name: str, released: bool = False) -> Json:  # noqa: FBT001, FBT002
        """A version of a project."""
        return self._add_part(self.versions, project, name, "version") | {"released": released}

    def add_component(self, project: str, name: str) -> Json:
        """A component of a project."""
        return self._add_part(self.components, project, name, "component")

    def add_sprint(self, name: str, state: str = "active", **dates: str) -> Json:
        """A sprint: future, active or closed; dates are Jira's (startDate, endDate, …)."""
        with self.lock:
            number = max(self.sprints, default=0) + 1
            self.sprints[number] = {"id": number, "name": name, "state": state, "boardId": 1,
                                    "goal": "", **dates}  # fmt: skip
            return self.sprints[number]

    def add_issue(
        self, project: str, summary: str, type: str = "Story", **more: Unpack[NewIssue]
    ) -> Issue:
        """A new issue, in the status To Do unless told otherwise."""
        with self.lock:
            at = more.get("at") or self.now
            issue = self._blank(project, summary, type, at)
            given = {name: value for name, value in more.items() if value and name != "at"}
            for name, value in self._inputs(issue, given).items():
                issue.fields[name] = stored(self, issue.fields["project"], name, value)
            if "parent" in given:
                items = change_items(self, _without_parent(issue), "parent", issue.fields["parent"])
                self._history(issue, items, at)
            if issue.fields["status"]["statusCategory"]["key"] == "done":
                self._resolve(issue, more.get("resolution") or "Done", at)
            self._lag(issue.id, None)
            self.issues[issue.id] = issue
            self.below = None
            self.keys[issue.key.upper()] = issue.id
            events.created(self, issue)
            return issue

    def edit(self, key: str, *, at: datetime | None = None, **fields: Any) -> Issue:
        """Change fields by our names (points, parent, labels, sprint, …) or Jira's ids."""
        with self.lock:
            issue = self.find(key)
            return self.write(issue, self._inputs(issue, fields), at)

    def transition(
        self, key: str, status: str, resolution: str | None = None, at: datetime | None = None
    ) -> Issue:
        """Move to a status by name or id; entering done sets the resolution, leaving clears it."""
        with self.lock:
            issue = self.find(key)
            target = self.by_name(self.statuses, status, "status")
            inputs: Json = {"status": target}
            if target["statusCategory"]["key"] == "done":
                inputs["resolution"] = resolution or "Done"
            else:
                inputs["resolution"] = resolution
            return self.write(issue, inputs, at)

    def delete(self, key: str) -> None:
        """Delete an issue and its sub-tasks; nothing of it remains."""
        with self.lock:
            issue = self.find(key)
            for child in [one for one in self.children(issue) if one.level < 0]:
                self.delete(child.id)
            self._lag(issue.id, issue)
            del self.issues[issue.id]
            self.below = None
            events.deleted(self, issue)

    def move(self, key: str, project: str, at: datetime | None = None) -> Issue:
        """Move to another project: new key, same id; the old key goes on leading to it."""
        with self.lock:
            issue = self.find(key)
            self._lag(issue.id, issue)
            old, target = issue.key, self.projects[project]
            issue.key = self._next_key(project)
            self.keys[issue.key.upper()] = issue.id
            before, issue.fields["project"] = issue.fields["project"], target
            parts = {
                name: self._there(issue, name, project) for name in ("fixVersions", "components")
            }
            items = [
                {"field": "project", "fieldtype": "jira", "fieldId": "project",
                 "from": before["id"], "fromString": before["name"],
                 "to": target["id"], "toString": target["name"]},
                {"field": "Key", "fieldtype": "jira", "from": None, "fromString": old,
                 "to": None, "toString": issue.key},
            ]  # fmt: skip
            items += [one for name in parts for one in change_items(self, issue, name, parts[name])]
            issue.fields |= parts
            self._touch(issue, items, at or self.now)
            return issue

    def write(self, issue: Issue, inputs: Json, at: datetime | None = None) -> Issue:
        """Set fields given in Jira's own input form; one history for all of them."""
        with self.lock:
            moment = at or self.now
            project = issue.fields["project"]
            names = {name: "parent" if name == words.EPIC_LINK else name for name in inputs}
            new = {names[name]: stored(self, project, name, inputs[name]) for name in inputs}
            items = [item for name in new for item in change_items(self, issue, name, new[name])]
            if not items:
                return issue
            self._lag(issue.id, issue)
            category = issue.fields["status"]["statusCategory"]["key"]
            resolution = issue.fields.get("resolution")
            issue.fields |= new
            if "parent" in new:
                self.below = None
                issue.fields.pop(words.EPIC_LINK, None)
            if issue.fields.get("resolution") != resolution:
                done = issue.fields.get("resolution")
                issue.fields["resolutiondate"] = self.stamp(moment) if done else None
            if issue.fields["status"]["statusCategory"]["key"] != category:
                issue.fields["statuscategorychangedate"] = self.stamp(moment)
            self._touch(issue, items, moment)
            return issue

    def _inputs(self, issue: Issue, given: Json) -> Json:
        points = self.points_field(issue.fields["project"])
        return {points if name == "points" else NAMES.get(name, name): value
                for name, value in given.items()}  # fmt: skip

    def _blank(self, project: str, summary: str, type: str, at: datetime) -> Issue:
        self.next_id += 1
        author = user(self, "Simulated user")
        fields = copy.deepcopy(EMPTY) | {
            "summary": summary, "project": self.projects[project], "creator": author,
            "reporter": author, "issuetype": self.by_name(self.issue_types, type, "issuetype"),
            "status": self.statuses["10000"], "priority": self.priorities["3"],
            "created": self.stamp(at), "updated": self.stamp(at),
            "statuscategorychangedate": self.stamp(at),
        }  # fmt: skip
        return Issue(str(self.next_id), self._next_key(project), fields)

    def _next_key(self, project: str) -> str:
        self.numbers[project] = self.numbers.get(project, 0) + 1
        return f"{project}-{self.numbers[project]}"

    def _add_part(self, parts: dict[str, list[Json]], project: str, name: str, kind: str) -> Json:
        with self.lock:
            number = str(10000 + sum(len(known) for known in parts.values()))
            part: Json = {"self": f"/rest/api/2/{kind}/{number}", "id": number, "name": name}
            if kind == "version":
                part |= {"archived": False, "released": False, "description": ""}
            parts.setdefault(project, []).append(part)
            return part

    def _there(self, issue: Issue, field: str, project: str) -> list[Json]:
        """The parts of a project that have the names of those an issue has; the others are lost."""
        known = (self.versions if field == "fixVersions" else self.components).get(project, [])
        names = {part["name"] for part in issue.fields[field]}
        return [part for part in known if part["name"] in names]

    def _resolve(self, issue: Issue, resolution: str, at: datetime) -> None:
        found = self.by_name(self.resolutions, resolution, "resolution")
        issue.fields |= {"resolution": found, "resolutiondate": self.stamp(at)}

    def _touch(self, issue: Issue, items: list[Json], at: datetime) -> None:
        issue.fields["updated"] = self.stamp(max(at, issue.created.astimezone(UTC)))
        change = self._history(issue, items, at)
        events.updated(self, issue, change)

    def _history(self, issue: Issue, items: list[Json], at: datetime) -> Json:
        self.next_change += 1
        change = {"id": str(self.next_change), "author": user(self, "Simulated user"),
                  "created": self.stamp(at), "items": items}  # fmt: skip
        issue.histories.append(change)
        return change

    def _lag(self, id: str, before: Issue | None) -> None:
        """Keep what searches still show until the index has caught up."""
        if not self.index_delay:
            return
        until, shown = self.lagging.get(id, (0.0, None))
        if until <= time.monotonic():
            shown = copy.deepcopy(before)
        self.lagging[id] = (time.monotonic() + self.index_delay, shown)


def _without_parent(issue: Issue) -> Issue:
    return Issue(issue.id, issue.key, issue.fields | {"parent": None})
