"""Whether a delivery proves itself: by its signature, or by a path that nobody else knows."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sync.accounts import client_of
from sync.hook_secret import knows_path, opened
from sync.inbox.doors import Door
from sync.inbox.receipt import FORGED, NOBODY, Receipt
from sync.runtime import Runtime


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """A delivery as it came in by the door for ``name``; ``path`` is the secret part, if any.

    ``peer`` is the address that sent it, where it is known.
    """

    name: str
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    path: str | None = field(default=None, repr=False)
    peer: str = ""


def refusal(runtime: Runtime, door: Door | None, arrival: Arrival) -> Receipt | None:
    """Why it is not let in; None where it is.

    One whose signature does not fit is refused by either door: where it was set up stands another
    secret than ours, or it was changed on its way, and the address alone must not make up for that.
    So is one that bears the word of another app than the one signed in as; the right word alone,
    which says nothing of the body, makes up for no path.
    """
    path = arrival.path
    if path is not None and not knows_path(runtime.vault, door, path, runtime.clock()):
        return NOBODY
    if door is None:
        return NOBODY
    if path is not None and "secret_path" not in runtime.tracker(door.tracker).spec.capabilities:
        return NOBODY
    signed = _signed(runtime, door, arrival)
    forged = signed is False or _vouched(runtime, door, arrival) is False
    return FORGED if forged or (signed is None and path is None) else None


def _signed(runtime: Runtime, door: Door, arrival: Arrival) -> bool | None:
    """Whether one of the good secrets signed it; None where it bears no signature."""
    tracker = runtime.tracker(door.tracker)
    good = opened(runtime.vault, door).good(runtime.clock())
    found = [tracker.verify(arrival.headers, arrival.body, secret) for secret in good]
    return None if all(each is None for each in found) else any(found)


def _vouched(runtime: Runtime, door: Door, arrival: Arrival) -> bool | None:
    """Whether the app vouches for it that the connection signed in as; None where none does."""
    consent = runtime.tracker(door.tracker).consent
    if consent is None or door.grant_cipher is None:
        return None
    client, _ = client_of(runtime.vault, door)
    return consent.vouches(client, arrival.headers, runtime.clock())
