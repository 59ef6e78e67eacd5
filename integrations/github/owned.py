"""The milestones of all repositories of an owner that have certain titles."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from connector.errors import AccessDenied, Gone
from integrations.github.client import GitHubClient
from integrations.github.lists import Lists
from integrations.github.scopes import folded
from integrations.github.tagged import Pages, again
from integrations.kit.abreast import abreast

_ALL = ""
"""The name under which the owner's list of repositories is kept."""
Titles = Mapping[str, str]
"""Titles by number."""


class Titled:
    """What is known of them; while nothing changes, asking again is free."""

    def __init__(
        self, client: GitHubClient, owner: str, titles: frozenset[str], held: Lists | None
    ) -> None:
        self._client, self._owner, self._titles = client, owner, titles
        self.lists = held or Lists()
        self.refused: dict[str, AccessDenied] = {}
        self.there: dict[str, frozenset[str]] = {}
        """Of repositories whose milestones changed, the numbers of all there are."""

    @property
    def known(self) -> dict[str, Titles]:
        """By repository the milestones that have one of the titles."""
        return {repo: each for repo, each in self.lists.entries.items() if each and repo != _ALL}

    def look(self, at: datetime | None) -> dict[str, Titles]:
        """Ask for them now."""
        repos, pages = self._repositories()
        entries: dict[str, Titles] = {_ALL: dict.fromkeys(repos, "")}
        tags: dict[str, Pages] = {_ALL: pages}
        for repo, found, told in abreast(self._milestones, repos, width=self._client.width):
            if isinstance(found, AccessDenied):
                self.refused[repo] = found
                continue
            tags[repo] = told
            if found is None:
                entries[repo] = self.lists.entries.get(repo, {})
                continue
            self.there[repo] = frozenset(found)
            entries[repo] = {n: each for n, each in found.items() if folded(each) in self._titles}
        self.lists = Lists(read_at=at or datetime.now(UTC), entries=entries, pages=tags)
        return self.known

    def _repositories(self) -> tuple[list[str], Pages]:
        """The repositories of the owner that have issues."""
        held = self.lists.pages.get(_ALL, ())
        try:
            rows, pages = again(self._client, f"/orgs/{self._owner}/repos", {}, held)
        except Gone:  # no organization: a person
            rows, pages = again(self._client, f"/users/{self._owner}/repos", {}, held)
        known = self.lists.entries.get(_ALL, {})
        return sorted(known if rows is None else _names(rows)), pages

    def _milestones(self, repo: str) -> tuple[str, Titles | AccessDenied | None, Pages]:
        held = self.lists.pages.get(repo, ())
        try:
            rows, pages = again(self._client, f"/repos/{repo}/milestones", {"state": "all"}, held)
        except Gone:  # it has no issues, or is out of sight: it has no milestones then
            return repo, {}, ()
        except AccessDenied as error:
            return repo, error, ()
        return repo, None if rows is None else dict(_told(rows)), pages


def _names(rows: list[Any]) -> Iterator[str]:
    for row in rows:
        known = row if isinstance(row, dict) else {}
        if known.get("full_name") and known.get("has_issues") is not False:
            yield str(known["full_name"]).lower()


def _told(rows: list[Any]) -> Iterator[tuple[str, str]]:
    for row in rows:
        known = row if isinstance(row, dict) else {}
        yield str(known.get("number")), str(known.get("title") or "")
