"""What a tracker sends by itself: hints that something changed."""

import base64
import hmac
from dataclasses import dataclass
from datetime import datetime

from connector.work import Ref


@dataclass(frozen=True, slots=True)
class Hint:
    """Part of a delivery: this item of this source may have changed, as of ``updated_at``.

    ``gone`` says that it was deleted, as the tracker tells it.
    """

    source: str
    ref: Ref
    updated_at: datetime | None
    gone: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """A webhook, read: ``identifier`` is the same across redeliveries of one event.

    ``sources`` are dirty even without an item; hints name items. ``lists`` are sources whose small
    lists changed (a version was renamed, a sprint was closed).
    """

    identifier: str
    event: str
    sources: frozenset[str] = frozenset()
    lists: frozenset[str] = frozenset()
    hints: tuple[Hint, ...] = ()


def secret_path(secret: str) -> str:
    """The last part of a door's address for deliveries that no tracker signs.

    It follows from the webhook's secret and tells nothing of it.
    """
    key = secret.encode("utf-8", "surrogatepass")
    digest = hmac.digest(key, b"worklift webhook path 1", "sha256")
    return base64.urlsafe_b64encode(digest).decode("ascii").rstrip("=")
