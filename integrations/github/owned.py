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
        self.lost: dict[str, str] = {}
        """Names that were those of repositories, with their ids, and are not any more."""

    @property
    def known(self) -> dict[str, Titles]:
        """By repository the milestones that have one of the titles."""
        return {repo: each for repo, each in self.lists.entries.items() if each and repo != _ALL}

    @property
    def ids(self) -> Titles:
        """GitHub's ids of the repositories by name."""
        return self.lists.entries.get(_ALL, {})

    def look(self, at: datetime | None) -> dict[str, Titles]:
        """Ask for them now."""
        repos, pages = self._repositories()
        # Ids that an earlier version did not keep are learnt now.
        self.lost = {
            name: ident
            for name, ident in self.ids.items()
            if name not in repos or (ident and repos[name] != ident)
        }
        held = {repo: {} if repo in self.lost else each for repo, each in self.known.items()}
        entries: dict[str, Titles] = {_ALL: repos}
        former = dict(self.lists.former)
        tags: dict[str, Pages] = {_ALL: pages}
        for repo, found, told in abreast(self._milestones, sorted(repos), width=self._client.width):
            if isinstance(found, AccessDenied):
                self.refused[repo] = found
                continue
            tags[repo] = told
            if found is None:
                entries[repo] = held.get(repo, {})
                continue
            self.there[repo] = frozenset(found)
            entries[repo] = {n: each for n, each in found.items() if folded(each) in self._titles}
            former |= _former(repo, held.get(repo, {}), found)
            former = {
                key: pair for key, pair in former.items() if _is_former(key, repo, found, pair)
            }
        read_at = at or datetime.now(UTC)
        self.lists = Lists(read_at=read_at, entries=entries, pages=tags, former=former)
        return self.known

    def _repositories(self) -> tuple[dict[str, str], Pages]:
        """The repositories of the owner that have issues, each with its id."""
        held = self.lists.pages.get(_ALL, ())
        try:
            rows, pages = again(self._client, f"/orgs/{self._owner}/repos", {}, held)
        except Gone:  # no organization: a person
            rows, pages = again(self._client, f"/users/{self._owner}/repos", {}, held)
        return dict(self.ids if rows is None else _names(rows)), pages

    def _milestones(self, repo: str) -> tuple[str, Titles | AccessDenied | None, Pages]:
        held = () if repo in self.lost else self.lists.pages.get(repo, ())
        try:
            rows, pages = again(self._client, f"/repos/{repo}/milestones", {"state": "all"}, held)
        except Gone:  # it has no issues, or is out of sight: it has no milestones then
            return repo, {}, ()
        except AccessDenied as error:
            return repo, error, ()
        return repo, None if rows is None else dict(_told(rows)), pages


def _names(rows: list[Any]) -> Iterator[tuple[str, str]]:
    for row in rows:
        known = row if isinstance(row, dict) else {}
        if known.get("full_name") and known.get("has_issues") is not False:
            yield str(known["full_name"]).lower(), str(known.get("id") or "")


def _former(repo: str, held: Titles, found: Titles) -> Iterator[tuple[str, tuple[str, str]]]:
    """Milestones that have another title now than scopes ask for."""
    for number, was in held.items():
        if number in found and folded(found[number]) != folded(was):
            yield f"{repo}#{number}", (folded(was), found[number])


def _is_former(key: str, repo: str, found: Titles, pair: tuple[str, str]) -> bool:
    """Whether a milestone of this repository is still there and still called otherwise."""
    place, _, number = key.rpartition("#")
    return place != repo or (number in found and folded(found[number]) != pair[0])


def _told(rows: list[Any]) -> Iterator[tuple[str, str]]:
    for row in rows:
        known = row if isinstance(row, dict) else {}
        yield str(known.get("number")), str(known.get("title") or "")
