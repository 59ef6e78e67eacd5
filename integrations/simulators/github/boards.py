"""Projects (Projects v2) of the simulated GitHub: issues on a board with status and numbers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from integrations.simulators.github import board_events, board_shapes, events, shapes
from integrations.simulators.github.board_state import Card, Project, Value
from integrations.simulators.github.shapes import Json, stamp
from integrations.simulators.github.state import GithubError, Item, State

STATUSES = {"Todo": "GREEN", "In Progress": "YELLOW", "Done": "PURPLE"}
Kind = Literal["text", "number", "date", "single_select", "iteration", "title"]


@dataclass
class Boards:
    """The projects of a site, as its Python way to change them; every change takes ``at``."""

    state: State
    projects: dict[tuple[str, int], Project] = field(default_factory=dict)

    def add(self, owner: str, title: str, at: datetime) -> int:
        """A project with a status; returns its number."""
        number = 1 + sum(known == owner.lower() for known, _ in self.projects)
        person = owner.lower() in self.state.people
        about = shapes.project(owner, number, self.state.new_id(), title, at)
        about["owner"] = shapes.account(owner) if person else shapes.organization(owner)
        made = Project(owner, about)
        self.add_field(made, "Title", "title", at=at)
        self.add_field(made, "Status", "single_select", at=at)
        self.projects[owner.lower(), number] = made
        board_events.project(self.state, made, "created")
        return number

    def edit(self, project: Project, at: datetime, **fields: object) -> None:
        """Change a project's title or state."""
        before = {name: project.about[name] for name in fields}
        project.about |= fields | {"updated_at": stamp(at)}
        if "state" in fields:
            closed = fields["state"] == "closed"
            project.about["closed_at"] = stamp(at) if closed else None
            board_events.project(self.state, project, "closed" if closed else "reopened")
            return
        changes = {name: {"from": before[name], "to": new} for name, new in fields.items()}
        board_events.project(self.state, project, "edited", changes=changes)

    def remove(self, project: Project, at: datetime) -> None:
        """Delete a project; its items stay issues."""
        project.about["deleted_at"] = stamp(at)
        board_events.project(self.state, project, "deleted")
        del self.projects[project.owner.lower(), int(project.about["number"])]

    def find(self, owner: str, number: int) -> Project:
        """A project; 404 if unknown."""
        found = self.projects.get((owner.lower(), number))
        if found is None:
            raise GithubError(404, "Not Found")
        return found

    def add_field(
        self, project: Project, name: str, kind: Kind, *, at: datetime,
        options: Sequence[str] = (), iterations: Sequence[tuple[str, date, int]] = (),
    ) -> Json:  # fmt: skip
        """A field: a single select with its options, iterations with title, start and days."""
        made = shapes.project_field(project.url, self.state.new_id(), name, kind, at)
        if kind == "single_select":
            colors = dict.fromkeys(options, "GRAY") or STATUSES
            made["options"] = [board_shapes.option(*each) for each in colors.items()]
        elif kind == "iteration":
            spans = [board_shapes.iteration(*each, at.date()) for each in iterations]
            days = spans[0]["duration"] if spans else 14
            made["configuration"] = {"start_day": 1, "duration": days, "iterations": spans}
        project.fields[name] = made
        return made

    def put(
        self,
        project: Project,
        item: Item | str,
        *,
        values: Mapping[str, Value | None],
        at: datetime,
    ) -> None:
        """Add an item (a text is a draft's title), or change its values."""
        card = project.card(item)
        if card is None:
            title = item if isinstance(item, str) else str(item.fields["title"])
            real = None if isinstance(item, str) else item
            card = Card(self.state.new_id(), real, title, at, at)
            project.cards.append(card)
            board_events.placed(self.state, project, card, at)
        card.updated = at
        for name, value in values.items():
            self._known(project, name, value, at)
            before = card.values.pop(name, None)
            if value is not None:
                card.values[name] = value
            if value != before:
                board_events.changed(self.state, project, card, (name, before))

    def take(self, project: Project, item: Item) -> None:
        """Remove an item; it stays an issue."""
        card = project.card(item)
        if card is not None:
            project.cards.remove(card)
            board_events.taken(self.state, project, card)

    def archive(self, project: Project, item: Item, *, at: datetime, back: bool = False) -> None:
        """Put an item into the project's archive, or back."""
        card = project.card(item)
        if card is None:
            raise GithubError(404, "Not Found")
        before, card.archived = card.archived, None if back else at
        card.updated = at
        change = {"from": stamp(before) if before else None, "to": None if back else stamp(at)}
        board_events.card(self.state, project, card, "restored" if back else "archived",
                          changes={"archived_at": change})  # fmt: skip

    def alive(self, project: Project) -> list[Card]:
        """The items that are there: what was deleted or is out of sight is not."""
        return [each for each in project.cards if self._alive(each)]

    def shown(self, project: Project, card: Card, fields: list[str]) -> Json:
        """An item as the API shows it, with these fields (by id), else with its title."""
        kind, content = card.kind, self._content(card)
        wanted = [f for f in project.fields.values() if str(f["id"]) in fields]
        return {
            "id": card.id, "node_id": f"PVTI_{card.id}", "content_type": kind, "content": content,
            "project_url": project.url, "item_url": f"{project.url}/items/{card.id}",
            "creator": shapes.account(), "created_at": stamp(card.created),
            "updated_at": stamp(card.updated),
            "archived_at": stamp(card.archived) if card.archived else None,
            "fields": [_value(each, card) for each in wanted or [project.fields["Title"]]],
        }  # fmt: skip

    def _content(self, card: Card) -> Json:
        if card.item is None:
            return {"id": card.id, "node_id": f"DI_{card.id}", "title": card.title, "body": None,
                    "user": shapes.account(), "created_at": stamp(card.created),
                    "updated_at": stamp(card.updated)}  # fmt: skip
        if card.item.is_pull:
            return events.pull(self.state, card.item)
        return self.state.shown(card.item)

    def _alive(self, card: Card) -> bool:
        item = card.item
        if item is None:
            return True
        repo = self.state.repos.get(item.repo.lower())
        return repo is not None and repo.items.get(item.number) is item

    def _known(self, project: Project, name: str, value: Value | None, at: datetime) -> None:
        """The field and its choice, made on first use."""
        if name not in project.fields:
            number = isinstance(value, float | int)
            self.add_field(project, name, "number" if number else "text", at=at)
        options = project.fields[name].get("options")
        if options is None or not isinstance(value, str):
            return
        if board_shapes.chosen(options, "name", value) is None:
            options.append(board_shapes.option(value))


def _value(field: Json, card: Card) -> Json:
    named = {name: field[name] for name in ("id", "name", "data_type")}
    return named | {"value": board_shapes.value(field, card.values.get(field["name"]), card.title)}
