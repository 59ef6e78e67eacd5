"""Random edits of project boards, in the order of all edits of their tracker."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from integrations.simulators.github import board_fields
from integrations.simulators.github.board_state import Card, Project

Place = tuple[str, int]
At = Callable[[datetime], datetime]
DAY, SIZE = "Day", "Estimate"
"""The fields of boards beside their status."""
DAYS = {f"Day {number}": number for number in range(-1, 4)}
"""Iterations of a day each, by how many days from the first one on they are."""


def on(place: str, ident: str) -> str:
    """What an item is on a board, as letters tell of it."""
    return f"{ident} on {place}"


@dataclass
class Boards:
    """Edits the projects of a site at random; ``at`` tells when what it changes was changed."""

    chance: random.Random
    site: Any
    at: At
    hidden: dict[Place, Project] = field(default_factory=dict)
    """The projects that nobody is shown now."""
    _renamed: list[str] = field(default_factory=list)

    def several(self) -> list[Callable[[], None]]:
        """What may be done next, the likelier the more often it is named."""
        if not self.site.boards.projects and not self.hidden:
            return []
        values = [self._status, self._status, self._estimate, self._day]
        cards = [self._put, self._put, self._take, self._take, self._archive, self._draft]
        return [*values, *cards, self._state, self._rename, self._hide]

    def untold(self) -> list[str]:
        """The places on boards that just became called otherwise without a word."""
        found, self._renamed = self._renamed, []
        return found

    def told_of(self, card: dict[str, Any]) -> str:
        """The place on a board that a webhook tells of."""
        (place,) = [_place(each) for each in self._all()
                    if each.about["node_id"] == card["project_node_id"]]  # fmt: skip
        return on(place, str(card["content_node_id"]).removeprefix("I_"))

    def on_all(self, ident: int) -> set[str]:
        """The places that an item may have on boards."""
        return {on(_place(each), str(ident)) for each in self._all()}

    def show(self) -> None:
        """Show all projects again."""
        self.site.boards.projects.update(self.hidden)
        self.hidden.clear()

    def _project(self) -> Project:
        """Any; one that is hidden can be edited all the same."""
        return self.chance.choice(self._all())

    def _all(self) -> list[Project]:
        known = [*self.site.boards.projects.values(), *self.hidden.values()]
        return sorted(known, key=_place)

    def _card(self, project: Project) -> Card | None:
        cards = [each for each in self.site.boards.alive(project) if each.item is not None]
        return self.chance.choice(cards) if cards else None

    def _set(self, name: str, *several: str | float) -> None:
        """Another value, or none, in a field of a card."""
        project = self._project()
        card = self._card(project)
        if name in project.fields and card is not None:
            values = {name: self.chance.choice([None, *several])}
            self.site.boards.put(project, card.item, values=values, at=self.at(card.updated))

    def _status(self) -> None:
        self._set("Status", "In Progress", "Done", "Done")

    def _estimate(self) -> None:
        self._set(SIZE, 0.5, 3.0, 8.0)

    def _day(self) -> None:
        self._set(DAY, *DAYS)

    def _put(self) -> None:
        """Onto a board, with some values at once or with none."""
        project = self._project()
        items = [item for repo in self.site.repos.values() for item in repo.items.values()]
        if items:
            known = {"Status": "In Progress", SIZE: 5.0, DAY: self.chance.choice([*DAYS])}
            some = self.chance.sample(sorted(known), self.chance.choice([0, 0, 1, 3]))
            values = {name: known[name] for name in some if name in project.fields}
            item = self.chance.choice(items)
            self.site.boards.put(project, item, values=values, at=self.site.now)

    def _take(self) -> None:
        project = self._project()
        if (card := self._card(project)) is not None:
            self.site.boards.take(project, card.item)

    def _archive(self) -> None:
        project = self._project()
        if (card := self._card(project)) is not None:
            back, at = card.archived is not None, self.at(card.updated)
            self.site.boards.archive(project, card.item, at=at, back=back)

    def _draft(self) -> None:
        """An idea that is no work yet, which nothing counts."""
        title = f"Idea {self.chance.random()}"
        self.site.boards.put(self._project(), title, values={"Status": "Done"}, at=self.site.now)

    def _state(self) -> None:
        """A closed board counts as before."""
        project = self._project()
        state = "open" if project.about["state"] == "closed" else "closed"
        self.site.boards.edit(project, self.site.now, state=state)

    def _rename(self) -> None:
        """An option that no scope names is called otherwise: no item counts as changed by it."""
        project = self._project()
        was, now = ("Todo", "Next") if "Todo" in _options(project) else ("Next", "Todo")
        board_fields.rename_choice(project, "Status", was, now, at=self.site.now)
        items = [card.item for card in project.cards if card.values.get("Status") == now]
        self._renamed += [on(_place(project), str(each.fields["id"])) for each in items if each]

    def _hide(self) -> None:
        """A project goes out of sight, or comes back."""
        known = self.site.boards.projects
        if self.hidden:
            self.show()
        else:
            place = self.chance.choice(sorted(known))
            self.hidden[place] = known.pop(place)


def _options(project: Project) -> list[str]:
    return [each["name"]["raw"] for each in project.fields["Status"]["options"]]


def _place(project: Project) -> str:
    return f"{project.owner}/{project.about['number']}"
