"""What Jira calls the scopes of a need, as far as a look comes by it without asking."""

from collections.abc import Iterable

from connector.work import WorkItem
from integrations.jira.query import Scope


class Titles:
    """The titles found so far."""

    def __init__(self, scopes: Iterable[Scope]) -> None:
        asked = tuple(scopes)
        self.found: dict[Scope, str] = {}
        self._epics = {value.upper(): value for kind, value in asked if kind == "epic"}
        self._projects = {value.upper(): value for kind, value in asked if kind == "project"}

    def of_items(self, items: Iterable[WorkItem]) -> None:
        """Epics are called as their issues are."""
        if self._epics:
            named = (item for item in items if item.key in self._epics)
            self.found |= {("epic", self._epics[item.key]): item.title for item in named}

    def of_issues(self, issues: Iterable[object]) -> None:
        """Every issue names its project; one is enough."""
        for issue in issues if self._projects else ():
            fields = issue.get("fields") if isinstance(issue, dict) else None
            project = fields.get("project") if isinstance(fields, dict) else None
            known = project if isinstance(project, dict) else {}
            key, name = known.get("key"), known.get("name")
            if isinstance(key, str) and key in self._projects and isinstance(name, str) and name:
                self.found["project", self._projects.pop(key)] = name[:255]
