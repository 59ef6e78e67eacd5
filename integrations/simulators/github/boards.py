"""Projects (Projects v2) of the simulated GitHub: issues on a board with status and numbers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from integrations.simulators.github import events, shapes
from integrations.simulators.github.shapes import Json, stamp
from integrations.simulators.github.state import GithubError, Item, State

STATUSES = ("Todo", "In Progress", "Done")


@dataclass
class Card:
    """One item of a project; ``item`` is None for a draft."""

    id: int
    item: Item | None
    title: str
    created: datetime
    updated: datetime
    values: dict[str, str | float] = field(default_factory=dict)


@dataclass
class Project:
    """A project: its fields by name, its cards in their order."""

    owner: str
    about: Json
    fields: dict[str, Json] = field(default_factory=dict)
    cards: list[Card] = field(default_factory=list)

    @property
    def url(self) -> str:
        """Its address in the API."""
        kind = "orgs" if self.about["owner"]["type"] == "Organization" else "users"
        return f"{shapes.API}/{kind}/{self.owner}/projectsV2/{self.about['number']}"


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
        about["owner"]["type"] = "User" if person else "Organization"
        made = Project(owner, about)
        for name, kind in (("Title", "title"), ("Status", "single_select")):
            self._field(made, name, kind, at)
        self.projects[owner.lower(), number] = made
        return number

    def find(self, owner: str, number: int) -> Project:
        """A project; 404 if unknown."""
        found = self.projects.get((owner.lower(), number))
        if found is None:
            raise GithubError(404, "Not Found")
        return found

    def put(
        self, project: Project, item: Item | str, *,
        values: Mapping[str, str | float | None], at: datetime,
    ) -> None:  # fmt: skip
        """Add an item (a text is a draft's title), or change its status or numbers."""
        card = next((each for each in project.cards if each.item is item), None)
        if card is None:
            title = item if isinstance(item, str) else str(item.fields["title"])
            real = None if isinstance(item, str) else item
            card = Card(self.state.new_id(), real, title, at, at)
            project.cards.append(card)
        card.updated = at
        for name, value in values.items():
            self._field(project, name, "number" if isinstance(value, float | int) else "", at)
            card.values.pop(name, None)
            if value is not None:
                card.values[name] = value

    def take(self, project: Project, item: Item) -> None:
        """Remove an item; it stays an issue."""
        project.cards = [each for each in project.cards if each.item is not item]

    def shown(self, project: Project, fields: list[str]) -> list[Json]:
        """The items as the API shows them, with these fields (by id), else with their title."""
        alive = [each for each in project.cards if self._alive(each)]
        return [self._card(project, each, fields) for each in alive]

    def _alive(self, card: Card) -> bool:
        item = card.item
        return item is None or self.state.repo(item.repo).items.get(item.number) is item

    def _field(self, project: Project, name: str, kind: str, at: datetime) -> None:
        if name not in project.fields:
            made = shapes.project_field(project.url, self.state.new_id(), name, kind, at)
            project.fields[name] = made | _options(kind)

    def _card(self, project: Project, card: Card, fields: list[str]) -> Json:
        kind = "DraftIssue"
        content: Json = {"title": card.title, "body": None, "user": shapes.user("simulated")}
        if card.item is not None and card.item.is_pull:
            kind, content = "PullRequest", events.pull(self.state, card.item)
        elif card.item is not None:
            kind, content = "Issue", self.state.shown(card.item)
        wanted = [f for f in project.fields.values() if str(f["id"]) in fields]
        return {
            "id": card.id, "node_id": f"PVTI_{card.id}", "content_type": kind, "content": content,
            "project_url": project.url, "item_url": f"{project.url}/items/{card.id}",
            "creator": shapes.user("simulated"), "created_at": stamp(card.created),
            "updated_at": stamp(card.updated), "archived_at": None,
            "fields": [_value(each, card) for each in wanted or [project.fields["Title"]]],
        }  # fmt: skip


def _value(field: Json, card: Card) -> Json:
    value: str | float | Json | None = card.values.get(field["name"])
    if field["data_type"] == "title":
        value = {"raw": card.title, "html": card.title}
    elif field["data_type"] == "single_select" and isinstance(value, str):
        value = {"id": value, "name": {"raw": value, "html": value}, "color": "GRAY",
                 "description": {"raw": "", "html": ""}}  # fmt: skip
    named = {name: field[name] for name in ("id", "name", "data_type")}
    return named | {"value": value}


def _options(kind: str) -> Json:
    if kind != "single_select":
        return {}
    text = {"raw": "", "html": ""}
    return {"options": [{"id": name, "name": {"raw": name, "html": name}, "description": text,
                         "color": "GRAY"} for name in STATUSES]}  # fmt: skip
