"""Changing issues: every change writes history, tells the hooks and lags behind in searches."""

import copy
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from integrations.simulators.jira import events, words
from integrations.simulators.jira.state import Issue, State
from integrations.simulators.jira.values import change_items, stored, user
from integrations.simulators.jira.words import Json


@dataclass
class Writing(State):
    """A site whose issues can be changed. Edits take ``at``, the moment they happened; without it,
    the clock's now."""

    @property
    def now(self) -> datetime:
        """The clock's time."""
        return self.clock()

    @now.setter
    def now(self, moment: datetime | Callable[[], datetime]) -> None:
        self.clock = moment if callable(moment) else lambda: moment

    @contextmanager
    def quiet(self) -> Iterator[None]:
        """No webhooks meanwhile."""
        before, self.postman.quiet = self.postman.quiet, True
        try:
            yield
        finally:
            self.postman.quiet = before

    def write(self, issue: Issue, inputs: Json, at: datetime | None = None) -> Issue:
        """Set fields given in Jira's own input form; one history for all of them."""
        with self.lock:
            project = issue.fields["project"]
            names = {name: "parent" if name in words.LINKS else name for name in inputs}
            new = {names[name]: stored(self, project, name, inputs[name]) for name in inputs}
            return self.put(issue, new, at or self.now)

    def put(self, issue: Issue, new: Json, at: datetime) -> Issue:
        """Set fields to what is to be stored; what is there already changes nothing."""
        items = [item for name in new for item in change_items(self, issue, name, new[name])]
        if not items:
            return issue
        self.lag(issue.id, issue)
        self.changed(issue, place="parent" in new)
        category = issue.fields["status"]["statusCategory"]["key"]
        resolution = issue.fields.get("resolution")
        issue.fields |= new
        if "parent" in new:
            issue.fields.pop(words.EPIC_LINK, None)
        if issue.fields.get("resolution") != resolution:
            done = issue.fields.get("resolution")
            issue.fields["resolutiondate"] = self.stamp(at) if done else None
        if issue.fields["status"]["statusCategory"]["key"] != category:
            issue.fields["statuscategorychangedate"] = self.stamp(at)
        self.touch(issue, items, at)
        return issue

    def touch(self, issue: Issue, items: list[Json], at: datetime) -> None:
        """Note a change that was made, and tell of it."""
        issue.fields["updated"] = self.stamp(max(at, issue.created.astimezone(UTC)))
        change = self.history(issue, items, at)
        self.changed(issue)
        events.updated(self, issue, change)

    def history(self, issue: Issue, items: list[Json], at: datetime) -> Json:
        """Write one entry of an issue's changelog."""
        self.next_change += 1
        change = {"id": str(self.next_change), "author": user(self, "Simulated user"),
                  "created": self.stamp(at), "items": items}  # fmt: skip
        issue.histories.append(change)
        return change

    def lag(self, id: str, before: Issue | None) -> None:
        """Keep what searches still show until the index has caught up."""
        if not self.index_delay:
            return
        until, shown = self.lagging.get(id, (0.0, None))
        if until <= time.monotonic():
            shown = copy.deepcopy(before)
        self.lagging[id] = (time.monotonic() + self.index_delay, shown)

    def part(self, parts: dict[str, list[Json]], project: str, name: str) -> Json:
        """A version or component of a project by name or id."""
        for entry in parts.get(project, ()):
            if name in (entry["id"], entry["name"]):
                return entry
        raise KeyError(f"{project} has no {name}")

    def add_part(self, parts: dict[str, list[Json]], project: str, name: str, kind: str) -> Json:
        """A new version or component."""
        known = [int(entry["id"]) for entries in parts.values() for entry in entries]
        number = str(max([9999, *known]) + 1)
        part: Json = {"self": f"/rest/api/2/{kind}/{number}", "id": number, "name": name}
        parts.setdefault(project, []).append(part)
        self.changed()
        return part

    def swap(self, field: str, old: Json, new: Json | None) -> None:
        """Put one value of a list field in the place of another, or nothing, on every issue."""
        for issue in list(self.issues.values()):
            held = issue.fields.get(field) or []
            if any(one["id"] == old["id"] for one in held):
                kept = [one for one in held if one["id"] != old["id"]]
                more = [new] if new and all(one["id"] != new["id"] for one in kept) else []
                self.put(issue, {field: kept + more}, self.now)
