"""The way out: every call of a tracker goes through one ``Edge`` and ends within its limits."""

import json
import ssl
import threading
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urljoin, urlsplit

import requests
from requests.exceptions import RequestException
from urllib3 import exceptions
from urllib3.exceptions import HTTPError

from connector import failpoints
from connector.errors import AccessDenied, Refused, Unavailable
from integrations.kit import limits
from integrations.kit.address import same_origin
from integrations.kit.answers import Answer, judge
from integrations.kit.transport import guard
from integrations.tracker import Budget

_Params = Mapping[str, str] | None
_REASONS: tuple[tuple[type[BaseException], str], ...] = (
    (exceptions.SSLError, "did not show a certificate that can be trusted"),
    (ssl.SSLError, "did not show a certificate that can be trusted"),
    (exceptions.NameResolutionError, "could not be found under that name"),
    (exceptions.NewConnectionError, "could not be reached"),
    (requests.Timeout, "did not answer in time"),
    (TimeoutError, "did not answer in time"),
    (exceptions.TimeoutError, "did not answer in time"),
    (requests.exceptions.InvalidURL, "cannot be called: the URL is wrong"),
    (requests.exceptions.InvalidSchema, "cannot be called: the URL is wrong"),
)
_CHUNK = 1 << 18
_REDIRECTS = 3
_PREPARED = 32
"""Requests that are kept as they were prepared; reading in bulk is two of them."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds to connect, to wait for bytes and for a whole call; bytes of one answer."""

    connect: float = 5.0
    read: float = 15.0
    total: float = 30.0
    body: int = 64 << 20


LIMITS = Limits()


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One call. ``safe`` means that it may be repeated, as any GET."""

    method: str
    url: str
    params: Mapping[str, str] | None = None
    json: object = None
    headers: Mapping[str, str] | None = None
    data: bytes | str | None = None
    safe: bool = False
    follow: bool = True


class _Reset(Exception):
    """The connection ended before an answer began."""


class Edge:
    """Calls one tracker through a guarded ``requests`` session, which keeps the sign-in.

    Several threads may call at a time. ``budget`` is what the last answer that tells of the
    tracker's limits said of them.
    """

    def __init__(
        self,
        session: requests.Session,
        *,
        label: str,
        secret: str | Collection[str],
        allow_private: bool,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        guard(session, allow_private=allow_private)
        self._session, self._now = session, now
        self._label, self._secret = label, secret
        self._limits = LIMITS
        self._counting = threading.Lock()
        self._prepared_once: dict[tuple[str, str], requests.PreparedRequest] = {}
        self.calls = 0
        self.budget: Budget | None = None

    def call(self, ask: Ask) -> Answer:
        """Make a call and judge it: 2xx and 304 are returned, all else is raised by kind."""
        answer, now = self._follow(ask), self._now()
        # What an answer leaves out still holds: not every path tells of the limits.
        self.budget = limits.budget(answer.headers, now) or self.budget
        judge(answer, now, secret=self._secret)
        if ask.method not in ("GET", "HEAD"):
            answer.refuse_page()
        return answer

    def close(self) -> None:
        """Give the connections back."""
        self._session.close()

    def _follow(self, ask: Ask) -> Answer:
        end = time.monotonic() + self._limits.total
        url, params = ask.url, ask.params
        answer = self._twice(ask, url, params, end)
        for _ in range(_REDIRECTS):
            target = _target(url, answer)
            if not _may_follow(ask, answer, url, target):
                break
            url, params = target, None
            answer = self._twice(ask, url, params, end)
        return answer

    def _twice(self, ask: Ask, url: str, params: _Params, end: float) -> Answer:
        """A kept connection may have been closed by the server meanwhile: try once more."""
        for last in (False, True):
            try:
                return self._once(ask, url, params, end)
            except _Reset as error:
                early = end - time.monotonic() > self._limits.total * 0.75
                if last or not early or not (ask.method == "GET" or ask.safe):
                    raise self._unavailable(url, "closed the connection") from error
        raise AssertionError("a call is made once or twice")

    def _once(self, ask: Ask, url: str, params: _Params, end: float) -> Answer:
        with self._counting:
            self.calls += 1
        failpoints.reach("tracker.asking")
        with self._send(ask, url, params) as response:
            content = self._body(response, end)
            failpoints.reach("tracker.answered")
            return Answer(self._label, response.status_code, response.headers, content)

    def _prepared(self, ask: Ask, url: str, params: _Params) -> requests.PreparedRequest:
        body = ask.data if ask.json is None else json.dumps(ask.json).encode()
        if params or ask.headers or isinstance(body, str):
            headers = dict(ask.headers or {})
            request = requests.Request(ask.method, url, headers, params=params, data=body)
            return self._session.prepare_request(request)
        made = self._like(ask.method, url)
        if body is not None:
            made.body = body
            made.headers["Content-Length"] = str(len(body))
        return made

    def _like(self, method: str, url: str) -> requests.PreparedRequest:
        """A request as one before: to prepare it costs more than to send it."""
        known = self._prepared_once.get((method, url))
        if known is None:
            known = self._session.prepare_request(requests.Request(method, url))
            known.headers.pop("Cookie", None)
            if len(self._prepared_once) < _PREPARED:
                self._prepared_once[method, url] = known
        made = requests.PreparedRequest()
        made.method, made.url, made.hooks = known.method, known.url, known.hooks
        made.headers = known.headers.copy()
        made.prepare_cookies(self._session.cookies)
        return made

    def _send(self, ask: Ask, url: str, params: _Params) -> requests.Response:
        timeout = (self._limits.connect, self._limits.read)
        try:
            return self._session.send(
                self._prepared(ask, url, params),
                stream=True,
                allow_redirects=False,
                timeout=timeout,
            )
        except Refused as error:
            raise AccessDenied(f"{self._label} was not called: {error}.") from error
        except (RequestException, HTTPError, OSError) as error:
            reason = _reason(error)
            if reason is None:
                raise _Reset from error
            raise self._unavailable(url, reason) from error

    def _body(self, response: requests.Response, end: float) -> bytes:
        parts: list[bytes] = []
        size = 0
        for chunk in self._chunks(response):
            parts.append(chunk)
            size += len(chunk)
            if size > self._limits.body:
                raise Unavailable(f"{self._label} sent more than {self._limits.body >> 20} MiB.")
            if time.monotonic() > end:
                raise self._unavailable(response.url, "sent its answer too slowly")
        return b"".join(parts)

    def _chunks(self, response: requests.Response) -> Iterator[bytes]:
        # One receive at a time: a plain read of n bytes would wait for all of them.
        try:
            while chunk := response.raw.read1(_CHUNK, decode_content=True):
                yield chunk
        except (HTTPError, OSError) as error:
            reason = _reason(error) or "sent only a part of its answer"
            raise self._unavailable(response.url, reason) from error

    def _unavailable(self, url: str | None, what: str) -> Unavailable:
        return Unavailable(f"{self._label} at {urlsplit(url or '').netloc} {what}.")


def _target(url: str, answer: Answer) -> str:
    """Where a redirect leads, empty where its address is none."""
    try:
        return urljoin(url, answer.headers.get("Location", ""))
    except ValueError:
        return ""


def _may_follow(ask: Ask, answer: Answer, url: str, target: str) -> bool:
    redirect = answer.status in (301, 302, 303, 307, 308) and "Location" in answer.headers
    return redirect and ask.follow and ask.method == "GET" and same_origin(url, target)


def _reason(error: BaseException | None) -> str | None:
    """Why a call failed, from the innermost cause known; None for a broken connection."""
    while error is not None:
        for kind, reason in _REASONS:
            if isinstance(error, kind):
                return reason
        inner = getattr(error, "reason", None) or next(iter(error.args), None)
        error = inner if isinstance(inner, BaseException) else error.__cause__
    return None
