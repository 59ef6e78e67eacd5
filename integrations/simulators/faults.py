"""Switchable faults: what a tracker or the network may do to the calls of a client."""

import re
import threading
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Literal, get_args

from werkzeug.wrappers import Request, Response

from integrations.simulators.traffic import Call, Traffic

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

Kind = Literal[
    "rate_limited", "quota", "issue_writes", "error", "slow", "drip", "truncated", "html",
    "unauthorized", "drop_webhooks", "duplicate_webhooks",
    "delay_webhooks",
]  # fmt: skip
KINDS: tuple[Kind, ...] = get_args(Kind)
REASONS = {
    "rate_limited": "jira-burst-based", "quota": "jira-quota-tenant-based",
    "issue_writes": "jira-per-issue-on-write",
}  # fmt: skip
"""The limits a call may run into, and what Jira calls them."""
WEBHOOK_KINDS = ("drop_webhooks", "duplicate_webhooks", "delay_webhooks")
_API = re.compile(
    r"/(rest|api|repos|repositories|search|installation|app-manifests|ex/jira)/"
    r"|/(user|app|graphql|meta|versions|rate_limit|oauth/token|_edge/tenant_info)(/|$)"
    r"|/(orgs|users)/[^/]+(?!/projects/)(/|$)|/apps/[^/]+$"
)
LOGIN_PAGE = "<!doctype html><title>Log in</title><h1>Please log in to continue</h1>"


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One fault; ``path`` and ``method`` narrow it, ``count`` ends it after so many calls."""

    kind: Kind
    count: int | None = None
    path: str = ""
    method: str = ""
    status: int | None = None
    seconds: float = 1.0
    """How long a slow answer waits or drips, and what Retry-After says of a rate limit."""

    def fits(self, method: str, path: str) -> bool:
        """Whether the fault is meant for this call."""
        if self.kind == "issue_writes" and (method == "GET" or "/issue/" not in path):
            return False
        return self.path in path and self.method.upper() in ("", method)


class Faults:
    """The faults switched on now, oldest first; each call meets at most one of them."""

    def __init__(self, rate_limit_status: int = 429) -> None:
        self.rate_limit_status = rate_limit_status
        self.ended = threading.Event()
        """Set when the site stops: what is slow then hurries."""
        self._lock = threading.Lock()
        self._active: list[list[Any]] = []

    def add(self, kind: Kind, **how: Any) -> None:
        """Switch on a fault: ``add("error", status=503, count=2, path="/search")``."""
        fault = Fault(kind=kind, **how)
        if kind not in KINDS:
            raise ValueError(f"no fault {kind!r}; known: {', '.join(KINDS)}")
        with self._lock:
            self._active.append([fault, fault.count])

    def clear(self, kind: Kind | None = None) -> None:
        """Switch off all faults, or those of one kind."""
        with self._lock:
            self._active = [entry for entry in self._active if kind and entry[0].kind != kind]

    def listed(self) -> list[dict[str, Any]]:
        """The faults switched on, with the calls they still apply to as ``count``."""
        with self._lock:
            return [{**asdict(fault), "count": left} for fault, left in self._active]

    def take(self, method: str, path: str, *, webhook: bool = False) -> Fault | None:
        """The fault this call meets, counted down; None for a healthy answer."""
        with self._lock:
            for entry in self._active:
                fault: Fault = entry[0]
                if (fault.kind in WEBHOOK_KINDS) != webhook or not fault.fits(method, path):
                    continue
                if entry[1] is not None:
                    entry[1] -= 1
                    if entry[1] <= 0:
                        self._active.remove(entry)
                return fault
        return None


def is_api(path: str) -> bool:
    """Whether a path is the vendor's API, not a page for people or the simulator's own."""
    return _API.match(path) is not None


class FaultGate:
    """WSGI: notes every API call and lets the faults act on it."""

    def __init__(self, app: "WSGIApplication", faults: Faults, calls: list[Call]) -> None:
        self.app, self.faults, self.calls = app, faults, calls
        self.traffic = Traffic(faults.ended)

    def __call__(self, environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        """Answer one request."""
        request = Request(environ)
        if not is_api(request.path):
            return self.app(environ, start)
        self.calls.append(Call.of(request))
        with self.traffic.passing():
            fault = self.faults.take(request.method, request.path)
            if fault is None:
                return self.app(environ, start)
            return self._faulty(fault, environ)(environ, start)

    def _faulty(self, fault: Fault, environ: "WSGIEnvironment") -> Response:
        if fault.kind in ("slow", "drip", "truncated"):
            return self._spoilt(fault, environ)
        return _refused(fault, fault.status or self.faults.rate_limit_status)

    def _spoilt(self, fault: Fault, environ: "WSGIEnvironment") -> Response:
        if fault.kind == "slow":
            self.faults.ended.wait(fault.seconds)
        answer = Response.from_app(self.app, environ)
        body = answer.get_data()
        if fault.kind == "truncated":
            answer.response = [body[: len(body) // 2]]
            answer.headers["Content-Length"] = str(len(body))
        elif fault.kind == "drip":
            answer.response = self._drip(body, fault.seconds)
        return answer

    def _drip(self, body: bytes, seconds: float) -> Iterator[bytes]:
        size = max(1, len(body) // 20)
        for start in range(0, len(body), size):
            yield body[start : start + size]
            self.faults.ended.wait(seconds / 20)


def _refused(fault: Fault, limited: int) -> Response:
    if fault.kind in REASONS:
        wait = {"Retry-After": f"{fault.seconds:g}", "RateLimit-Reason": REASONS[fault.kind]}
        message = "You have exceeded a secondary rate limit. Please wait a few minutes."
        return _said(limited, message, wait)
    if fault.kind == "unauthorized":
        return _said(fault.status or 401, "Bad credentials")
    if fault.kind == "html":
        return Response(LOGIN_PAGE, fault.status or 200, content_type="text/html")
    status = fault.status or 500
    return Response(f"<h1>{status}</h1>", status, content_type="text/html")


def _said(status: int, message: str, headers: dict[str, str] | None = None) -> Response:
    text = f'{{"message": "{message}", "errorMessages": ["{message}"], "errors": {{}}}}'
    return Response(text, status, headers, content_type="application/json")
