"""GitHub over HTTP: the only place that knows the SDK, which signs in and knows the addresses."""

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

import requests
from github import Auth
from github.Requester import Requester
from requests.utils import parse_header_links

from connector.errors import Refused, Unavailable
from integrations.github.places import api_url, web_url
from integrations.kit.address import same_origin
from integrations.kit.answers import Answer
from integrations.kit.edge import LIMITS, Ask, Edge
from integrations.tracker import Account

PAGE = 100
_MOST_PAGES = 20_000
_VERSION = "2022-11-28"
# What the SDK needs of an answer; it trips over strange rate limit headers.
_KEPT = ("content-type", "date", "etag", "link", "location")


class GitHubClient:
    """Calls one GitHub; opening makes no call."""

    def __init__(self, account: Account) -> None:
        if not account.token:
            raise Refused(f"the connection {account.name} has no token")
        self.api = api_url(account.url, allow_private=account.allow_private)
        self.web = web_url(self.api)
        session = requests.Session()
        session.auth = Requester.noopAuth
        self._wire = _Wire(
            Edge(
                session,
                label="GitHub",
                secret=account.token,
                allow_private=account.allow_private,
            ),
            self.api,
        )
        self._requester = _requester(self._wire, self.api, account.token)

    @property
    def calls(self) -> int:
        """HTTP calls made so far."""
        return self._wire.edge.calls

    def get(
        self,
        path: str,
        params: Mapping[str, str | int] | None = None,
        *,
        etag: str | None = None,
    ) -> Answer:
        """Read a path below the API's address, or a whole address of the same origin."""
        headers = {"Accept": "application/vnd.github+json"}
        if etag:
            headers["If-None-Match"] = etag
        self._requester.requestJson("GET", path, dict(params or {}), headers)
        return self._wire.answer

    def listing(self, path: str, params: Mapping[str, str | int]) -> Iterator[list[Any]]:
        """A list page by page, following the links the answers give."""
        answer = self.get(path, {**params, "per_page": PAGE})
        for _ in range(_MOST_PAGES):
            yield answer.array()
            following = self.following(answer)
            if not following:
                return
            answer = self.get(following)
        raise Unavailable("GitHub sent pages without an end.")

    def following(self, answer: Answer) -> str | None:
        """The address of the next page, which must lie where we read."""
        links = parse_header_links(answer.headers.get("Link", ""))
        found = next((link["url"] for link in links if link.get("rel") == "next"), None)
        if found and not same_origin(found, self.api):
            raise Unavailable("GitHub sent a next page on another host, which is not followed.")
        return found

    def close(self) -> None:
        """Give connections back."""
        self._requester.close()
        self._wire.edge.close()


class _Wire:
    """Stands where the SDK expects its connection, and sends every call through the edge."""

    def __init__(self, edge: Edge, api: str) -> None:
        self.edge, self._api = edge, api
        self._ask: Ask | None = None
        self._answer: Answer | None = None
        self.host = ""

    @property
    def answer(self) -> Answer:
        """The answer to the last call."""
        if self._answer is None:
            raise AssertionError("no call was made")
        return self._answer

    def connect(self, host: str, *_: object, **__: object) -> "_Wire":
        """What the SDK takes for opening a connection."""
        self.host = host
        return self

    def request(self, verb: str, url: str, input: Any, headers: Any, *_: object) -> None:
        """Prepare a call; ``url`` is the path."""
        origin = "/".join(self._api.split("/")[:3])
        whole = f"{origin}{url}"
        self._ask = Ask(method=verb, url=whole, headers=headers, data=input, follow=False)

    def getresponse(self) -> "_Wire":
        """Make the call; errors of every kind leave from here, past the SDK's own handling."""
        if self._ask is None:
            raise AssertionError("no call was prepared")
        self._answer = self.edge.call(self._ask)
        if self._answer.status == 202 and self._ask.method == "GET":
            # The SDK would sleep and ask again without an end.
            raise Unavailable("GitHub is still preparing the answer (HTTP 202).")
        return self

    @property
    def status(self) -> int:
        """The answer's status, for the SDK."""
        return self.answer.status

    def getheaders(self) -> list[tuple[str, str]]:
        """The answer's headers, for the SDK."""
        return [(k, v) for k, v in self.answer.headers.items() if k.lower() in _KEPT]

    def read(self) -> str:
        """The answer's text, for the SDK."""
        return self.answer.body.decode("utf-8", "replace")

    def close(self) -> None:
        """Keep the connection: the SDK opens and closes around every call."""


def _requester(wire: _Wire, api: str, token: str) -> Requester:
    # A class of its own, so that the connection classes are injected into no other instance.
    own: Any = type("GuardedRequester", (Requester,), {})
    own.injectConnectionClasses(partial(_Wire.connect, wire), partial(_Wire.connect, wire))
    made: Requester = own(
        auth=Auth.Token(token),
        base_url=api,
        timeout=int(LIMITS.read),
        user_agent="worklift",
        per_page=PAGE,
        verify=True,
        retry=None,
        pool_size=None,
        seconds_between_requests=0,
        seconds_between_writes=0,
        api_version=_VERSION,
    )
    return made
