"""A simulated GitHub with a Python way to change it; every change writes events."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from integrations.simulators.github import events, recorded, relations, shapes
from integrations.simulators.github.boards import Boards
from integrations.simulators.github.shapes import Json, stamp
from integrations.simulators.github.state import GithubError, Item, Repo, State
from integrations.simulators.hooks import Delivery, Hook


@dataclass
class GithubSite(State):
    """The site. Edits take ``at``, the moment they happened; without it, the clock's now.

    A GitHub that has no projects or sub-issues in its API, or tells of parents in an issue's
    timeline only, is simulated by turning these off.
    """

    has_projects: bool = True
    has_sub_issues: bool = True
    parents_in_events: bool = True
    boards: Boards = field(init=False)

    def __post_init__(self) -> None:
        self.boards = Boards(self)

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

    def add_hook(
        self, url: str, secret: str = "", events: Sequence[str] | None = None, repo: str = ""
    ) -> Hook:
        """Register a webhook for one repository, or for all."""
        return self.postman.add(url, secret, repo=repo, events=events)

    @contextmanager
    def quiet(self) -> Iterator[None]:
        """No webhooks meanwhile."""
        before, self.postman.quiet = self.postman.quiet, True
        try:
            yield
        finally:
            self.postman.quiet = before

    def load(self, folder: Path) -> None:
        """Load recorded answers: issues.json, milestones.json, events.json."""
        with self.lock:
            recorded.load(self, folder)

    def add_repo(self, name: str) -> Repo:
        """A repository, named ``owner/name``."""
        with self.lock:
            repo = Repo(shapes.repository(name, self.new_id(), self.now))
            self.repos[name.lower()] = repo
            return repo

    def add_milestone(
        self, repo: str, title: str, due_on: date | None = None, at: datetime | None = None
    ) -> int:
        """A milestone; its due date is at 08:00 UTC, as GitHub has it. Returns the number."""
        with self.lock:
            here, moment = self.repo(repo), at or self.now
            number = max(here.milestones, default=0) + 1
            made = shapes.milestone(here.name, number, self.new_id(), title, moment)
            if due_on:
                made["due_on"] = f"{due_on.isoformat()[:10]}T08:00:00Z"
            here.milestones[number] = made
            events.milestone(self, here, number, "created")
            return number

    def edit_milestone(
        self, repo: str, number: int, *, at: datetime | None = None, **fields: Any
    ) -> None:
        """Change title, description, due_on (as GitHub writes it) or state."""
        with self.lock:
            made, moment = self.milestone(repo, number), stamp(at or self.now)
            state = made["state"]
            made |= fields | {"updated_at": moment}
            if made["state"] != state:
                made["closed_at"] = moment if made["state"] == "closed" else None
            names = {"closed": "closed", "open": "opened"}
            action = names[made["state"]] if made["state"] != state else "edited"
            events.milestone(self, self.repo(repo), number, action)

    def delete_milestone(self, repo: str, number: int) -> None:
        """Delete a milestone; its items go on without one."""
        with self.lock:
            here, _ = self.repo(repo), self.milestone(repo, number)
            body = here.shown_milestone(number)
            for item in here.items.values():
                if item.milestone == number:
                    self.edit(repo, item.number, milestone=None)
            del here.milestones[number]
            events.milestone_gone(self, here, body or {})

    def add_issue(
        self, repo: str, title: str, milestone: int | None = None,
        labels: Sequence[str] = (), *, pull_request: bool = False, at: datetime | None = None,
    ) -> int:  # fmt: skip
        """A new issue or pull request; returns the number."""
        with self.lock:
            here, moment = self.repo(repo), at or self.now
            number = here.next_number()
            fields = shapes.issue(here.name, number, self.new_id(), title, moment)
            if pull_request:
                fields |= shapes.pull_part(here.name, number)
            item = Item(here.name, fields)
            here.items[number] = item
            events.item(self, item, "opened")
            self.edit(repo, number, at=moment, labels=list(labels), milestone=milestone)
            return number

    def close(
        self, repo: str, number: int, reason: str = "completed", *,
        merged: bool = False, at: datetime | None = None,
    ) -> None:  # fmt: skip
        """Close: an issue with a reason, a pull request merged or not."""
        if merged:
            with self.lock:
                item, moment = self.item(repo, number), at or self.now
                item.fields["pull_request"]["merged_at"] = stamp(moment)
                self._event(item, "merged", moment, {"commit_id": f"{number:040x}"})
        self.edit(repo, number, at=at, state="closed", state_reason=reason)

    def reopen(self, repo: str, number: int, at: datetime | None = None) -> None:
        """Open again."""
        self.edit(repo, number, at=at, state="open")

    def edit(self, repo: str, number: int, *, at: datetime | None = None, **fields: Any) -> Item:
        """Change title, body, state and state_reason, milestone (number), labels (names), type
        (name), numbers (issue fields by name), assignees (logins)."""
        with self.lock:
            item, moment = self.item(repo, number), at or self.now
            if "labels" in fields:
                self._label(item, [str(name) for name in fields["labels"]], moment)
            if "milestone" in fields and fields["milestone"] != item.milestone:
                self._milestone(item, fields["milestone"], moment)
            texts: Json = {name: fields[name] for name in ("title", "body")
                     if name in fields and fields[name] != item.fields[name]}  # fmt: skip
            if texts:
                self._rewrite(item, texts, moment)
            if "state" in fields:
                self._state(item, fields["state"], fields.get("state_reason"), moment)
            if "assignees" in fields:
                people = relations.people(fields["assignees"])
                first = next(iter(people), None)
                self._changed(item, moment, {"assignees": people, "assignee": first})
            if "type" in fields:
                relations.set_type(self, item, fields["type"], moment)
            if "numbers" in fields:
                relations.set_numbers(self, item, fields["numbers"], moment)
            return item

    def delete(self, repo: str, number: int) -> None:
        """Delete an issue: it answers 410 from now on."""
        with self.lock:
            here, item = self.repo(repo), self.item(repo, number)
            events.item(self, item, "deleted")
            del here.items[number]
            here.deleted.add(number)

    def transfer(self, repo: str, number: int, to: str, at: datetime | None = None) -> int:
        """Move to another repository: new number and id there, 301 here."""
        with self.lock:
            here, there = self.repo(repo), self.repo(to)
            item, moment = self.item(repo, number), at or self.now
            new_number = there.next_number()
            made = shapes.issue(there.name, new_number, self.new_id(), item.fields["title"], moment)
            for name in ("state", "state_reason", "closed_at", "created_at", "body", "labels"):
                made[name] = item.fields[name]
            there.items[new_number] = Item(there.name, made)
            relations.carry(self, item, there.items[new_number], moment)
            change = {"new_issue": made, "new_repository": there.about}
            events.item(self, item, "transferred", changes=change)
            del here.items[number]
            here.moved[number] = (there.name, new_number)
            events.item(self, there.items[new_number], "opened")
            return new_number

    def set_parent(
        self, repo: str, number: int, parent: tuple[str, int] | None, at: datetime | None = None
    ) -> None:
        """Make an issue a sub-issue of another (or of none)."""
        with self.lock:
            wanted = self.item(*parent) if parent else None
            relations.set_parent(self, self.item(repo, number), wanted, at or self.now)

    def add_project(self, owner: str, title: str, at: datetime | None = None) -> int:
        """A project (Projects v2) of an owner; returns its number."""
        with self.lock:
            return self.boards.add(owner, title, at or self.now)

    def put_on_project(
        self, project: tuple[str, int], item: tuple[str, int] | str, *,
        at: datetime | None = None, **values: str | float | None,
    ) -> None:  # fmt: skip
        """Add an issue to a project (a text adds a draft), or change its values there by field
        name, such as ``Status="Done"``."""
        with self.lock:
            found = item if isinstance(item, str) else self.item(*item)
            self.boards.put(self.boards.find(*project), found, values=values, at=at or self.now)

    def take_off_project(self, project: tuple[str, int], item: tuple[str, int]) -> None:
        """Remove an issue from a project."""
        with self.lock:
            self.boards.take(self.boards.find(*project), self.item(*item))

    def _changed(self, item: Item, at: datetime, fields: Json) -> None:
        relations.changed(item, at, fields)

    def _event(self, item: Item, name: str, at: datetime, more: Json) -> None:
        relations.record(self, item, name, at, more)

    def _label(self, item: Item, names: list[str], at: datetime) -> None:
        repo = self.repo(item.repo)
        before = [label["name"] for label in item.fields["labels"]]
        made = [self.label(repo, name) for name in names]
        names = [label["name"] for label in made]
        if before == names:
            return
        self._changed(item, at, {"labels": made})
        for action, ours, others in (("labeled", names, before), ("unlabeled", before, names)):
            for name in [name for name in ours if name not in others]:
                label = self.label(repo, name)
                self._event(item, action, at, {"label": {"name": name, "color": label["color"]}})
                events.item(self, item, action, label=label)

    def _milestone(self, item: Item, number: int | None, at: datetime) -> None:
        repo = self.repo(item.repo)
        if number is not None and number not in repo.milestones:
            raise GithubError(
                422,
                "Validation Failed",
                errors=[
                    {"value": number, "resource": "Issue", "field": "milestone", "code": "invalid"}
                ],
            )
        for action, changed in (("demilestoned", item.milestone), ("milestoned", number)):
            if changed is None:
                continue
            item.milestone = number if action == "milestoned" else None
            self._changed(item, at, {})
            title = repo.milestones[changed]["title"]
            self._event(item, action, at, {"milestone": {"title": title}})
            events.milestoned(self, item, action, changed)

    def _rewrite(self, item: Item, texts: Json, at: datetime) -> None:
        before = {name: item.fields[name] for name in texts}
        self._changed(item, at, texts)
        if "title" in texts:
            rename = {"from": before["title"], "to": texts["title"]}
            self._event(item, "renamed", at, {"rename": rename})
        changes = {name: {"from": before[name] or ""} for name in texts}
        events.item(self, item, "edited", changes=changes)

    def _state(self, item: Item, state: str, reason: str | None, at: datetime) -> None:
        closed = state == "closed"
        kept = None if item.is_pull else (reason or "completed" if closed else "reopened")
        if item.fields["state"] == state:
            if closed and reason and kept != item.fields["state_reason"]:
                self._changed(item, at, {"state_reason": kept})
                self._event(item, "closed", at, {"state_reason": kept})
            return
        self._changed(item, at, {
            "state": state, "state_reason": kept, "closed_at": stamp(at) if closed else None,
            "closed_by": shapes.user("simulated") if closed else None,
        })  # fmt: skip
        if item.milestone is not None:
            made = self.milestone(item.repo, item.milestone)
            made["updated_at"] = max(made["updated_at"], stamp(at))
        name = "closed" if closed else "reopened"
        self._event(item, name, at, {"state_reason": kept} if closed else {})
        events.item(self, item, name)
