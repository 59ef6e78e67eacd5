"""Reading the source that is all repositories of an owner: milestones by their title."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from connector.errors import AccessDenied, Gone
from integrations.github import cursors
from integrations.github.client import GitHubClient
from integrations.github.cursors import EPOCH, Cursor
from integrations.github.issues import Changes
from integrations.github.lists import Lists
from integrations.github.owned import Titled, Titles
from integrations.github.reading import Place
from integrations.github.repositories import alive, identity, named
from integrations.github.scopes import folded, milestone
from integrations.github.spec import SPEC
from integrations.kit.abreast import abreast
from integrations.kit.needs import readable
from integrations.tracker import OUT_OF_SIGHT, Look, Need, Page, Unreadable

Scope = tuple[str, str]
_OWNER = ""
"""The name under which a cursor keeps what it knows of the owner."""
_UNSEEN = "the one that was read under that name is deleted, or out of this token's sight"
_LISTS_EVERY, _EACH = timedelta(minutes=15), timedelta(seconds=15)
"""The milestones are looked at again so often, and less often where there are many lists."""


class Many:
    """One read of the milestones that have the titles of the need's scopes."""

    def __init__(self, client: GitHubClient, owner: str, need: Need) -> None:
        self._client, self._owner, self._need = client, owner, need
        asked, self._broken = readable(SPEC, need)
        self._scopes: dict[str, list[Scope]] = {}
        for scope in sorted(asked.scopes):
            self._scopes.setdefault(folded(milestone(scope[1])[1]), []).append(scope)
        self._tags = {f"milestones:{owner}/{title}" for title in self._scopes}
        self._cursors: dict[str, Cursor] = {}
        self._titled = Titled(client, owner, frozenset(self._scopes), None)
        self._started: datetime | None = None
        self._left: set[str] = set()
        self._doubted: set[str] = set()

    def read(self, cursor: str | None) -> Iterator[Page | Look]:
        """The milestones' issues; with a cursor, those among them that changed, came or left."""
        before = cursors.read_many(cursor)
        held = before.pop(_OWNER, None) if before else None
        self._titled = Titled(
            self._client, self._owner, frozenset(self._scopes), held.lists if held else None
        )
        if before is None:
            yield from self._everything()
        else:
            for pages in abreast(self._changes, sorted(before.items()), width=self._client.width):
                yield from pages
            if self._doubted or self._is_due(held.lists if held else None):
                yield from self._moved()
        yield self._look(complete=before is None)

    def _everything(self) -> Iterator[Page]:
        found = self._titled.look(self._started)
        for repo, error in self._titled.refused.items():
            self._refused(repo, error)
        for pages in abreast(self._repository, sorted(found.items()), width=self._client.width):
            yield from pages

    def _moved(self) -> Iterator[Page]:
        """Issues of milestones that have one of the titles only now, or have it no more."""
        before = self._titled.known
        now = self._titled.look(self._started)
        for repo, ident in sorted(self._titled.lost.items()):
            yield from self._elsewhere(repo, ident, before.get(repo, {}))
        for repo in sorted(before.keys() - self._titled.lost.keys() | now.keys()):
            had = {} if repo in self._titled.lost else before.get(repo, {})
            has = now.get(repo, {})
            there = self._titled.there.get(repo, frozenset())
            for number in sorted(had.keys() ^ has.keys()):
                # Of a deleted one, what lay in it is found by reading all that we know of it.
                yield from self._repository((repo, {number: ""} if number in there else {}))

    def _elsewhere(self, repo: str, ident: str, had: Titles) -> Iterator[Page]:
        """What became of the issues of a name that is another repository's now, or nobody's: read
        where the repository is called otherwise, else asked for one by one."""
        held = self._cursors.pop(repo, None)
        members = held.members if held else frozenset[str]()
        name = named(self._client, ident)
        if name is not None and name.partition("/")[0] != self._owner:
            for number in sorted(had):
                changes = Changes(self._client, self._place(name), None, only={"milestone": number})
                yield from changes.pages()
        elif name is None and repo in self._titled.ids:  # whose numbers are those of others
            why = f"{repo} is another repository now; {_UNSEEN}"
            yield Page((), tuple(Unreadable("", key, OUT_OF_SIGHT, why) for key in sorted(members)))
        else:
            self._left |= members

    def _repository(self, asked: tuple[str, Titles]) -> list[Page]:
        repo, found = asked
        try:
            if not found:
                return self._kept(repo, Changes(self._client, self._place(repo), None))
            return [page for number in sorted(found) for page in self._milestone(repo, number)]
        except Gone:  # deleted, or out of sight since
            return []
        except AccessDenied as error:
            self._refused(repo, error)
            return []

    def _milestone(self, repo: str, number: str) -> list[Page]:
        """All issues of a milestone, which are ours from now on if it has a title of ours."""
        changes = Changes(self._client, self._place(repo), None, only={"milestone": number})
        return self._kept(repo, changes)

    def _kept(self, repo: str, changes: Changes) -> list[Page]:
        held = self._cursors.get(repo)
        members = set(held.members if held else ())
        pages = [self._mine(page, members) for page in changes.pages()]
        start = changes.cursor().since
        self._started = self._started or changes.started
        if held is None:
            held = Cursor(start)
        with_tag = held if held.since <= start else Cursor(start)
        self._cursors[repo] = replace(with_tag, members=frozenset(members))
        return pages

    def _changes(self, asked: tuple[str, Cursor]) -> list[Page]:
        """What changed in a repository, of what lies in a milestone of ours or did before."""
        repo, before = asked
        changes, members = Changes(self._client, self._place(repo), before), set(before.members)
        try:
            pages = [self._mine(page, members) for page in changes.pages()]
            if any(page.items for page in pages) and self._titled.ids.get(repo):
                identity(self._client, repo, self._titled.ids[repo])
        except (Gone, AccessDenied) as error:
            alive(self._client)
            self._doubted.add(repo)
            self._cursors[repo] = before
            if isinstance(error, AccessDenied):
                self._refused(repo, error)
            return []
        self._started = self._started or changes.started
        self._cursors[repo] = replace(changes.cursor(), members=frozenset(members))
        return pages

    def _mine(self, page: Page, members: set[str]) -> Page:
        """What of a page lies in a milestone of ours, or did; ``members`` are kept up to date."""
        known = frozenset(members)
        items = tuple(i for i in page.items if i.key in members or i.tags & self._tags)
        members |= {item.key for item in items}
        members -= {item.key for item in items if not item.tags & self._tags}
        return Page(items, tuple(each for each in page.unreadable if each.key in known))

    def _is_due(self, held: Lists | None) -> bool:
        if held is None or held.read_at is None or self._need.lists:
            return True
        now = self._started or datetime.now(UTC)
        return now - held.read_at >= max(_LISTS_EVERY, _EACH * len(held.pages))

    def _refused(self, repo: str, error: Exception) -> None:
        alive(self._client)  # a token that is no good anywhere is told as just that
        for scope in (scope for scopes in self._scopes.values() for scope in scopes):
            self._broken[scope] = f"{repo} could not be read: {error}"

    def _look(self, *, complete: bool) -> Look:
        titles: dict[Scope, str] = {}
        for found in self._titled.known.values():
            for title in found.values():
                for scope in self._scopes.get(folded(title), ()):
                    if scope not in titles or title == milestone(scope[1])[1]:
                        titles[scope] = title
        missing = "No repository of {} that the token sees has a milestone {}{}."
        for title, scopes in self._scopes.items():
            more = self._otherwise(title)
            for scope in scopes:
                if scope in titles:
                    titles[scope] += more
                else:
                    said = missing.format(self._owner, milestone(scope[1])[1], more)
                    self._broken.setdefault(scope, said)
        owner = Cursor(self._started or EPOCH, lists=self._titled.lists)
        return Look(
            cursor=cursors.many_text({**self._cursors, _OWNER: owner}),
            complete=complete,
            broken=self._broken,
            titles=titles,
            left=frozenset(self._left),
        )

    def _otherwise(self, title: str) -> str:
        """Which repositories call the milestone otherwise now that had this title."""
        pairs = sorted(self._titled.lists.former.items())
        told = (f"{key.rpartition('#')[0]} calls it {now} now" for key, (was, now) in pairs
                if was == title)  # fmt: skip
        return "".join(f"; {each}" for each in told)

    def _place(self, repo: str) -> Place:
        return Place(repo, self._client.web, self._client.witness)
