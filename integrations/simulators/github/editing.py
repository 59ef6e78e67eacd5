"""Issues and pull requests of a simulated GitHub, as its Python way to change them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from integrations.simulators.github import app_shapes, events, relations, shapes
from integrations.simulators.github.milestones import Milestones
from integrations.simulators.github.shapes import Json, stamp
from integrations.simulators.github.state import GithubError, Item


@dataclass
class Editing(Milestones):
    """What people do with issues: every change writes an event and tells the webhooks."""

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
            via = app_shapes.by(self.via) if self.via else None
            fields |= {"user": self.actor, "performed_via_github_app": via}
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
        (name), values or numbers (of issue fields, by name), assignees (logins)."""
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
                relations.assign(self, item, fields["assignees"], moment)
            if "type" in fields:
                relations.set_type(self, item, fields["type"], moment)
            if "values" in fields or "numbers" in fields:
                values = fields.get("values") or fields["numbers"]
                relations.set_values(self, item, values, moment)
            return item

    def _changed(self, item: Item, at: datetime, fields: Json) -> None:
        relations.changed(item, at, fields)

    def _event(self, item: Item, name: str, at: datetime, more: Json) -> Json:
        return relations.record(self, item, name, at, more)

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
                told = {"label": {"name": name, "color": label["color"]}}
                kept = self._event(item, action, at, told)
                self.details[kept["id"]] = {"label_id": label["id"]}
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
            "closed_by": self.actor if closed else None,
        })  # fmt: skip
        if item.milestone is not None:
            made = self.milestone(item.repo, item.milestone)
            made["updated_at"] = max(made["updated_at"], stamp(at))
        name = "closed" if closed else "reopened"
        self._event(item, name, at, {"state_reason": kept} if closed else {})
        events.item(self, item, name)
