"""Sub-issues by their parent's list: those in other repositories are found in no other way."""

from collections.abc import Collection, Iterator
from dataclasses import replace

from connector.errors import Gone
from integrations.github.client import GitHubClient
from integrations.github.fetching import one
from integrations.github.reading import Place, page
from integrations.github.scopes import issue, issue_key
from integrations.tracker import Need, Page

Scope = tuple[str, str]


class Families:
    """What a read of a repository learns of the sub-issues it is asked for.

    ``abroad`` are the keys of parents that have sub-issues in other repositories.
    """

    def __init__(self, client: GitHubClient, repo: str, need: Need) -> None:
        self._client, self._repo = client, repo
        self._scopes = {scope: issue(scope[1]) for scope in need.scopes if scope[0] == "issue"}
        self._wanted = {*self._scopes.values(), *_named(need.parents)}
        self.broken: dict[Scope, str] = {}
        self.titles: dict[Scope, str] = {}
        self.abroad: set[str] = set()

    def pages(self, parents: Collection[str]) -> Iterator[Page]:
        """Of a full read: the sub-issues elsewhere; ``parents`` of this repository have some."""
        kept, scoped = _named(parents), set(self._scopes.values())
        lost = self._lost()
        for named in sorted(self._wanted - lost):
            if named in kept or named in scoped or named[0] != self._repo:
                yield from self._listed(named)

    def again(self, parents: Collection[str]) -> Iterator[Page]:
        """Of a read of changes: the sub-issues elsewhere of these parents."""
        for named in sorted(self._wanted & _named(parents)):
            yield from self._listed(named)

    def children(self) -> Iterator[Page]:
        """All sub-issues of all parents, wherever they lie."""
        lost = self._lost()
        for named in sorted(self._wanted - lost):
            yield from self._listed(named, home=True)

    def _lost(self) -> set[tuple[str, str]]:
        """The scopes' parents that are not there; the titles of the others are kept."""
        lost = set()
        for scope, named in sorted(self._scopes.items()):
            found = one(self._client, *named)
            if found is None:
                lost.add(named)
                self.broken[scope] = f"{named[0]} has no issue {named[1]}."
            else:
                self.titles[scope] = str(found.get("title") or "")
        return lost

    def _listed(self, named: tuple[str, str], *, home: bool = False) -> Iterator[Page]:
        """The sub-issues of one parent; those in the repository that is read only if asked for."""
        key, path = "#".join(named), "/repos/{}/issues/{}/sub_issues".format(*named)
        try:
            for issues in self._client.listing(path, {}):
                found = page(issues, Place(named[0], self._client.web))
                self.abroad |= {key for item in found.items if item.place != self._repo}
                items = (item for item in found.items if home or item.place != self._repo)
                yield Page(tuple(replace(i, parent_key=key) for i in items), found.unreadable)
        except Gone:
            self.abroad.add(key)
            sentence = (
                f"GitHub does not list the sub-issues of {key}: its API has none here, or the"
                " token may not read them."
            )
            self.broken |= {s: sentence for s, each in self._scopes.items() if each == named}


def _named(keys: Collection[str]) -> set[tuple[str, str]]:
    return {named for key in keys if (named := issue_key(key))}
