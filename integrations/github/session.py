"""A GitHub session: what the port asks for, by the kind of source that is asked."""

from collections.abc import Iterator, Sequence
from datetime import date

from connector.errors import AccessDenied, Gone
from connector.work import Ref
from integrations.github import repository
from integrations.github.boards import Board
from integrations.github.client import GitHubClient
from integrations.github.fetching import fetch
from integrations.github.history import Historian
from integrations.github.many import Many
from integrations.github.projects import Project
from integrations.github.reading import Place
from integrations.github.scopes import owner_of, project_of, repository_source
from integrations.tracker import (
    Account,
    Budget,
    Fetched,
    Finder,
    History,
    Identity,
    Listed,
    Look,
    Need,
    Page,
    Registrar,
    Survey,
    Writer,
)


class GitHubSession:
    """One open connection."""

    def __init__(self, account: Account) -> None:
        self._client = GitHubClient(account)
        asked = account.options.get("number_fields", "").split(",")
        self._numbers = frozenset(each.strip() for each in asked if each.strip())

    @property
    def calls(self) -> int:
        """HTTP calls made so far."""
        return self._client.calls

    def check(self) -> Identity:
        """Who the token belongs to; one call."""
        try:
            answer = self._client.get("/user")
        except Gone as error:
            raise Gone(
                f"{self._client.web} is not a GitHub, or its path is wrong: {error}"
            ) from error
        except AccessDenied as error:
            raise AccessDenied(f"{error} {_FIX}") from error
        login = answer.object().get("login")
        ends = answer.headers.get("GitHub-Authentication-Token-Expiration", "")
        return Identity(
            who=login if isinstance(login, str) else "somebody",
            warnings=(f"The token expires on {ends[:10]}.",) if ends else (),
            token_until=_day(ends),
        )

    @property
    def budget(self) -> Budget | None:
        """GitHub's limits are met as they come."""
        return None

    @property
    def finder(self) -> Finder | None:
        """Scopes are written by hand."""
        return None

    @property
    def writer(self) -> Writer | None:
        """Nothing is written back."""
        return None

    @property
    def registrar(self) -> Registrar | None:
        """Webhooks are set up by a person."""
        return None

    def survey(self) -> Survey:
        """Two states and the reasons for closing; boards and labels say the rest."""
        return Survey(
            statuses=(("open", "todo"), ("closed", "done")),
            types=(("issue", 0), ("pull request", 0)),
            resolutions=("completed", "not_planned", "duplicate"),
            fields=(),
        )

    def read(
        self, source: str, need: Need, cursor: str | None, *, sweep: bool = False
    ) -> Iterator[Page | Listed | Look]:
        """What changed in a repository, in a project, or in milestones of many repositories.

        A sweep reads everything: GitHub lists no issues by their ids alone.
        """
        if sweep:
            cursor = None
        owner, board = owner_of(source), project_of(source)
        if owner:
            yield from Many(self._client, owner, need).read(cursor)
        elif board:
            yield from Project(self._client, Board(*board)).read(need, cursor)
        else:
            place = Place(repository_source(source), self._client.web)
            if need.narrow:
                yield from repository.glance(self._client, place, need)
            else:
                yield from repository.read(self._client, place, need, cursor)

    def fetch(self, source: str, refs: Sequence[Ref]) -> Fetched:
        """Issues by their keys, one call each."""
        board = project_of(source)
        if board and refs:
            return Project(self._client, Board(*board)).fetch(refs)
        return fetch(self._client, refs)

    def history(self, source: str, refs: Sequence[Ref]) -> Iterator[History]:
        """The events of issues by their keys, some issues at a time."""
        board = project_of(source)
        historian = Historian(self._client, self._numbers, Board(*board) if board else None)
        yield from historian.read(refs)

    def close(self) -> None:
        """Give connections back."""
        self._client.close()


_FIX = "A fine-grained token needs access to the repositories, with Issues: Read-only."


def _day(text: str) -> date | None:
    """The day an instant begins with, such as ``2027-01-31 10:00:00 UTC``."""
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None
