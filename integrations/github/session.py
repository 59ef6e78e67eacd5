"""A GitHub session: what the port asks for, by the kind of source that is asked."""

from collections.abc import Iterator, Sequence

from connector.work import Ref
from integrations.github import checking, cursors
from integrations.github import survey as surveying
from integrations.github.boards import Board
from integrations.github.client import GitHubClient
from integrations.github.conventions import Hearing
from integrations.github.cursors import EPOCH, Cursor
from integrations.github.features import features, offered, telling
from integrations.github.fetching import fetch
from integrations.github.finder import GitHubFinder
from integrations.github.history import Historian
from integrations.github.many import Many
from integrations.github.mentions import places
from integrations.github.projects import Project
from integrations.github.reading import Place
from integrations.github.registrar import GitHubRegistrar
from integrations.github.repositories import by_its_id
from integrations.github.repository import Repository, glance
from integrations.github.scopes import owner_of, project_of, repository_source
from integrations.github.spec import covering
from integrations.github.writeback import GitHubWriter
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
        covering(account.options)  # what cannot be read is refused before it is asked for
        places(account.options.get("conventions", ""))
        self._account, self._scopes = account, account.scopes
        self._linked = account.scopes | account.beside
        asked = account.options.get("number_fields", "").split(",")
        self._projects: dict[str, Project] = {}
        self._numbers = frozenset(each.strip() for each in asked if each.strip())

    @property
    def calls(self) -> int:
        """HTTP calls made so far."""
        return self._client.calls

    def check(self) -> Identity:
        """Test the URL, the sign-in and its rights; failures name their fix."""
        return checking.check(self._client, self._account)

    @property
    def budget(self) -> Budget | None:
        """What GitHub's limits leave, as its answers told."""
        return self._client.budget

    @property
    def finder(self) -> Finder | None:
        """What searches for scopes."""
        return GitHubFinder(self._client, self._account)

    @property
    def writer(self) -> Writer | None:
        """What writes notes."""
        app = self._account.client
        return GitHubWriter(self._client, app.id if app else "")

    @property
    def registrar(self) -> Registrar | None:
        """What sets up webhooks."""
        return GitHubRegistrar(self._client, self._account)

    def survey(self) -> Survey:
        """What the linked repositories and projects offer a field mapping."""
        return surveying.survey(self._client, self._account)

    def read(
        self, source: str, need: Need, cursor: str | None, *, sweep: bool = False
    ) -> Iterator[Page | Listed | Look]:
        """What changed in a repository, in a project, or in milestones of many repositories.

        GitHub lists no issues by their ids alone. A sweep of a repository asks how many there are,
        and reads everything only where some are gone; other sources are then read whole.
        """
        asked, refused = offered(need, self._account.options)
        if refused and not (asked.scopes or asked.conventions):
            yield Look(cursor=cursor or Cursor(EPOCH).text(), complete=False, broken=refused)
            return
        yield from telling(self._read(source, asked, cursor, sweep=sweep), refused)

    def _read(
        self, source: str, need: Need, cursor: str | None, *, sweep: bool
    ) -> Iterator[Page | Listed | Look]:
        owner, board = owner_of(source), project_of(source)
        if sweep and owner:
            cursor = None
        if owner:
            yield from Many(self._client, owner, need).read(cursor)
        elif board:
            project = self._projects[source] = Project(self._client, Board(*board), self._scopes)
            yield from project.read(need, cursor, sweep=sweep)
        else:
            place = Place(repository_source(source), self._client.web, self._client.witness)
            if need.narrow:
                yield from glance(self._client, place, need)
            else:
                yield from self._repository(place, need, cursors.read(cursor), sweep=sweep)

    def _repository(
        self, place: Place, need: Need, before: Cursor | None, *, sweep: bool
    ) -> Iterator[Page | Listed | Look]:
        with by_its_id(self._client, place.repo, need.place_id):
            yield from self._parts(place, need, before, sweep=sweep)

    def _parts(
        self, place: Place, need: Need, before: Cursor | None, *, sweep: bool
    ) -> Iterator[Page | Listed | Look]:
        hearing = Hearing(self._client, place, need)
        if need.conventions and not need.scopes:
            yield from hearing.alone(before, sweep=sweep)
            return
        has = features(self._account.options)
        parts = Repository(self._client, place, need, before, has=has).parts(sweep=sweep)
        yield from hearing.besides(parts, before) if need.conventions else parts

    def fetch(self, source: str, refs: Sequence[Ref]) -> Fetched:
        """Issues by their keys, one call each."""
        board = project_of(source)
        if board and refs:
            made = self._projects.get(source)
            return (made or Project(self._client, Board(*board), self._scopes)).fetch(refs)
        return fetch(self._client, refs, home=source)

    def history(self, source: str, refs: Sequence[Ref]) -> Iterator[History]:
        """The events of issues by their keys, some issues at a time."""
        board = project_of(source)
        here = Board(*board) if board else None
        yield from Historian(self._client, self._numbers, here, self._linked).read(refs)

    def close(self) -> None:
        """Give connections back."""
        self._client.close()
