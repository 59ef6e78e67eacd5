"""Sending webhooks: in order, from one background thread, with the vendor's way of retrying."""

import hashlib
import heapq
import hmac
import itertools
import json
import threading
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import requests

from integrations.simulators.faults import Faults

TIMEOUT = 10.0
RETRIED = frozenset({408, 409, 425, 429, *range(500, 600)})


@dataclass(frozen=True)
class Hook:
    """A registered webhook; no events means all."""

    id: int
    url: str
    secret: str = field(repr=False)
    events: frozenset[str] = frozenset()
    repo: str = ""

    @property
    def bearer(self) -> str:
        """What each delivery bears as ``Authorization: Bearer``; '' for none."""
        return ""

    def wants(self, event: str, repo: str) -> bool:
        """Whether it is to be told of this event."""
        return (not self.events or event in self.events) and self.repo in ("", repo)


@dataclass
class Delivery:
    """One sending: ``status`` is the last answer, None before one, ``error`` the last failure."""

    identifier: str
    event: str
    hook: Hook
    body: bytes
    attempts: int = 0
    status: int | None = None
    error: str = ""
    dropped: bool = False
    late: bool = False

    @property
    def signature(self) -> str:
        """HMAC-SHA256 over the raw body, as both vendors write it; '' without a secret."""
        if not self.hook.secret:
            return ""
        secret = self.hook.secret.encode()
        return "sha256=" + hmac.new(secret, self.body, hashlib.sha256).hexdigest()


@dataclass(frozen=True)
class Sent:
    """One try to deliver: what went out, what came back, how many seconds it took."""

    headers: Mapping[str, str]
    seconds: float = 0.0
    status: int | None = None
    error: str = ""
    answer_headers: Mapping[str, str] = field(default_factory=dict)
    answer: str = ""
    late: bool = False
    """Whether it was held back before it was sent."""


Headers = Callable[[Delivery], Mapping[str, str]]


def _nobody(delivery: Delivery, sent: Sent) -> None:
    """Keeps no record of tries."""


class Postman:
    """Holds the hooks and what was sent; ``retries`` are seconds to wait before each new try."""

    def __init__(self, faults: Faults, headers: Headers, retries: tuple[float, ...] = ()) -> None:
        self.faults, self.headers, self.retries = faults, headers, retries
        self.hooks: list[Hook] = []
        self.deliveries: list[Delivery] = []
        self.quiet = False
        self.timeout = TIMEOUT
        self.noted: Callable[[Delivery, Sent], None] = _nobody
        """Told of every try."""
        self._due: list[tuple[float, int, Delivery]] = []
        self._order = itertools.count()
        self._hook_ids = itertools.count(1)
        self._wake = threading.Condition()
        self._busy = False
        self._stopped = False
        self._thread = threading.Thread(target=self._run, name="postman", daemon=True)

    def add(self, url: str, secret: str = "", *, repo: str = "", events: Any = None) -> Hook:
        """Register a webhook."""
        hook = Hook(next(self._hook_ids), url, secret, frozenset(events or ()), repo)
        self.hooks.append(hook)
        return hook

    def post(self, event: str, body: Mapping[str, Any] | str, *, repo: str = "") -> None:
        """Queue one event for every hook that wants it."""
        if self.quiet:
            return
        raw = (body if isinstance(body, str) else json.dumps(body)).encode()
        for hook in [hook for hook in self.hooks if hook.wants(event, repo)]:
            self.send(hook, event, raw)

    def send(self, hook: Hook, event: str, raw: bytes) -> Delivery:
        """Queue one event for one hook."""
        delivery = Delivery(str(uuid.uuid4()), event, hook, raw)
        self._queue(delivery)
        return delivery

    def redeliver(self, delivery: Delivery) -> None:
        """Send a delivery once more, with the same identifier."""
        self._later(delivery, 0)

    def start(self) -> None:
        """Begin to send."""
        self._thread.start()

    def stop(self) -> None:
        """Send nothing more."""
        with self._wake:
            self._stopped = True
            self._wake.notify_all()
        self._thread.join(TIMEOUT)

    def settle(self, timeout: float = 10.0) -> bool:
        """Wait until nothing waits to be sent now (retries in the future do not count)."""
        with self._wake:
            return self._wake.wait_for(lambda: not self._busy and not self._ready(), timeout)

    def _queue(self, delivery: Delivery) -> None:
        self.deliveries.append(delivery)
        fault = self.faults.take("POST", delivery.hook.url, webhook=True)
        if fault and fault.kind == "drop_webhooks":
            delivery.dropped = True
            self.noted(delivery, Sent(self.headers(delivery), error="ConnectionError"))
            return
        delivery.late = bool(fault and fault.kind == "delay_webhooks")
        self._later(delivery, fault.seconds if fault and delivery.late else 0)
        if fault and fault.kind == "duplicate_webhooks":
            self._later(delivery, 0)

    def _later(self, delivery: Delivery, seconds: float) -> None:
        with self._wake:
            entry = (time.monotonic() + seconds, next(self._order), delivery)
            heapq.heappush(self._due, entry)
            self._wake.notify_all()

    def _ready(self) -> bool:
        return bool(self._due) and self._due[0][0] <= time.monotonic()

    def _next(self) -> Delivery | None:
        with self._wake:
            self._busy = False
            self._wake.notify_all()
            while not self._stopped and not self._ready():
                self._wake.wait(self._due[0][0] - time.monotonic() if self._due else None)
            if self._stopped:
                return None
            self._busy = True
            return heapq.heappop(self._due)[2]

    def _run(self) -> None:
        with requests.Session() as session:
            session.trust_env = False
            while delivery := self._next():
                self._send(session, delivery)

    def _send(self, session: requests.Session, delivery: Delivery) -> None:
        delivery.attempts += 1
        delivery.status, delivery.error = None, ""
        headers = {"Content-Type": "application/json", **self.headers(delivery)}
        began, answer = time.monotonic(), None
        try:
            answer = session.post(
                delivery.hook.url, delivery.body, headers=headers, timeout=self.timeout
            )
        except requests.RequestException as error:
            delivery.error = type(error).__name__
        else:
            delivery.status = answer.status_code
        self.noted(delivery, Sent(
            headers, time.monotonic() - began, delivery.status, delivery.error,
            dict(answer.headers) if answer is not None else {},
            answer.text[:10_000] if answer is not None else "", delivery.late,
        ))  # fmt: skip
        failed = delivery.status is None or delivery.status in RETRIED
        if failed and delivery.attempts <= len(self.retries):
            self._later(delivery, self.retries[delivery.attempts - 1])
