"""What a connection remembers of the webhooks we set up, in its column ``registered``."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from connector.store.tables import Connection
from integrations.tracker import Registered
from sync.hooks.failed import Recovery, recovery_from


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """Webhooks a person asked us to keep at the tracker.

    ``site`` is the connection's URL they were set up at, ``door`` where they lead, without anything
    secret; ``secret`` is a digest of the one they were given. ``error`` says why they could not be
    set up or renewed, ``again_at`` when that is tried next. No ids: they are still to be set up.
    ``lacking`` are sentences about places they do not tell of, which are tried anew at
    ``retry_at``; ``recovery`` is what is known of deliveries that failed.
    """

    ids: tuple[str, ...] = ()
    site: str = ""
    door: str = ""
    secret: str = ""
    places: tuple[str, ...] = ()
    expires_at: datetime | None = None
    error: str | None = None
    again_at: datetime | None = None
    lacking: tuple[str, ...] = ()
    retry_at: datetime | None = None
    recovery: Recovery = field(default_factory=Recovery)

    @property
    def registered(self) -> Registered:
        """As the tracker knows them."""
        return Registered(ids=self.ids, expires_at=self.expires_at, places=self.places)

    def made(self, found: Registered) -> "Kept":
        """After they were set up or renewed."""
        return replace(
            self,
            ids=found.ids,
            places=found.places,
            expires_at=found.expires_at,
            lacking=found.lacking,
            error=None,
            again_at=None,
            retry_at=None,
        )

    def lost(self) -> "Kept":
        """After they were taken away and no others made."""
        return replace(self, ids=(), places=(), expires_at=None, lacking=())

    def missed(self) -> "Kept":
        """After one of them was not there any more: they are to be set up anew."""
        return replace(self, door="")

    def failed(self, error: str, again_at: datetime) -> "Kept":
        """After that could not be done."""
        return replace(self, error=error, again_at=again_at)

    def as_json(self) -> dict[str, Any]:
        """As it is stored."""
        return {
            "ids": list(self.ids),
            "site": self.site,
            "door": self.door,
            "secret": self.secret,
            "places": list(self.places),
            "expires_at": self.expires_at.isoformat() if self.expires_at else None,
            "error": self.error,
            "again_at": self.again_at.isoformat() if self.again_at else None,
            "lacking": list(self.lacking),
            "retry_at": self.retry_at.isoformat() if self.retry_at else None,
            "recovery": self.recovery.as_json(),
        }


def digest(secret: str) -> str:
    """Tells one secret from another, and nothing of either."""
    return hashlib.sha256(f"worklift webhook kept {secret}".encode()).hexdigest()[:16]


def kept(row: Connection) -> Kept | None:
    """What a connection remembers; None while nobody asked for webhooks."""
    held = row.registered
    if held is None:
        return None
    return Kept(
        ids=tuple(held["ids"]),
        site=held["site"],
        door=held["door"],
        secret=held.get("secret", ""),
        places=tuple(held["places"]),
        expires_at=_instant(held, "expires_at"),
        error=held["error"],
        again_at=_instant(held, "again_at"),
        lacking=tuple(held.get("lacking", ())),
        retry_at=_instant(held, "retry_at"),
        recovery=recovery_from(held.get("recovery", {})),
    )


def _instant(held: Mapping[str, Any], name: str) -> datetime | None:
    text = held.get(name)
    return datetime.fromisoformat(text) if text else None
