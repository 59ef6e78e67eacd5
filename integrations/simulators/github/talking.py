"""Comments, labels, releases and issue fields of a simulated GitHub, as its Python way."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from integrations.simulators.github import app_shapes, events, relations, shapes, sight
from integrations.simulators.github.moving import Moving
from integrations.simulators.github.shapes import Json, stamp
from integrations.simulators.github.state import Comment, GithubError, Item, Repo

_ASSOCIATIONS = {"none": "NONE", "read": "CONTRIBUTOR"}
_NOT_FOUND = "Not Found"


@dataclass
class Talking(Moving):
    """What people say at issues, and what repositories offer beside them."""

    def comment(
        self, repo: str, number: int, body: str, *, login: str = "", at: datetime | None = None
    ) -> int:
        """A comment of a person, else of who acts now; returns its id."""
        with self.lock:
            item, moment = self.item(repo, number), stamp(at or self.now)
            user = shapes.account(login) if login else self.actor
            via = app_shapes.by(self.via) if self.via and not login else None
            made = Comment(self.new_id(), item.repo, number, user, body, moment, moment,
                           self.association(self.repo(repo), user), via, item.is_pull)  # fmt: skip
            self.comments[made.id] = made
            self._talked(item, at or self.now, 1)
            events.comment(self, item, made.shown(), "created")
            return made.id

    def edit_comment(self, number: int, body: str, at: datetime | None = None) -> None:
        """Other words."""
        with self.lock:
            made, item = self._commented(number)
            before, made.body = made.body, body
            made.updated = stamp(at or self.now)
            if before != body:
                changes = {"body": {"from": before}}
                events.comment(self, item, made.shown(), "edited", changes=changes)

    def delete_comment(self, number: int) -> None:
        """A comment less."""
        with self.lock:
            made, item = self._commented(number)
            del self.comments[number]
            self._talked(item, self.now, -1)
            events.comment(self, item, made.shown(), "deleted")

    def association(self, repo: Repo, user: Json) -> str:
        """What a person is to a repository, as GitHub writes it beside what they say."""
        if user["login"].lower() == repo.about["owner"]["login"].lower():
            return "OWNER"
        role = sight.role(repo, user["login"])
        if user["type"] == "Bot":
            return "NONE"
        known = "read" if user["login"] in repo.roles else "none"
        return _ASSOCIATIONS[known] if role in ("none", "read") else "MEMBER"

    def edit_label(self, repo: str, name: str, /, **fields: Any) -> Json:
        """Another name, color or description; issues show it at once."""
        with self.lock:
            here = self.repo(repo)
            known = self.known_label(here, name)
            before = {key: known[key] for key in fields}
            known |= fields
            if "name" in fields:
                known["url"] = f"{shapes.API}/repos/{here.name}/labels/{fields['name']}"
                here.labels = {each["name"]: each for each in here.labels.values()}
            changes = {key: {"from": old or ""} for key, old in before.items()}
            events.label(self, here, known, "edited", changes=changes)
            return known

    def delete_label(self, repo: str, name: str) -> None:
        """A label less; issues lose it."""
        with self.lock:
            here = self.repo(repo)
            known = self.known_label(here, name)
            del here.labels[known["name"]]
            for item in here.items.values():
                kept = [each for each in item.fields["labels"] if each["id"] != known["id"]]
                item.fields["labels"] = kept
            events.label(self, here, known, "deleted")

    def known_label(self, repo: Repo, name: str) -> Json:
        """A label in any case; 404 if there is none."""
        found = (each for each in repo.labels.values() if each["name"].lower() == name.lower())
        known = next(found, None)
        if known is None:
            raise GithubError(404, _NOT_FOUND)
        return known

    def add_release(self, repo: str, tag: str, *, at: datetime | None = None, **about: Any) -> int:
        """A release of a tag, published unless it is a draft; returns its id."""
        with self.lock:
            here, moment = self.repo(repo), stamp(at or self.now)
            draft = bool(about.get("draft"))
            dates = {"created_at": moment, "updated_at": moment,
                     "published_at": None if draft else moment}  # fmt: skip
            made = shapes.release(here.name, self.new_id(), tag, {**dates, **about})
            here.releases[made["id"]] = made
            if not draft:
                events.release(self, here, made, "published")
            return int(made["id"])

    def add_issue_field(self, name: str, kind: str, options: Sequence[str] = ()) -> Json:
        """An issue field: text, number, date, or single_select with its options."""
        with self.lock:
            made = shapes.issue_field(self.new_id(), name, kind, options)
            self.names[f"field {name}"] = made
            return made

    def set_values(
        self, repo: str, number: int, values: Mapping[str, str | float | None],
        at: datetime | None = None,
    ) -> None:  # fmt: skip
        """Set issue fields of an issue by their names; None empties."""
        with self.lock:
            relations.set_values(self, self.item(repo, number), values, at or self.now)

    def _commented(self, number: int) -> tuple[Comment, Item]:
        made = self.comments.get(number)
        if made is None:
            raise GithubError(404, _NOT_FOUND)
        return made, self.item(made.repo, made.number)

    def _talked(self, item: Item, at: datetime, more: int) -> None:
        relations.changed(item, at, {"comments": item.fields["comments"] + more})
