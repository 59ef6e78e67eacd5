"""Reading the source that is all repositories of an owner: milestones by their title."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from connector.errors import AccessDenied, Gone
from integrations.github import cursors
from integrations.github.client import GitHubClient
from integrations.github.cursors import Cursor
from integrations.github.issues import Changes
from integrations.github.reading import Place
from integrations.github.scopes import folded, milestone
from integrations.github.spec import SPEC
from integrations.kit.needs import readable
from integrations.tracker import Look, Need, Page

Scope = tuple[str, str]


class Many:
    """One read of the milestones that have the titles of the need's scopes."""

    def __init__(self, client: GitHubClient, owner: str, need: Need) -> None:
        self._client, self._owner = client, owner
        asked, self._broken = readable(SPEC, need)
        self._scopes: dict[str, list[Scope]] = defaultdict(list)
        for scope in sorted(asked.scopes):
            self._scopes[folded(milestone(scope[1])[1])].append(scope)
        self._tags = {f"milestones:{owner}/{title}" for title in self._scopes}
        self._titles: dict[Scope, str] = {}
        self._cursors: dict[str, Cursor] = {}

    def read(self, cursor: str | None) -> Iterator[Page | Look]:
        """The milestones' issues; with a cursor, those among them that changed, came or left."""
        before = cursors.read_many(cursor)
        if before is None:
            yield from self._everything()
        else:
            for repo, each in sorted(before.items()):
                yield from self._changes(repo, each)
        yield Look(
            cursor=cursors.many_text(self._cursors),
            complete=before is None,
            broken=self._broken,
            titles=self._titles,
        )

    def _everything(self) -> Iterator[Page]:
        for repo in self._repositories():
            try:
                for number in self._milestones(repo):
                    yield from self._milestone(repo, number)
            except Gone:  # it has no issues, or is out of sight: it has no milestones then
                continue
            except AccessDenied as error:
                self._refused(repo, error)
        for title, scopes in self._scopes.items():
            missing = f"No repository of {self._owner} that the token sees has a milestone {title}."
            for scope in scopes:
                if scope not in self._titles:
                    self._broken.setdefault(scope, missing)

    def _repositories(self) -> Iterator[str]:
        """The repositories of the owner that have issues."""
        for page in self._lists():
            for each in page:
                known = each if isinstance(each, dict) else {}
                if known.get("full_name") and known.get("has_issues") is not False:
                    yield str(known["full_name"]).lower()

    def _lists(self) -> Iterator[list[Any]]:
        try:
            yield from self._client.listing(f"/orgs/{self._owner}/repos", {})
        except Gone:  # no organization: a person
            yield from self._client.listing(f"/users/{self._owner}/repos", {})

    def _milestones(self, repo: str) -> list[str]:
        found = []
        for page in self._client.listing(f"/repos/{repo}/milestones", {"state": "all"}):
            for each in page:
                title = str(each.get("title") or "") if isinstance(each, dict) else ""
                scopes = self._scopes.get(folded(title), ())
                self._titles |= dict.fromkeys(scopes, title)
                found += [str(each.get("number"))] if scopes else []
        return found

    def _milestone(self, repo: str, number: str) -> Iterator[Page]:
        changes = Changes(self._client, self._place(repo), None, only={"milestone": number})
        keys: set[str] = set()
        for page in changes.pages():
            keys |= {item.key for item in page.items}
            yield page
        start = changes.cursor().since
        held = self._cursors.get(repo, Cursor(start))
        self._cursors[repo] = Cursor(min(start, held.since), members=held.members | keys)

    def _changes(self, repo: str, before: Cursor) -> Iterator[Page]:
        """What changed in a repository, of what lies in a milestone of ours or did before."""
        changes, members = Changes(self._client, self._place(repo), before), set(before.members)
        try:
            for page in changes.pages():
                items = tuple(i for i in page.items if i.key in members or i.tags & self._tags)
                members |= {item.key for item in items}
                members -= {item.key for item in items if not item.tags & self._tags}
                yield Page(items, tuple(u for u in page.unreadable if u.key in before.members))
        except (Gone, AccessDenied) as error:
            self._refused(repo, error)
            self._cursors[repo] = before
            return
        after = changes.cursor()
        self._cursors[repo] = Cursor(after.since, after.etag, frozenset(members))

    def _refused(self, repo: str, error: Exception) -> None:
        # A token that is no good anywhere is told as just that.
        self._client.get("/user")
        for scope in (scope for scopes in self._scopes.values() for scope in scopes):
            self._broken[scope] = f"{repo} could not be read: {error}"

    def _place(self, repo: str) -> Place:
        return Place(repo, self._client.web)
