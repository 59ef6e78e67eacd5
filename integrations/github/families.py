"""Sub-issues by their parent's list: those in other repositories are found in no other way."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import partial

from connector.errors import Gone
from connector.work import Ref
from integrations.github.client import GitHubClient
from integrations.github.cursors import Cursor
from integrations.github.reading import Place, page
from integrations.github.repositories import identity
from integrations.github.scopes import issue, issue_key
from integrations.github.tagged import Pages, again
from integrations.github.whereabouts import DELETED, Met, met
from integrations.kit.abreast import abreast
from integrations.tracker import Need, Page

Scope = tuple[str, str]
_Named = tuple[str, str]


class Families:
    """What a read of a repository learns of the sub-issues it is asked for.

    ``abroad`` are the keys of parents that have sub-issues in other repositories, with the pages
    their lists had: while nothing changes there, asking for them is free. ``below`` are these
    sub-issues by parent, and ``left`` those that were among them and are no more. ``moved`` are
    scopes' parents that GitHub made another issue of.
    """

    def __init__(self, client: GitHubClient, repo: str, need: Need, before: Cursor | None) -> None:
        self._client, self._repo, self._place_id = client, repo, need.place_id
        self._held: Mapping[str, Pages] = before.tagged if before else {}
        self._had: Mapping[str, frozenset[str]] = before.children if before else {}
        self._scopes = {scope: issue(scope[1]) for scope in need.scopes if scope[0] == "issue"}
        self._fresh = _named(need.fresh)
        self._wanted = {*self._scopes.values(), *_named(need.parents)}
        self.broken: dict[Scope, str] = {}
        self.titles: dict[Scope, str] = {}
        self.abroad: dict[str, Pages] = {}
        self.below: dict[str, frozenset[str]] = {}
        self.left: set[str] = set()
        self.moved: dict[str, Ref] = {}
        self._roots: list[object] = []

    def note(self, pages: Iterable[Page]) -> Iterator[Page]:
        """The same pages; scopes' parents among them are there, and called as they show."""
        roots = {"#".join(named): scope for scope, named in self._scopes.items()}
        for found in pages:
            for item in found.items if roots else ():
                if item.key in roots:
                    self.titles[roots[item.key]] = item.title
            yield found

    def pages(self, parents: Collection[str]) -> Iterator[Page]:
        """Of a full read: the sub-issues elsewhere; ``parents`` of this repository have some."""
        kept, scoped = _named(parents), set(self._scopes.values())
        lost = self._lost()
        asked = (n for n in self._wanted - lost if n in kept | scoped or n[0] != self._repo)
        yield from self._listed(asked)

    def again(self, parents: Collection[str], *, sweep: bool = False) -> Iterator[Page]:
        """Of a read of changes: those of these parents, of new ones, and of those that had some
        elsewhere; a sweep makes sure of the scopes' parents."""
        asked = _named({*parents, *self._held}) | self._fresh
        lost = self._lost() if sweep else set[_Named]()
        yield from self._listed((self._wanted & asked) - lost)

    def children(self) -> Iterator[Page]:
        """All sub-issues of all parents, wherever they lie, and the scopes' parents themselves."""
        yield from self._listed(self._wanted - self._lost(), home=True)
        place = Place(self._repo, self._client.web, self._client.witness)
        yield from (page([found], place) for found in self._roots)

    def _lost(self) -> set[_Named]:
        """The scopes' parents that are not there; the titles of the others are kept."""
        lost = set()
        for scope, named in sorted(self._scopes.items()):
            if scope in self.titles:
                continue
            found = met(self._client, *named)
            if not self._is_here(scope, named, found):
                lost.add(named)
        return lost

    def _is_here(self, scope: Scope, named: _Named, found: Met) -> bool:
        if found.refused:
            raise found.refused
        if found.issue is None:
            self.broken[scope] = _gone(named, found.why)
            return False
        if found.key(named[0]) != "#".join(named):
            if named[0] == self._repo:  # a repository that is called otherwise leads there too
                identity(self._client, self._repo, self._place_id)
            self.moved["#".join(named)] = found.ref(named[0])
            return False
        self.titles[scope] = str(found.issue.get("title") or "")
        self._roots.append(found.issue)
        return True

    def _listed(self, parents: Iterable[_Named], *, home: bool = False) -> Iterator[Page]:
        """The sub-issues of these; those in the repository that is read only if asked for."""
        ask = partial(self._children, home=home)
        for named, found, pages in abreast(ask, sorted(parents), width=self._client.width):
            key = "#".join(named)
            if pages is None:
                self._untold(named, key)
                continue
            if found is None:
                self._keep(key, pages, self._had.get(key, frozenset()))
                continue
            elsewhere = frozenset(i.key for i in found.items if i.place != self._repo)
            self.left |= self._had.get(key, frozenset()) - elsewhere
            if elsewhere:
                self._keep(key, pages, elsewhere)
            items = (item for item in found.items if home or item.place != self._repo)
            yield Page(tuple(replace(i, parent_key=key) for i in items), found.unreadable)

    def _children(self, named: _Named, *, home: bool) -> tuple[_Named, Page | None, Pages | None]:
        """The sub-issues of one parent, None for those that are as they were; without pages where
        GitHub lists none."""
        path = "/repos/{}/issues/{}/sub_issues".format(*named)
        held = () if home else self._held.get("#".join(named), ())
        if named in self._fresh:
            held = ()
        try:
            rows, pages = again(self._client, path, {}, held)
        except Gone:
            return named, None, None
        return (
            named,
            None
            if rows is None
            else page(rows, Place(named[0], self._client.web, self._client.witness)),
            pages,
        )

    def _keep(self, key: str, pages: Pages, elsewhere: frozenset[str]) -> None:
        self.abroad[key], self.below[key] = pages, elsewhere

    def _untold(self, named: _Named, key: str) -> None:
        self._keep(key, (), self._had.get(key, frozenset()))
        mine = [scope for scope, each in self._scopes.items() if each == named]
        if any(not self._is_here(scope, named, met(self._client, *named)) for scope in mine):
            return
        sentence = (
            f"GitHub does not list the sub-issues of {key}: its API has none here, or the"
            " token may not read them."
        )
        self.broken |= dict.fromkeys(mine, sentence)


def elsewhere(moved: Mapping[str, Ref], scopes: Collection[Scope]) -> dict[Scope, str]:
    """A sentence for the scopes whose parent is another issue now, for one who follows none."""
    named = {scope: "#".join(issue(scope[1])) for scope in scopes if scope[0] == "issue"}
    return {
        scope: f"{key} was transferred to {moved[key].key}: link github:issue:"
        f"{(moved[key].key or '').replace('#', '/')} instead."
        for scope, key in named.items()
        if key in moved
    }


def _gone(named: _Named, why: str) -> str:
    repo, number = named
    if why == DELETED:
        return f"{repo}#{number} was {why}: link another issue, or end the link."
    return (
        f"{repo} has no issue {number}: it never had one, or that was transferred to a repository"
        " that this token does not see; give the token that repository, or link another issue."
    )


def _named(keys: Collection[str]) -> set[_Named]:
    return {named for key in keys if (named := issue_key(key))}
