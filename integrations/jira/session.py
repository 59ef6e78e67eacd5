"""A Jira session: what the port asks for, put together from the client's calls."""

from collections.abc import Iterator, Sequence

from connector.errors import BadReading, BadScope
from connector.work import Ref
from integrations.jira import checking, cursors, fetching
from integrations.jira.client import JiraClient, Listing
from integrations.jira.history import histories
from integrations.jira.profile import Profile, profile
from integrations.jira.query import Condition, Scope, conditions, failure, queries, together
from integrations.jira.reading import page
from integrations.jira.spec import SPEC
from integrations.kit.answers import Rejected
from integrations.kit.needs import readable
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
        self._profile = profile(account.options, self._client.url)

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
        return None

    @property
    def finder(self) -> Finder | None:
        """What searches for scopes."""
        return None

    @property
    def writer(self) -> Writer | None:
        """What writes remote links, comments and properties."""
        return None

    @property
    def registrar(self) -> Registrar | None:
        """What sets up webhooks."""
        return None

    def survey(self) -> Survey:
        """What the site offers a field mapping."""
        return Survey(statuses=(), types=(), resolutions=(), fields=())

    def read(
        self, source: str, need: Need, cursor: str | None, *, sweep: bool = False
    ) -> Iterator[Page | Listed | Look]:
        """One query over all scopes; ids only for the queries of people."""
        _refuse_source(source)
        if sweep:
            cursor = None
        site = self._site()
        since = cursors.since(cursor)
        reading = _Reading(self._client, site, need)
        yield from reading.pages(since)
        yield Look(
            cursor=cursors.after(reading.newest, reading.started, since),
            complete=since is None,
            matches=reading.matches,
            broken=reading.broken,
            titles=reading.titles,
        )

    def fetch(self, source: str, refs: Sequence[Ref]) -> Fetched:
        """Issues by id or key."""
        _refuse_source(source)
        return fetching.fetch(self._client, self._site(), refs)

    def history(self, source: str, refs: Sequence[Ref]) -> Iterator[History]:
        """The changelogs of these issues as events."""
        _refuse_source(source)
        yield from histories(self._client, self._site(), refs)

    def close(self) -> None:
        """Give connections back."""
        self._client.close()

    def _site(self) -> Profile:
        if self._profile is None:
            found = self.check().options
            options = {**found, **{k: v for k, v in self._account.options.items() if v}}
            self._profile = profile(options, self._client.url)
        if self._profile is None:
            raise BadReading("serverInfo", "does not tell Cloud from Data Center", "the site")
        return self._profile


class _Reading:
    """One read under way: what it has learnt so far."""

    def __init__(self, client: JiraClient, site: Profile, need: Need) -> None:
        self._client, self._site = client, site
        self._need, self.broken = readable(SPEC, need)
        self._epics = {value.upper(): value for kind, value in need.scopes if kind == "epic"}
        self.matches: dict[str, frozenset[str]] = {}
        self.titles: dict[Scope, str] = {}
        self.newest: int | None = None
        self.started: int | None = None

    def pages(self, since: int | None) -> Iterator[Page]:
        """The pages of every scope that can be read."""
        bad = self._match()
        wanted = conditions(self._need, self._site)
        good = tuple(each for each in wanted if each.field or each.value not in bad)
        if not good:
            return
        for listing in self._sound(good, since):
            yield self._taken(listing)

    def _match(self) -> frozenset[str]:
        bad = set()
        for query, scopes in queries(self._need).items():
            try:
                self.matches[query] = self._client.ids(query, self._site)
            except Rejected as error:
                bad.add(query)
                self.broken.update(dict.fromkeys(scopes, _sentence(error)))
        return frozenset(bad)

    def _sound(self, wanted: tuple[Condition, ...], since: int | None) -> Iterator[Listing]:
        """The listings; when Jira refuses the query, those of the conditions it accepts."""
        try:
            yield from self._client.search(together(wanted, since), self._site)
        except Rejected:
            yield from self._without(self._refused(wanted, known=True), wanted, since)

    def _without(
        self, refused: dict[Condition, Rejected], wanted: tuple[Condition, ...], since: int | None
    ) -> Iterator[Listing]:
        for scope in self._need.scopes:
            if error := failure(scope, wanted, refused):
                self.broken[scope] = _sentence(error)
        good = tuple(each for each in wanted if each not in refused)
        if not good:
            return
        try:
            yield from self._client.search(together(good, since), self._site)
        except Rejected as error:
            raise BadScope(_sentence(error)) from error

    def _refused(
        self, wanted: tuple[Condition, ...], *, known: bool = False
    ) -> dict[Condition, Rejected]:
        """By halves, the conditions Jira does not accept; ``known``: one of these it is."""
        if not known or len(wanted) == 1:
            try:
                self._client.probe(together(wanted), self._site)
            except Rejected as error:
                if len(wanted) == 1:
                    return {wanted[0]: error}
            else:
                return {}
        half = len(wanted) // 2
        if not half:
            return {}
        return self._refused(wanted[:half]) | self._refused(wanted[half:])

    def _taken(self, listing: Listing) -> Page:
        found = page(listing.issues, self._site)
        if self.started is None and listing.date:
            self.started = cursors.milliseconds(listing.date)
        for item in found.items:
            self.newest = max(self.newest or 0, cursors.milliseconds(item.updated_at))
            if item.key in self._epics:
                self.titles["epic", self._epics[item.key]] = item.title
        return found


def _sentence(error: Rejected) -> str:
    return f"Jira says: {error.word.rstrip('.')}."


def _refuse_source(source: str) -> None:
    if source:
        raise BadScope(f"a Jira connection has no source named {source!r}")
