"""Jira over HTTP: the only place that knows the SDK, which signs in; lists stay plain JSON."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from jira import JIRA

from connector.errors import AccessDenied, Refused
from integrations.jira.foreseen import Foreseen
from integrations.jira.listing import Listing, listing_of
from integrations.jira.paging import Read, by_offset, following, listed, next_token
from integrations.jira.profile import Profile
from integrations.kit.address import base_url
from integrations.kit.answers import Answer
from integrations.kit.edge import LIMITS, Ask, Edge
from integrations.kit.pace import pace_of
from integrations.tracker import Account, Budget

_PAGE, _CENTER_PAGE, _IDS_PAGE = 100, 1000, 5000
_CHANGES_PAGE = 1000
_LONGEST_ID = 19


@dataclass(frozen=True, slots=True)
class Ids:
    """One page of ids, and the server's clock."""

    ids: tuple[str, ...]
    date: datetime | None


class JiraClient:
    """Calls one site; opening makes no call."""

    def __init__(self, account: Account) -> None:
        if not account.token:
            raise Refused(f"the connection {account.name} has no token")
        self.url = base_url(account.url, allow_private=account.allow_private)
        email = account.options.get("email", "")
        sdk = JIRA(
            server=self.url,
            basic_auth=(email, account.token) if email else None,
            token_auth=None if email else account.token,
            get_server_info=False,
            max_retries=0,
            timeout=(LIMITS.connect, LIMITS.read),
            logging=False,
        )
        self._sdk = sdk
        self._pace = pace_of((self.url, account.name))
        self._edge = Edge(
            sdk._session,  # noqa: SLF001 - the SDK offers its signed-in session no other way
            label="Jira",
            secret=account.token,
            allow_private=account.allow_private,
        )

    @property
    def calls(self) -> int:
        """HTTP calls made so far."""
        return self._edge.calls

    @property
    def budget(self) -> Budget | None:
        """What Jira's limits leave, as the last answer told that speaks of them."""
        return self._edge.budget

    def width(self) -> int:
        """How many calls may be made at a time: one when Jira warns of its limits."""
        return 1 if self.budget is not None and self.budget.near else self._pace.places()

    def get(self, path: str) -> Answer:
        """Read one thing under ``/rest/api``."""
        return self._call(Ask(method="GET", url=f"{self.url}/rest/api/{path}"))

    def of_gateway(self, path: str) -> Answer:
        """Read one thing of Atlassian's gateway itself, beside its sites."""
        root = self.url.partition("/ex/jira/")[0]
        return self._call(Ask(method="GET", url=f"{root}/{path}"))

    def call(
        self,
        method: str,
        path: str,
        *,
        json: object = None,
        params: Mapping[str, str] | None = None,
        safe: bool = False,
    ) -> Answer:
        """Any call under ``/rest``, such as ``api/3/issue/10001/remotelink``.

        ``safe``: it may be repeated when the connection broke, as any GET.
        """
        url = f"{self.url}/rest/{path}"
        return self._call(Ask(method=method, url=url, params=params, json=json, safe=safe))

    def search(
        self, jql: str, profile: Profile, *, expand: str = "", more: Sequence[str] = ()
    ) -> Iterator[Listing]:
        """All issues of a query, page by page, with the fields needed and these besides."""
        size = _PAGE if profile.cloud else _CENTER_PAGE
        body = {"jql": jql, "maxResults": size, "fields": [*profile.fields, *more]}
        return self._pages(body | ({"expand": [expand]} if expand else {}), profile)

    def numbered(self, jql: str, profile: Profile, read: Read[Listing]) -> Iterator[Listing]:
        """The same by number (Data Center), each page read as it comes."""
        body = {"jql": jql, "maxResults": _CENTER_PAGE, "fields": profile.fields}
        return self._by_number(body, profile, read)

    def id_pages(self, jql: str, profile: Profile) -> Iterator[Ids]:
        """The ids of all issues of a query, in pages as big as Jira makes them."""
        size = _IDS_PAGE if profile.cloud else _CENTER_PAGE
        body = {"jql": jql, "maxResults": size, "fields": ["id"]}
        for page in self._pages(body, profile):
            issues = (issue for issue in page.issues if isinstance(issue, dict))
            found = (str(issue.get("id")) for issue in issues)
            yield Ids(tuple(each for each in found if _is_id(each)), page.date)

    def ids(self, jql: str, profile: Profile) -> frozenset[str]:
        """The ids of all issues of a query."""
        pages = self.id_pages(jql, profile)
        return frozenset(each for page in pages for each in page.ids)

    def probe(self, jql: str, profile: Profile) -> datetime | None:
        """Have Jira judge a query; raises ``Rejected`` with its word. The server's clock."""
        body = {"jql": jql, "maxResults": 1, "fields": ["id"]}
        answer = self._post(_path(profile), body)
        listed(answer.object(), "issues")
        return answer.date

    def bulk(self, names: Sequence[str], profile: Profile) -> Listing:
        """At most 100 issues by id or key, read directly (Cloud); those not there are left out."""
        return listing_of(self.bulk_answer(names, profile))

    def bulk_answer(self, names: Sequence[str], profile: Profile) -> Answer:
        """The answer of ``bulk``, not decoded yet."""
        asked = {"issueIdsOrKeys": list(names), "fields": profile.fields}
        return self._post("3/issue/bulkfetch", asked)

    def issue(self, name: str, profile: Profile, *, expand: str = "") -> dict[str, Any]:
        """One issue by id or key."""
        version = 3 if profile.cloud else 2
        asked = {"fields": ",".join(profile.fields)} | ({"expand": expand} if expand else {})
        url = f"{self.url}/rest/api/{version}/issue/{name}"
        return self._call(Ask(method="GET", url=url, params=asked)).object()

    def changelogs(self, names: Sequence[str]) -> Iterator[list[Any]]:
        """The changelogs of at most 1,000 issues, page by page (Cloud); an issue is on many."""
        body = {"issueIdsOrKeys": list(names), "maxResults": _CHANGES_PAGE}
        for _, found in following(partial(self._post, "3/changelog/bulkfetch"), body):
            yield listed(found, "issueChangeLogs")

    def close(self) -> None:
        """Give connections back."""
        self._edge.close()

    def _post(self, path: str, body: Mapping[str, Any]) -> Answer:
        # Reading by POST, since a query can be longer than a URL may be; safe to repeat.
        return self._call(
            Ask(method="POST", url=f"{self.url}/rest/api/{path}", json=body, safe=True)
        )

    def _call(self, ask: Ask) -> Answer:
        answer = self._edge.call(ask)
        # Jira may answer a refused sign-in as it would answer anybody: with little or nothing.
        reason = answer.headers.get("X-Seraph-LoginReason", "")
        if "AUTHENTICATED_FAILED" in reason or "AUTHENTICATION_DENIED" in reason:
            raise AccessDenied(
                "Jira did not accept the sign-in; make a new token and connect again."
            )
        return answer

    def _pages(self, body: Mapping[str, Any], profile: Profile) -> Iterator[Listing]:
        if not profile.cloud:
            yield from self._by_number(body, profile, listing_of)
            return
        for answer, found in following(partial(self._post, _path(profile)), body):
            issues = listed(found, "issues")
            yield Listing(issues, answer.date, more=next_token(found) is not None)

    def _by_number(
        self, body: Mapping[str, Any], profile: Profile, read: Read[Listing]
    ) -> Iterator[Listing]:
        with Foreseen(partial(self._post, _path(profile)), self.width) as post:
            yield from by_offset(post, body, read)


def _path(profile: Profile) -> str:
    return "3/search/jql" if profile.cloud else "2/search"


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= _LONGEST_ID
