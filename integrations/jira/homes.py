"""The projects that what lies in sprints and below parents is in: what leaves them shows there."""

from collections.abc import Iterable

from connector.work import WorkItem
from integrations.jira.query import Condition
from integrations.jira.scopes import issue_key, sprint_id, sprint_tag
from integrations.tracker import Need

_MOST = 30


class Homes:
    """Those found so far; no query of sprints or parents lists what has left."""

    def __init__(self, need: Need, known: Iterable[str]) -> None:
        self._sprints = {
            sprint_tag(sprint_id(value)) for kind, value in need.scopes if kind == "sprint"
        }
        self._parents = {key.upper() for key in need.parents}
        self._parents |= {issue_key(value) for kind, value in need.scopes if kind == "epic"}
        self._found = set(known) if self._sprints or self._parents else set()

    def of_items(self, items: Iterable[WorkItem]) -> None:
        """Learn where items of these sprints and parents lie."""
        if self._sprints or self._parents:
            self._found |= {item.place for item in items if self._is_mine(item)}

    def _is_mine(self, item: WorkItem) -> bool:
        return item.parent_key in self._parents or not self._sprints.isdisjoint(item.tags)

    def drop(self, projects: Iterable[str]) -> None:
        """Forget projects that can no longer be asked for."""
        self._found -= set(projects)

    @property
    def places(self) -> tuple[str, ...]:
        """The projects; of very many only some, the sweeps see to the rest."""
        return tuple(sorted(self._found)[:_MOST])

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """What changed in them is to be read too."""
        return tuple(Condition("project", place) for place in self.places)
