"""A simulated Jira site with a Python way to change it; every change writes history."""

import copy
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, TypedDict, Unpack

from integrations.simulators.hooks import Delivery, Hook
from integrations.simulators.jira import events, recorded, words
from integrations.simulators.jira.naming import Naming
from integrations.simulators.jira.sight import Sight
from integrations.simulators.jira.sprints import Sprints
from integrations.simulators.jira.state import Issue
from integrations.simulators.jira.values import change_items, stored, user
from integrations.simulators.jira.versions import Versions
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
class JiraSite(Versions, Sprints, Naming, Sight):
    """The site. Edits take ``at``, the moment they happened; without it, the clock's now."""

    @property
    def deliveries(self) -> list[Delivery]:
        """Every webhook sent, dropped or waiting."""
        return self.postman.deliveries

    def add_hook(self, url: str, secret: str = "", events: Sequence[str] | None = None) -> Hook:
        """Register an admin webhook."""
        return self.postman.add(url, secret, events=events)

    def load(self, folder: Path) -> None:
        """Load recorded answers: issues.json, changelogs.json, statuses.json, sprints.json."""
        with self.lock:
            recorded.load(self, folder)

    def add_project(self, key: str, name: str, style: str = "classic") -> Json:
        """A project; style ``next-gen`` is team-managed."""
        with self.lock:
            number = str(10000 + len(self.projects))
            self.changed()
            self.projects[key] = {
                "self": f"/rest/api/2/project/{number}", "id": number, "key": key, "name": name,
                "projectTypeKey": "software", "simplified": style == "next-gen", "avatarUrls": {},
                "style": style, "isPrivate": False,
            }  # fmt: skip
            return self.projects[key]

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
                self.history(issue, items, at)
            if issue.fields["status"]["statusCategory"]["key"] == "done":
                self._resolve(issue, more.get("resolution") or "Done", at)
            self.lag(issue.id, None)
            self.placed(issue)
            events.created(self, issue)
            return issue

    def edit(self, key: str, *, at: datetime | None = None, **fields: Any) -> Issue:
        """Change fields by our names (points, parent, labels, sprint, …) or Jira's ids."""
        with self.lock:
            issue = self.held(key)
            return self.write(issue, self._inputs(issue, fields), at)

    def transition(
        self, key: str, status: str, resolution: str | None = None, at: datetime | None = None
    ) -> Issue:
        """Move to a status by name or id; entering done sets the resolution, leaving clears it."""
        with self.lock:
            issue = self.held(key)
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
            issue = self.held(key)
            for child in [one for one in self.children(issue) if one.level < 0]:
                self.delete(child.id)
            self.lag(issue.id, issue)
            self.changed(issue, place=True)
            del self.issues[issue.id]
            events.deleted(self, issue)

    def move(self, key: str, project: str, at: datetime | None = None) -> Issue:
        """Move to another project, sub-tasks too: new key, same id; the old key goes on leading
        to it."""
        with self.lock:
            issue = self.held(key)
            below = [one for one in self.children(issue) if one.level < 0]
            self._move(issue, self.projects[project], at or self.now)
            for child in below:
                self._move(child, self.projects[project], at or self.now)
            return issue

    def _move(self, issue: Issue, target: Json, at: datetime) -> None:
        self.lag(issue.id, issue)
        self.changed(issue, place=True)
        old, before = issue.key, issue.fields["project"]
        issue.key = self._next_key(target["key"])
        self.keys[issue.key.upper()] = issue.id
        issue.fields["project"] = target
        parts = {
            name: self._there(issue, name, target["key"]) for name in ("fixVersions", "components")
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
        self.touch(issue, items, at)

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
            "status": self._first(), "priority": self.priorities["3"],
            "created": self.stamp(at), "updated": self.stamp(at),
            "statuscategorychangedate": self.stamp(at),
        }  # fmt: skip
        return Issue(str(self.next_id), self._next_key(project), fields)

    def _first(self) -> Json:
        """The status new issues are in."""
        fresh = [one for one in self.statuses.values() if one["statusCategory"]["key"] == "new"]
        return self.statuses.get("10000") or fresh[0]

    def _next_key(self, project: str) -> str:
        self.numbers[project] = self.numbers.get(project, 0) + 1
        return f"{project}-{self.numbers[project]}"

    def _there(self, issue: Issue, field: str, project: str) -> list[Json]:
        """The parts of a project that have the names of those an issue has; the others are lost."""
        known = (self.versions if field == "fixVersions" else self.components).get(project, [])
        names = {part["name"] for part in issue.fields[field]}
        return [part for part in known if part["name"] in names]

    def _resolve(self, issue: Issue, resolution: str, at: datetime) -> None:
        found = self.by_name(self.resolutions, resolution, "resolution")
        issue.fields |= {"resolution": found, "resolutiondate": self.stamp(at)}


def _without_parent(issue: Issue) -> Issue:
    return Issue(issue.id, issue.key, issue.fields | {"parent": None})
