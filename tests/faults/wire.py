"""The network of tests: calls of trackers answered in this process, and spoilt as a script says.

Nothing listens and no thread runs: a call is a function call, so a seed tells all that happens.
"""

import io
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.utils import format_datetime
from typing import Any
from unittest import mock
from urllib.parse import urlsplit

import requests
from requests.exceptions import ConnectionError as Broken
from urllib3 import HTTPResponse
from urllib3.exceptions import ProtocolError
from werkzeug.test import run_wsgi_app

from integrations.kit.transport import GuardedAdapter
from integrations.simulators.faults import LOGIN_PAGE
from tests.world import Clock

BEFORE = ("error", "unreachable", "login_page", "unauthorized", "forbidden", "limited")
"""Troubles that come before the tracker has done anything."""
AFTER = ("bad_gateway", "silence", "reset", "truncated")
"""Troubles that come after it did what was asked, and hide that."""
_READS_BY_POST = ("/search", "/bulkfetch", "/approximate-count", "/parse", "/match", "/graphql",
                  "/oauth/token")  # fmt: skip


@dataclass
class Trouble:
    """What happens to so many of the next calls, writes or reads or both."""

    kind: str
    count: int = 1
    skip: int = 0
    """So many fitting calls go well before it begins."""
    writes: bool | None = None
    path: str = ""
    """How the addresses end that it happens at; all, if this says nothing."""

    def takes(self, path: str, *, write: bool) -> bool:
        """Whether it happens to this call; counts it."""
        fits = path.endswith(self.path) and self.writes in (None, write)
        if self.count <= 0 or not fits:
            return False
        if self.skip > 0:
            self.skip -= 1
            return False
        self.count -= 1
        return True


@dataclass(frozen=True, slots=True)
class Written:
    """One call that changed something: what it was and what the tracker answered."""

    host: str
    method: str
    path: str
    status: int


@dataclass
class Wire:
    """Answers calls by host; ``journal`` is what was written, ``passed`` is told of every read."""

    clock: Clock
    hosts: dict[str, Any] = field(default_factory=dict)
    troubles: list[Trouble] = field(default_factory=list)
    journal: list[Written] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    hidden: int = 0
    """How often it was hidden what a tracker did."""
    passed: Callable[[], None] = lambda: None

    def send(self, request: requests.PreparedRequest) -> HTTPResponse:
        """What comes back for a call."""
        parts = urlsplit(request.url or "")
        method, host = request.method or "GET", parts.netloc
        write = method != "GET" and not any(word in parts.path for word in _READS_BY_POST)
        self.calls.append(f"{method} {parts.path}")
        trouble = next((t.kind for t in self.troubles if t.takes(parts.path, write=write)), "")
        if trouble in BEFORE:
            return self._refused(trouble)
        status, headers, body = self._answered(request)
        if write:
            self.journal.append(Written(host, method, parts.path, status))
        else:
            self.passed()
        self.hidden += trouble in AFTER
        return self._spoilt(trouble, status, headers, body)

    def _answered(self, request: requests.PreparedRequest) -> tuple[int, dict[str, str], bytes]:
        parts = urlsplit(request.url or "")
        given = request.body or b""
        sent = given.encode() if isinstance(given, str) else bytes(given)  # type: ignore[arg-type]
        environ = _environ(request, sent)
        told, status, headers = run_wsgi_app(self.hosts[parts.netloc], environ, buffered=True)
        date = {"Date": format_datetime(self.clock(), usegmt=True)}
        return int(status.split()[0]), {**date, **dict(headers)}, b"".join(told)

    def _refused(self, trouble: str) -> HTTPResponse:
        match trouble:
            case "unreachable":
                raise Broken("Connection refused")
            case "login_page":
                return _made(200, {"Content-Type": "text/html"}, LOGIN_PAGE.encode())
            case "unauthorized":
                return _made(401, _JSON, b'{"message": "Bad credentials"}')
            case "forbidden":
                return _made(403, _JSON, b'{"message": "Resource not accessible"}')
            case "limited":
                headers = {**_JSON, "Retry-After": "60", "RateLimit-Reason": "jira-burst-based"}
                return _made(429, headers, b'{"message": "secondary rate limit"}')
            case _:
                return _made(503, {"Content-Type": "text/html"}, b"<h1>503</h1>")

    def _spoilt(
        self, trouble: str, status: int, headers: Mapping[str, str], body: bytes
    ) -> HTTPResponse:
        match trouble:
            case "bad_gateway":
                return _made(502, {"Content-Type": "text/html"}, b"<h1>502</h1>")
            case "silence":
                raise requests.exceptions.ReadTimeout("Read timed out.")
            case "reset":
                raise Broken(ProtocolError("Connection aborted."))
            case "truncated":
                whole = {**headers, "Content-Length": str(len(body))}
                return _made(status, whole, body[: len(body) // 2])
        return _made(status, headers, body)


_JSON = {"Content-Type": "application/json"}


def _environ(request: requests.PreparedRequest, body: bytes) -> dict[str, Any]:
    parts = urlsplit(request.url or "")
    environ: dict[str, Any] = {
        "REQUEST_METHOD": request.method, "SCRIPT_NAME": "",
        "PATH_INFO": requests.utils.unquote(parts.path).encode().decode("latin-1"),
        "QUERY_STRING": parts.query, "SERVER_NAME": parts.hostname or "",
        "SERVER_PORT": str(parts.port or 80), "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1", "wsgi.version": (1, 0), "wsgi.url_scheme": parts.scheme,
        "wsgi.input": io.BytesIO(body), "wsgi.errors": io.StringIO(), "wsgi.multithread": True,
        "wsgi.multiprocess": False, "wsgi.run_once": False,
        "CONTENT_LENGTH": str(len(body)),
    }  # fmt: skip
    for name, value in request.headers.items():
        text = value.decode("latin-1") if isinstance(value, bytes) else str(value)
        key = name.upper().replace("-", "_")
        environ[key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}"] = text
    environ.setdefault("HTTP_HOST", parts.netloc)
    return environ


def _made(status: int, headers: Mapping[str, str], body: bytes) -> HTTPResponse:
    return HTTPResponse(
        io.BytesIO(body),
        headers=headers,
        status=status,
        preload_content=False,
        decode_content=False,
    )


_plugged: list[Wire] = []


@contextmanager
def plugged(wire: Wire) -> Iterator[Wire]:
    """All calls of trackers take this wire until the block ends."""
    _plugged.append(wire)
    try:
        yield wire
    finally:
        _plugged.remove(wire)


@contextmanager
def in_process() -> Iterator[None]:
    """Have every call of a tracker take the wire that is plugged in."""

    def send(
        self: GuardedAdapter, request: requests.PreparedRequest, **_more: Any
    ) -> requests.Response:
        return self.build_response(request, _plugged[-1].send(request))

    with mock.patch.object(GuardedAdapter, "send", send):
        yield
