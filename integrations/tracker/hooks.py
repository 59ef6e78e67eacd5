"""What a tracker sends by itself: hints that something changed."""

import base64
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from connector.work import Ref


@dataclass(frozen=True, slots=True)
class Hint:
    """Part of a delivery: this item of this source may have changed, as of ``updated_at``.

    ``gone`` says that it was deleted, as the tracker tells it. Where another source of the
    connection holds the item, it is that one's hint too.
    """

    source: str
    ref: Ref
    updated_at: datetime | None
    gone: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """A webhook, read: ``identifier`` is the same across redeliveries of one event.

    ``sources`` are dirty even without an item, and so are all whose keys begin with one of
    ``below``; hints name items. ``lists`` are sources whose small lists changed (a version was
    renamed, a sprint was closed). ``fits`` are options that tell whom it is for: a connection that
    has another value is not meant. ``access`` says that what we may see changed, so that the
    connection is to be tested.
    """

    identifier: str
    event: str
    sources: frozenset[str] = frozenset()
    lists: frozenset[str] = frozenset()
    hints: tuple[Hint, ...] = ()
    below: tuple[str, ...] = ()
    fits: Mapping[str, str] = field(default_factory=dict)
    access: bool = False


def secret_path(secret: str) -> str:
    """The last part of a door's address for deliveries that no tracker signs.

    It follows from the webhook's secret and tells nothing of it.
    """
    key = secret.encode("utf-8", "surrogatepass")
    digest = hmac.digest(key, b"worklift webhook path 1", "sha256")
    return base64.urlsafe_b64encode(digest).decode("ascii").rstrip("=")
