"""Deliveries that a tracker could not bring to us: what is known of each, and what became of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Literal

from integrations.tracker import Attempt

KEPT = timedelta(days=3)
"""So long trackers know of a failed delivery, and so do we."""
GAPS = (timedelta(minutes=10), timedelta(hours=1), timedelta(hours=6))
"""How long is waited after each time it was asked for again; then it is given up."""
MOST = 300
"""Deliveries that are remembered."""
_REFUSED = frozenset({401, 413, 415, 422})
"""Our own answers that would be the same again."""
State = Literal["waits", "arrived", "refused", "mended", "given up"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """One delivery: ``at`` its last try, ``asked`` how often we had it repeated, ``again_at`` when
    that is looked at next; None when nothing more is done. ``mended`` says that the webhook was set
    up anew since we refused it."""

    identifier: str
    event: str
    at: datetime
    status: int
    why: str
    attempt: str
    asked: int = 0
    again_at: datetime | None = None
    arrived: bool = False
    mended: bool = False

    @property
    def state(self) -> State:
        """What became of it."""
        if self.arrived:
            return "arrived"
        if self.status in _REFUSED:
            return "mended" if self.mended else "refused"
        return "waits" if self.again_at else "given up"

    def tried(self, attempt: Attempt) -> "Failed":
        """After another try of the tracker."""
        mended = self.mended and attempt.at == self.at
        return replace(
            self,
            at=attempt.at,
            status=attempt.status,
            why=attempt.why,
            attempt=attempt.id,
            mended=mended,
        )

    def repeated(self, now: datetime) -> "Failed":
        """After we had it repeated."""
        return replace(self, asked=self.asked + 1, again_at=now + GAPS[self.asked])

    def left(self) -> "Failed":
        """After it was given up."""
        return replace(self, again_at=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovery:
    """What is known of failed deliveries; tries since ``since`` are looked at next at ``due_at``.

    ``error`` says why they could not be looked at.
    """

    failed: tuple[Failed, ...] = ()
    since: datetime | None = None
    due_at: datetime | None = None
    error: str | None = None

    def mended(self) -> "Recovery":
        """After webhooks were set up anew: what was refused before was under another secret."""
        failed = tuple(replace(each, mended=True) for each in self.failed)
        return replace(self, failed=failed, error=None)

    def as_json(self) -> dict[str, Any]:
        """As it is stored."""
        return {
            "failed": [_written(each) for each in self.failed],
            "since": self.since.isoformat() if self.since else None,
            "due_at": self.due_at.isoformat() if self.due_at else None,
            "error": self.error,
        }


def begun(attempt: Attempt, now: datetime) -> Failed:
    """A delivery of which nothing was known before."""
    return Failed(
        identifier=attempt.identifier,
        event=attempt.event,
        at=attempt.at,
        status=attempt.status,
        why=attempt.why,
        attempt=attempt.id,
        again_at=now,
    )


def noted(
    known: Iterable[Failed], attempts: Iterable[Attempt], now: datetime
) -> tuple[Failed, ...]:
    """With the tries a tracker told of; what is too old is forgotten."""
    found = {each.identifier: each for each in known}
    good: set[str] = set()
    for each in sorted(attempts, key=lambda attempt: attempt.at):
        before = found.get(each.identifier)
        if each.good:
            good.add(each.identifier)
        elif before is None:
            found[each.identifier] = begun(each, now)
        elif each.at >= before.at:
            found[each.identifier] = before.tried(each)
    kept = [
        replace(each, arrived=each.arrived or each.identifier in good)
        for each in found.values()
        if each.at > now - KEPT
    ]
    return tuple(sorted(kept, key=lambda each: each.at)[-MOST:])


def recovery_from(stored: Mapping[str, Any]) -> Recovery:
    """What was stored."""
    return Recovery(
        failed=tuple(_read(each) for each in stored.get("failed", ())),
        since=_instant(stored.get("since")),
        due_at=_instant(stored.get("due_at")),
        error=stored.get("error"),
    )


def _written(each: Failed) -> dict[str, Any]:
    return {
        "identifier": each.identifier,
        "event": each.event,
        "at": each.at.isoformat(),
        "status": each.status,
        "why": each.why,
        "attempt": each.attempt,
        "asked": each.asked,
        "again_at": each.again_at.isoformat() if each.again_at else None,
        "arrived": each.arrived,
        "mended": each.mended,
    }


def _read(stored: Mapping[str, Any]) -> Failed:
    times = {"at": datetime.fromisoformat(stored["at"]), "again_at": _instant(stored["again_at"])}
    return Failed(**{**stored, **times})


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
