"""Jira over HTTP: the only place that knows the SDK, which signs in; lists stay plain JSON."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from jira import JIRA

from connector.errors import AccessDenied, Refused, Unavailable
from integrations.jira.profile import Profile
from integrations.kit.address import base_url
from integrations.kit.answers import Answer, Rejected
from integrations.kit.edge import LIMITS, Ask, Edge
from integrations.tracker import Account

_PAGE = 100
_IDS_PAGE = {True: 5000, False: 1000}
_CHANGES_PAGE = 1000
_MOST_PAGES = 20_000


_Page = tuple[Answer, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of a search: issues as plain JSON, and the server's clock."""

    issues: list[Any]
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

    def get(self, path: str) -> Answer:
        """Read one thing under ``/rest/api``."""
        return self._call(Ask(method="GET", url=f"{self.url}/rest/api/{path}"))

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

    def search(self, jql: str, profile: Profile, *, expand: str = "") -> Iterator[Listing]:
        """All issues of a query, page by page, with the fields needed."""
        body = {"jql": jql, "maxResults": _PAGE, "fields": profile.fields}
        return self._pages(body | ({"expand": [expand]} if expand else {}), profile)

    def ids(self, jql: str, profile: Profile) -> frozenset[str]:
        """The ids of all issues of a query."""
        body = {"jql": jql, "maxResults": _IDS_PAGE[profile.cloud], "fields": ["id"]}
        pages = self._pages(body, profile)
        issues = (issue for page in pages for issue in page.issues if isinstance(issue, dict))
        return frozenset(str(issue["id"]) for issue in issues if issue.get("id"))

    def probe(self, jql: str, profile: Profile) -> None:
        """Have Jira judge a query; raises ``Rejected`` with its word."""
        self._post(_path(profile), {"jql": jql, "maxResults": 1, "fields": ["id"]})

    def bulk(self, names: Sequence[str], profile: Profile) -> dict[str, Any]:
        """Issues by id or key, read directly (Cloud); those not there are left out."""
        asked = {"issueIdsOrKeys": list(names), "fields": profile.fields}
        return self._post("3/issue/bulkfetch", asked).object()

    def issue(self, name: str, profile: Profile, *, expand: str = "") -> dict[str, Any]:
        """One issue by id or key."""
        version = 3 if profile.cloud else 2
        asked = {"fields": ",".join(profile.fields)} | ({"expand": expand} if expand else {})
        url = f"{self.url}/rest/api/{version}/issue/{name}"
        return self._call(Ask(method="GET", url=url, params=asked)).object()

    def changelogs(self, names: Sequence[str]) -> Iterator[list[Any]]:
        """The changelogs of at most 1,000 issues, page by page (Cloud); an issue is on many."""
        body = {"issueIdsOrKeys": list(names), "maxResults": _CHANGES_PAGE}
        for _, found in self._bounded(self._following(body, "3/changelog/bulkfetch")):
            yield _listed(found, "issueChangeLogs")

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

    def _pages(self, body: dict[str, Any], profile: Profile) -> Iterator[Listing]:
        pages = self._following(body, "3/search/jql") if profile.cloud else self._by_offset(body)
        for answer, found in self._bounded(pages):
            yield Listing(_listed(found, "issues"), answer.date)

    def _bounded(self, pages: Iterator[_Page]) -> Iterator[_Page]:
        for number, page in enumerate(pages):
            if number >= _MOST_PAGES:
                raise Unavailable("Jira sent pages without an end.")
            yield page

    def _following(self, body: dict[str, Any], path: str) -> Iterator[_Page]:
        seen: set[str] = set()
        while True:
            answer = self._next(body, path, later=bool(seen))
            found = answer.object()
            yield answer, found
            token = found.get("nextPageToken")
            if not token or found.get("isLast") is True:
                return
            if not isinstance(token, str) or token in seen:
                # Ending here would make the rest look deleted.
                raise Unavailable("Jira repeated a page instead of sending the next one.")
            seen.add(token)
            body = {**body, "nextPageToken": token}

    def _by_offset(self, body: dict[str, Any]) -> Iterator[_Page]:
        start, before = 0, 0
        while True:
            answer = self._next({**body, "startAt": start}, "2/search", later=start > 0)
            found = answer.object()
            issues, total = _listed(found, "issues"), found.get("total")
            if not isinstance(total, int) or (not issues and start < total):
                raise Unavailable("Jira ended a list before its total.")
            yield answer, found
            # Fewer than before: what left moved the rest forward, so step back as far.
            left = max(0, before - total)
            start, before = (max(0, start - left) if left else start + len(issues)), total
            if start >= total:
                return

    def _next(self, body: Mapping[str, Any], path: str, *, later: bool) -> Answer:
        try:
            return self._post(path, body)
        except Rejected as error:
            if later:
                raise Unavailable(f"Jira stopped in the middle of a list: {error.word}.") from error
            raise


def _path(profile: Profile) -> str:
    return "3/search/jql" if profile.cloud else "2/search"


def _listed(found: Mapping[str, Any], name: str) -> list[Any]:
    values = found.get(name)
    if not isinstance(values, list):
        raise Unavailable(f"Jira sent a list without {name} in it.")
    return values
