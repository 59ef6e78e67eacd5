"""GitHub over HTTP: the only place that knows the SDK, which signs in; lists stay plain JSON."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import requests
from github import Auth
from requests.auth import AuthBase
from requests.utils import parse_header_links

from connector.errors import RateLimited, Refused, Unavailable
from integrations.github.keys import refuse_no_key
from integrations.github.places import api_url, graphql_url, web_url
from integrations.kit import limits
from integrations.kit.abreast import WIDTH
from integrations.kit.address import same_origin
from integrations.kit.answers import Answer, Rejected
from integrations.kit.edge import Ask, Edge
from integrations.kit.pace import pace_of
from integrations.tracker import Account, Budget

PAGE = 100
_MOST_PAGES = 20_000
_FEW = 0.05
"""The share of the quota below which calls are made one by one."""
_WRITE = 5
"""Points of a write; a read costs one."""
_PAUSE = timedelta(minutes=1)
_REFUSED = "refused"
_HEADERS = {
    "Accept": "application/vnd.github+json",
    "Content-Type": "application/json",
    "X-GitHub-Api-Version": "2022-11-28",
    "User-Agent": "worklift",
}


class GitHubClient:
    """Calls one GitHub; opening makes no call. Several threads may call at a time."""

    def __init__(self, account: Account, *, as_app: bool = False) -> None:
        """``as_app`` signs in as the app itself, not as its installation."""
        if not account.token and not as_app:
            raise Refused(f"the connection {account.name} has no token")
        self.api = api_url(account.url, allow_private=account.allow_private)
        self.web, self.witness = web_url(self.api), account.witness
        session = requests.Session()
        session.auth = _SignIn(_app(account) if as_app else Auth.Token(account.token))
        session.headers.update(_HEADERS)
        self._edge = Edge(
            session, label="GitHub", secret=account.token, allow_private=account.allow_private
        )
        self._pace = pace_of((self.api, account.name))
        self._opened = self._pace.now()
        self._budgets: dict[str, Budget] = {}

    @property
    def calls(self) -> int:
        """HTTP calls made so far."""
        return self._edge.calls

    @property
    def budget(self) -> Budget | None:
        """What GitHub's limits leave, of those of its several APIs the one that is nearest."""
        return min(self._budgets.values(), key=_share, default=None)

    def width(self) -> int:
        """How many calls may be made at a time: one when little of the quota is left."""
        left = self.budget
        return 1 if left is not None and _share(left) < _FEW else WIDTH

    def get(
        self,
        path: str,
        params: Mapping[str, str | int] | None = None,
        *,
        etag: str | None = None,
    ) -> Answer:
        """Read a path below the API's address, or a whole address of the same origin."""
        asked = {name: str(value) for name, value in (params or {}).items()}
        headers = {"If-None-Match": etag} if etag else None
        ask = Ask(
            method="GET", url=self._url(path), params=asked or None, headers=headers, follow=False
        )
        answer = self._call(ask)
        if answer.status == 202:
            raise Unavailable("GitHub is still preparing the answer (HTTP 202).")
        return answer

    def call(
        self,
        method: str,
        path: str,
        *,
        json: object = None,
        params: Mapping[str, str] | None = None,
    ) -> Answer:
        """Any other call; a redirect is never followed, and nothing is tried twice."""
        url = self._url(path)
        return self._call(Ask(method=method, url=url, params=params, json=json, follow=False))

    def graphql(self, query: str, variables: Mapping[str, Any]) -> dict[str, Any]:
        """The values of a query that only reads; its errors come with HTTP 200."""
        found, errors = self.answered(query, variables)
        if errors:
            raise _refused(errors)
        if found is None:
            raise Unavailable("GitHub sent an answer of an unexpected shape.")
        return found

    def answered(
        self, query: str, variables: Mapping[str, Any]
    ) -> tuple[dict[str, Any] | None, list[dict[str, Any]]]:
        """The same with the errors of what could not be told beside what could; a limit that was
        met is raised."""
        body = {"query": query, "variables": dict(variables)}
        url = graphql_url(self.api)
        answer = self._call(Ask(method="POST", url=url, json=body, safe=True, follow=False), 1)
        told = answer.object()
        errors, found = told.get("errors") or [], told.get("data")
        known = [each if isinstance(each, dict) else {} for each in _each(errors)]
        self._unlimited(answer, known)
        return found if isinstance(found, dict) else None, known

    def listing(self, path: str, params: Mapping[str, str | int]) -> Iterator[list[Any]]:
        """A list page by page, following the links the answers give."""
        answer = self.get(path, {**params, "per_page": PAGE})
        seen: set[str] = set()
        while True:
            yield answer.array()
            following = self.following(answer)
            if not following:
                return
            once(following, seen)
            answer = self.get(following)

    def following(self, answer: Answer) -> str | None:
        """The address of the next page, which must lie where we read."""
        links = parse_header_links(answer.headers.get("Link", ""))
        found = next((link["url"] for link in links if link.get("rel") == "next"), None)
        if found and not same_origin(found, self.api):
            raise Unavailable("GitHub sent a next page on another host, which is not followed.")
        return found

    def close(self) -> None:
        """Give connections back."""
        self._edge.close()

    def _url(self, path: str) -> str:
        return f"{self.api}{path}" if path.startswith("/") else path

    def _call(self, ask: Ask, points: int | None = None) -> Answer:
        self._pace.stop(self._opened)
        cost = points or (1 if ask.method == "GET" else _WRITE)
        try:
            with self._pace.turn(cost):
                answer = self._edge.call(ask)
        except RateLimited as error:
            if self._edge.budget is not None:  # what the refusal itself told of it
                self._budgets[_REFUSED] = self._edge.budget
            paused = self._pace.longer(error)
            self._opened = self._pace.now()  # it is told: who asks again knows
            raise paused from error
        self._pace.went()
        self._budgets.pop(_REFUSED, None)
        left = limits.budget(answer.headers, datetime.now(UTC))
        if left is not None:
            self._budgets[answer.headers.get("X-RateLimit-Resource", "")] = left
        return answer

    def _unlimited(self, answer: Answer, errors: list[dict[str, Any]]) -> None:
        said = _words(errors)
        named = any(each.get("type") == "RATE_LIMITED" for each in errors)
        if not named and "rate limit" not in said.lower():
            return
        left = limits.budget(answer.headers, datetime.now(UTC))
        spent = left is not None and left.remaining == 0
        until = left.resets_at if left and spent else None
        until = until or datetime.now(UTC) + _PAUSE
        told = f"GitHub asks for a pause until {until:%H:%M:%S} UTC: {said}."
        raise self._pace.longer(RateLimited(told, until))


class _SignIn(AuthBase):
    """Signs every call as the SDK says."""

    def __init__(self, auth: Auth.Auth) -> None:
        self._auth = auth

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Add the header."""
        request.headers["Authorization"] = f"{self._auth.token_type} {self._auth.token}"
        return request


def _app(account: Account) -> Auth.Auth:
    if account.client is None:
        raise Refused(f"the connection {account.name} was not made with a GitHub App")
    return Auth.AppAuth(account.client.id, refuse_no_key(account.client.secret))


def _each(errors: object) -> list[Any]:
    return errors if isinstance(errors, list) else [errors]


def _words(errors: list[dict[str, Any]]) -> str:
    return " ".join(str(each.get("message") or "") for each in errors)[:300].strip().rstrip(".")


def _refused(errors: list[dict[str, Any]]) -> Rejected:
    word = _words(errors) or "an error without a word"
    kinds = {str(each.get("type")) for each in errors}
    return Rejected(f"GitHub refused the query: {word}.", word, min(kinds, default=""))


def once(link: str, seen: set[str]) -> None:
    """Note a link that is to be followed; raise for one that was, and for too many."""
    if link in seen:
        # Ending here would make the rest look deleted.
        raise Unavailable("GitHub repeated a page instead of sending the next one.")
    seen.add(link)
    if len(seen) >= _MOST_PAGES:
        raise Unavailable("GitHub sent pages without an end.")


def _share(left: Budget) -> float:
    if left.remaining is None:
        return 1.0
    return left.remaining / left.limit if left.limit else left.remaining
