"""What a simulated GitHub remembers of its webhooks' deliveries: every try, for three days."""

import itertools
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any

from integrations.simulators.github.shapes import Json, stamp
from integrations.simulators.hooks import Delivery, Sent

KEPT = timedelta(days=3)


@dataclass(frozen=True)
class Attempt:
    """One try; ``again`` is whether somebody asked for it."""

    id: int
    delivery: Delivery
    at: datetime
    sent: Sent
    again: bool

    @property
    def code(self) -> int:
        """The status of the answer, or what GitHub writes where there was none."""
        return self.sent.status or (504 if "Timeout" in self.sent.error else 502)

    @property
    def status(self) -> str:
        """The same in words."""
        if self.sent.status is None:
            return "timed out" if self.code == 504 else "failed to connect to host"
        if self.code < 300:
            return "OK"
        known = next((each.phrase for each in HTTPStatus if each == self.code), "")
        return f"Invalid HTTP Response: {self.code} {known}".strip()

    def shown(self) -> Json:
        """The try as lists show it."""
        body: dict[str, Any] = json.loads(self.delivery.body)
        return {
            "id": self.id, "guid": self.delivery.identifier, "delivered_at": stamp(self.at),
            "redelivery": self.again, "duration": round(self.sent.seconds, 2),
            "status": self.status, "status_code": self.code, "event": self.delivery.event,
            "action": body.get("action"),
            "installation_id": (body.get("installation") or {}).get("id"),
            "repository_id": (body.get("repository") or {}).get("id"),
            "throttled_at": stamp(self.at) if self.sent.late else None,
        }  # fmt: skip

    def whole(self) -> Json:
        """The try with what was sent and what came back."""
        return self.shown() | {
            "url": self.delivery.hook.url,
            "request": {"headers": dict(self.sent.headers),
                        "payload": json.loads(self.delivery.body)},
            "response": {"headers": dict(self.sent.answer_headers), "payload": self.sent.answer},
        }  # fmt: skip


@dataclass
class Deliveries:
    """The tries of all webhooks, oldest first."""

    clock: Callable[[], datetime]
    attempts: list[Attempt] = field(default_factory=list)
    asked: dict[str, int] = field(default_factory=dict)
    """By GUID: redeliveries asked for that did not go out yet."""
    _ids: "itertools.count[int]" = field(default_factory=lambda: itertools.count(70_000_000_001))

    def note(self, delivery: Delivery, sent: Sent) -> None:
        """Keep a try."""
        again = self.asked.get(delivery.identifier, 0)
        if again:
            self.asked[delivery.identifier] = again - 1
        made = Attempt(next(self._ids), delivery, self.clock(), sent, bool(again))
        self.attempts.append(made)

    def of(self, hook: int) -> list[Attempt]:
        """The tries of a webhook that are still kept, newest first."""
        since = self.clock() - KEPT
        return [each for each in reversed(self.attempts)
                if each.delivery.hook.id == hook and each.at >= since]  # fmt: skip

    def ask(self, attempt: Attempt) -> None:
        """Note that a try is to be made once more."""
        guid = attempt.delivery.identifier
        self.asked[guid] = self.asked.get(guid, 0) + 1
