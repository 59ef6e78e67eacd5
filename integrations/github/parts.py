"""The milestones and labels that scopes name: their titles, and which of them do not exist."""

from connector.errors import Gone
from integrations.github.client import GitHubClient
from integrations.github.scopes import label, milestone
from integrations.github.spec import SPEC
from integrations.kit.needs import readable
from integrations.tracker import Need

Scope = tuple[str, str]


class Parts:
    """What a full read learns about the scopes of one repository."""

    def __init__(self, client: GitHubClient, repo: str, need: Need) -> None:
        self._client, self._repo = client, repo
        self.need, self.broken = readable(SPEC, need)
        self.titles: dict[Scope, str] = {}

    def look(self) -> None:
        """Ask once for the milestones and once for the labels, where a scope names one."""
        wanted = sorted(self.need.scopes)
        numbers = {scope: milestone(scope[1])[1] for scope in wanted if scope[0] == "milestone"}
        if numbers:
            self._milestones(numbers)
        labels = {scope: label(scope[1])[1] for scope in wanted if scope[0] == "label"}
        if labels:
            self._labels(labels)

    def _milestones(self, numbers: dict[Scope, str]) -> None:
        pages = self._client.listing(f"/repos/{self._repo}/milestones", {"state": "all"})
        known = {
            str(each.get("number")): str(each.get("title") or "")
            for page in pages
            for each in page
            if isinstance(each, dict)
        }
        for scope, number in numbers.items():
            if number in known:
                self.titles[scope] = known[number]
            else:
                self.broken[scope] = f"{self._repo} has no milestone {number}."

    def _labels(self, wanted: dict[Scope, str]) -> None:
        try:
            known = {
                str(each.get("name")).lower(): str(each.get("name"))
                for page in self._client.listing(f"/repos/{self._repo}/labels", {})
                for each in page
                if isinstance(each, dict)
            }
        except Gone:  # not told here, so nothing is said of them
            return
        for scope, name in wanted.items():
            if name.lower() in known:
                self.titles[scope] = known[name.lower()]
            else:
                self.broken[scope] = f"{self._repo} has no label {name}."
