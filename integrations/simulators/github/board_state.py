"""What a project of the simulated GitHub holds."""

from dataclasses import dataclass, field
from datetime import datetime

from integrations.simulators.github import shapes
from integrations.simulators.github.shapes import Json
from integrations.simulators.github.state import Item

Value = str | float


@dataclass
class Card:
    """One item of a project; ``item`` is None for a draft."""

    id: int
    item: Item | None
    title: str
    created: datetime
    updated: datetime
    values: dict[str, Value] = field(default_factory=dict)
    archived: datetime | None = None

    @property
    def kind(self) -> str:
        """What it is in GitHub's words."""
        if self.item is None:
            return "DraftIssue"
        return "PullRequest" if self.item.is_pull else "Issue"


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

    def card(self, item: Item | str) -> Card | None:
        """The card of an item."""
        return next((each for each in self.cards if each.item is item), None)
