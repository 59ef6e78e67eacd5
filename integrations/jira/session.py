"""A Jira session: what the port asks for, put together from the client's calls."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from connector.errors import BadReading, BadScope
from connector.work import Ref
from integrations.jira import checking, fetching
from integrations.jira import survey as surveying
from integrations.jira.asked import Asked
from integrations.jira.client import JiraClient
from integrations.jira.conventions import besides
from integrations.jira.cursors import Cursor, remembered
from integrations.jira.cursors import cursor as cursor_of
from integrations.jira.finder import JiraFinder
from integrations.jira.history import histories
from integrations.jira.learnt import with_parents, with_sprints
from integrations.jira.looking import Looking
from integrations.jira.profile import Profile, profile
from integrations.jira.refs import name_of
from integrations.jira.registrar import JiraRegistrar
from integrations.jira.writeback import JiraWriter
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


class JiraSession:
    """One open connection."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._client = JiraClient(account)
        self._profile = self._told(account.options)
        self._known = False

    @property
    def calls(self) -> int:
        """HTTP calls made so far."""
        return self._client.calls

    def check(self) -> Identity:
        """Test URL and token; find out the deployment and the custom fields."""
        return checking.check(self._client, self._account)

    @property
    def budget(self) -> Budget | None:
        """What Jira's limits leave, as its answers told."""
        return self._client.budget

    @property
    def finder(self) -> Finder | None:
        """What searches for scopes."""
        return JiraFinder(self._client, self._site)

    @property
    def writer(self) -> Writer | None:
        """What writes remote links, comments and properties."""
        return JiraWriter(self._client)

    @property
    def registrar(self) -> Registrar | None:
        """What sets up webhooks."""
        return JiraRegistrar(self._client, self._account, lambda: self._site().cloud)

    def survey(self) -> Survey:
        """What the site offers a field mapping."""
        return surveying.survey(self._client, self._account)

    def read(
        self, source: str, need: Need, cursor: str | None, *, sweep: bool = False
    ) -> Iterator[Page | Listed | Look]:
        """One query over all scopes, and for each query of people the ids it lists.

        * Without a cursor everything is read: on Cloud the ids first, in pages of 5,000, then the
          issues 100 at a time, several calls side by side; on Data Center pages of 1,000. For N
          issues ⌈N/100⌉ + ⌈N/5000⌉ calls, and at least three for the small lists.
        * With one, what was updated since: one call while that is little. Every 15 minutes of
          Jira's own time, or with ``need.lists``, the small lists too; issues that show a name or
          category that changed are read again, since that does not update them.
        * With ``sweep`` besides the ids of everything, as ``Listed``; only then are conditions
          asked that Jira refused before, and read whole when it accepts them again.
        """
        _refuse_source(source)
        held = cursor_of(cursor)
        sprints = any(kind == "sprint" for kind, _ in need.scopes)
        site = self._learnt(held or remembered(need.before), sprints=sprints, anew=sweep)
        parts = Looking(self._client, site, need, held, sweep=sweep).parts()
        if need.conventions:
            parts = besides(Asked(self._client, site), need, held, parts, sweep=sweep)
        yield from parts

    def fetch(self, source: str, refs: Sequence[Ref]) -> Fetched:
        """Issues by id or key."""
        _refuse_source(source)
        if not any(map(name_of, refs)):
            return Fetched((), tuple(refs))
        site = self._site() if self._known else self._learnt(None)
        return fetching.fetch(self._client, site, refs)

    def history(self, source: str, refs: Sequence[Ref]) -> Iterator[History]:
        """The changelogs of these issues as events."""
        _refuse_source(source)
        yield from histories(self._client, self._site(), refs)

    def close(self) -> None:
        """Give connections back."""
        self._client.close()

    def _site(self) -> Profile:
        if self._profile is None:
            found = checking.options(self._client, self._account)
            options = {**found, **{k: v for k, v in self._account.options.items() if v}}
            self._profile = self._told(options)
        if self._profile is None:
            raise BadReading("serverInfo", "does not tell Cloud from Data Center", "the site")
        return self._profile

    def _told(self, options: Mapping[str, str]) -> Profile | None:
        found = profile(options, self._client.url)
        return replace(found, witness=self._account.witness) if found else None

    def _learnt(self, held: Cursor | None, *, sprints: bool = True, anew: bool = False) -> Profile:
        """The site with what the connection does not name of it, asked for once."""
        site = self._site()
        if sprints:
            site = with_sprints(self._client, site, held)
        if not self._known:
            site = with_parents(self._client, site, held, anew=anew)
        self._profile, self._known = site, True
        return site


def _refuse_source(source: str) -> None:
    if source:
        raise BadScope(f"a Jira connection has no source named {source!r}")
