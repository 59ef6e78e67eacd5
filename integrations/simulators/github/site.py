"""A simulated GitHub with a Python way to change it; every change writes events."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from integrations.simulators.github import recorded
from integrations.simulators.github.boards import Boards
from integrations.simulators.github.deliveries import Deliveries
from integrations.simulators.github.hosting import Hosting
from integrations.simulators.github.state import Item
from integrations.simulators.hooks import Delivery, Hook


@dataclass
class GithubSite(Hosting):
    """The site. Edits take ``at``, the moment they happened; without it, the clock's now.

    A GitHub that has no projects or sub-issues in its API, or tells of parents in an issue's
    timeline only, is simulated by turning these off.
    """

    has_projects: bool = True
    has_sub_issues: bool = True
    has_issue_types: bool = True
    parents_in_events: bool = True
    links_by_id: bool = True
    """Whether the links of pages name repositories by their ids, as GitHub's do."""
    lacks: frozenset[str] = frozenset()
    """Types of timeline entries that GraphQL of this GitHub does not have."""
    unresolved: frozenset[str] = frozenset()
    """Node ids that GraphQL does not find."""
    timelines_at_once: int = 19
    """Asked for the timelines of more issues at once, GraphQL leaves their entries out silently."""
    boards: Boards = field(init=False)
    delivered: Deliveries = field(init=False)

    def __post_init__(self) -> None:
        super().__post_init__()
        self.boards = Boards(self)
        self.delivered = Deliveries(self._moment)
        self.postman.noted = self.delivered.note

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

    def _left(self, item: Item, to: Item | None) -> None:
        for project in self.boards.projects.values():
            card = project.card(item)
            if card is not None and to is not None:
                card.item = to

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
