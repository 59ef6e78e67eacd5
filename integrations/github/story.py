"""What the past of one issue is told from, and what is found of it; pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from connector.work import ItemEvent, WorkItem
from integrations.github.events import About, Told
from integrations.github.titles import Titles

Values = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Shown:
    """An issue on the board of a project as it is: since when, its status there, and the number
    fields that are measured by. ``dated`` says that GitHub tells of the status's changes."""

    added_at: datetime
    status: str | None = None
    numbers: tuple[str, ...] = ()
    dated: bool = True


@dataclass(frozen=True, slots=True)
class Now:
    """An issue as it is: the number and title of its milestone, its id for GraphQL where it is
    known, and the boards it is on, by project (``acme/3``)."""

    item: WorkItem
    milestone: tuple[str, str] | None
    node: str = ""
    boards: Mapping[str, Shown] = field(default_factory=dict)

    @property
    def number(self) -> str:
        """Its number in its repository."""
        return self.item.key.rpartition("#")[2]


@dataclass(frozen=True, slots=True)
class Known:
    """What is known beside an issue: what titles of milestones meant, which number fields are
    measured by, and the statuses that the boards of interest have now, by project."""

    titles: Titles
    numbers: frozenset[str] = frozenset()
    boards: Mapping[str, frozenset[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Past:
    """What became of an issue, oldest first; ``gaps`` are sentences for what no event tells.

    ``unclear`` says that another issue may show yet what a title of a milestone meant;
    ``unsure`` that an event is missing, but what it would have told is known.
    """

    events: tuple[ItemEvent, ...]
    gaps: tuple[str, ...] = ()
    unclear: bool = False
    unsure: bool = False


@dataclass(slots=True)
class Change:
    """One change under way; what is the same before and after is left out in the end."""

    at: datetime
    before: Values
    after: Values


class Story:
    """The changes found so far of one issue."""

    def __init__(self, now: Now, told: Sequence[Told], known: Known) -> None:
        self.now, self.item, self.known = now, now.item, known
        self.told = told
        places = [each for each in told if each.about == "place"]
        self.moved = max((each.at for each in places), default=None)
        self.came_from = places[-1].before or "" if places else ""
        self.changes: list[Change] = []
        self.gaps: list[str] = []
        self.unclear = self.unsure = False

    def about(self, what: About) -> list[Told]:
        """What is told of something."""
        return [each for each in self.told if each.about == what]

    def here(self, what: About) -> list[Told]:
        """Of that, what happened since the issue came to its repository."""
        return [each for each in self.about(what) if not (self.moved and each.at < self.moved)]

    def gap(self, what: str) -> None:
        """Say that no event tells when something became of it."""
        self.gaps.append(f"GitHub kept no event of when {self.item.key} {what}.")

    def change(self, at: datetime, before: Values, after: Values) -> Change:
        """Note one change."""
        made = Change(at, before, after)
        self.changes.append(made)
        return made
