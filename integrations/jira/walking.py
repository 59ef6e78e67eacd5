"""Ways to read all issues of a query: whole, or those that changed, in as few calls as it takes.

On Cloud the ids come first, in big pages, and the issues 100 at a time, several calls side by
side; Data Center has no such call, but sends pages of 1,000.
"""

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import chain, islice
from threading import Lock

from connector.errors import Unavailable
from integrations.jira.client import Ids, JiraClient
from integrations.jira.listing import Listing, read
from integrations.jira.profile import Profile
from integrations.kit.abreast import abreast
from integrations.kit.answers import Rejected

AT_ONCE = 100
_AHEAD = 8
"""Portions read or being read besides those a call is under way for, while others are stored."""
_DIRECT_PAGES = 2
_reading = Lock()
"""One answer at a time: side by side takes as long, and what each is decoded to is many times
as big as what it becomes."""
Walk = Callable[[JiraClient, Profile, str], Iterator[Listing]]


def whole(client: JiraClient, profile: Profile, jql: str) -> Iterator[Listing]:
    """Every issue of a query."""
    return begun(client, profile, jql) if profile.cloud else _numbered(client, profile, jql)


def begun(client: JiraClient, profile: Profile, jql: str) -> Iterator[Listing]:
    """The same, with a listing without issues first: Jira accepts the query, and nothing was read
    yet. On Data Center that takes one call more."""
    if not profile.cloud:
        yield Listing([], client.probe(jql, profile))
        yield from _numbered(client, profile, jql)
        return
    pages = client.id_pages(jql, profile)
    first = next(pages)
    yield Listing([], first.date)
    yield from by_ids(client, profile, _flat(chain([first], pages)))


def changed(client: JiraClient, profile: Profile, jql: str) -> Iterator[Listing]:
    """The issues of a query that is thought to have few; if it has many, the rest by their ids."""
    known: set[str] = set()
    for number, listing in enumerate(client.search(jql, profile), start=1):
        yield listing
        known |= {str(issue.get("id")) for issue in listing.issues if isinstance(issue, dict)}
        if profile.cloud and listing.more and number == _DIRECT_PAGES:
            break
    else:
        return
    listed = _flat(client.id_pages(jql, profile))
    yield from by_ids(client, profile, (each for each in listed if each not in known))


def by_ids(client: JiraClient, profile: Profile, ids: Iterable[str]) -> Iterator[Listing]:
    """Issues by id, 100 at a time (Cloud); those that are not there are left out."""
    bulk = partial(_bulk, client, profile)
    yield from abreast(bulk, _portions(ids), width=client.width, ahead=_AHEAD)


def _numbered(client: JiraClient, profile: Profile, jql: str) -> Iterator[Listing]:
    """Pages of 1,000, some on their way while one is read."""
    return client.numbered(jql, profile, partial(read, profile=profile))


def _bulk(client: JiraClient, profile: Profile, names: list[str]) -> Listing:
    try:
        answer = client.bulk_answer(names, profile)
    except Rejected as error:
        # The query was accepted: this says nothing of a scope.
        raise Unavailable(f"Jira did not show what it listed: {error.word}.") from error
    with _reading:
        return read(answer, profile)


def _portions(ids: Iterable[str]) -> Iterator[list[str]]:
    rest = iter(ids)
    while portion := list(dict.fromkeys(islice(rest, AT_ONCE))):
        yield portion


def _flat(pages: Iterable[Ids]) -> Iterator[str]:
    return (each for page in pages for each in page.ids)
