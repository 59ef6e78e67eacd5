"""What an answer about a single issue means for whoever knew it: there, moved, gone or hidden."""

from dataclasses import dataclass
from typing import Any

from connector.errors import AccessDenied
from connector.work import Ref
from integrations.github.client import GitHubClient
from integrations.github.repositories import alive, out_of_sight, shown, visible
from integrations.github.whereabouts import Met, transferred


@dataclass(frozen=True, slots=True)
class Verdict:
    """The issue and where it lives, or why it is missing; ``moved`` is what was made of it."""

    issue: dict[str, Any] | None = None
    place: str = ""
    why: str = ""
    hidden: bool = False
    moved: Ref | None = None


class Judge:
    """Judges the answers of one call for single issues; each repository is looked at once.

    Of the repository ``home`` it raises what is wrong with it; issues of others are hidden then.
    """

    def __init__(self, client: GitHubClient, home: str) -> None:
        self._client, self._home = client, home
        self._sight: dict[str, str] = {}

    def of(self, ref: Ref, named: tuple[str, str], found: Met) -> Verdict:
        """What became of the issue of that name."""
        repo, key = named[0], "#".join(named)
        if found.refused:
            return Verdict(why=self._refused(repo, found.refused), hidden=True)
        if found.issue is None:
            return self._gone(repo, found.why)
        now = found.key(repo)
        place = now.rpartition("#")[0]
        if place != repo and repo == self._home:
            visible(self._client, repo)  # where it is called otherwise, that is told first
        if ref.external_id is None or str(found.issue.get("id")) == ref.external_id:
            return Verdict(found.issue, place)
        if now == key:
            return Verdict(why=f"{repo} is another repository now", hidden=True)
        return Verdict(why=transferred(now), moved=found.ref(repo))

    def _gone(self, repo: str, why: str) -> Verdict:
        if repo not in self._sight:
            self._sight[repo] = self._look(repo)
        lost = self._sight[repo]
        return Verdict(why=lost, hidden=True) if lost else Verdict(why=why)

    def _refused(self, repo: str, error: AccessDenied) -> str:
        if repo == self._home:
            raise error
        alive(self._client)
        return out_of_sight(repo, error)

    def _look(self, repo: str) -> str:
        """Why nothing is shown of a repository; empty where it is there: out of sight is not
        deleted."""
        if repo == self._home:
            visible(self._client, repo)
            return ""
        try:
            return "" if shown(self._client, repo) else out_of_sight(repo)
        except AccessDenied as error:
            return self._refused(repo, error)
