"""Repositories and milestones of a simulated GitHub, as its Python way to change them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from integrations.simulators.github import events, shapes
from integrations.simulators.github.shapes import stamp
from integrations.simulators.github.state import Repo, State


@dataclass
class Milestones(State):
    """Edits take ``at``, the moment they happened; without it, the clock's now."""

    @property
    def now(self) -> datetime:
        """The clock's time."""
        return self.clock()

    @now.setter
    def now(self, moment: datetime | Callable[[], datetime]) -> None:
        self.clock = moment if callable(moment) else lambda: moment

    def add_repo(self, name: str, *, private: bool = False) -> Repo:
        """A repository, named ``owner/name``."""
        with self.lock:
            repo = Repo(shapes.repository(name, self.new_id(), self.now))
            visibility = "private" if private else "public"
            repo.about |= {"private": private, "visibility": visibility}
            self.repos[name.lower()] = repo
            events.repository(self, repo, "created")
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
            before = {name: made[name] for name in fields}
            made |= fields | {"updated_at": moment}
            changed = {name: old for name, old in before.items() if old != made[name]}
            if "state" in changed:
                del changed["state"]
                made["closed_at"] = moment if made["state"] == "closed" else None
                action = "closed" if made["state"] == "closed" else "opened"
                events.milestone(self, self.repo(repo), number, action)
            if changed:
                told = {name: {"from": old or ""} for name, old in changed.items()}
                events.milestone(self, self.repo(repo), number, "edited", changes=told)
