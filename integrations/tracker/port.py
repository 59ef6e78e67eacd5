"""The tracker itself: where everything else of the port begins."""

from collections.abc import Mapping
from typing import Protocol

from integrations.tracker.account import Account, Consent
from integrations.tracker.declared import Spec
from integrations.tracker.hooks import Delivery
from integrations.tracker.session import Session


class Tracker(Protocol):
    """One kind of tracker; stateless."""

    @property
    def spec(self) -> Spec:
        """What it declares."""
        ...

    @property
    def consent(self) -> Consent | None:
        """Signing in at the tracker; None where it has no such way."""
        ...

    def open(self, account: Account) -> Session:
        """A session; makes no call. Raises ``Refused`` for settings that cannot work."""
        ...

    def verify(self, headers: Mapping[str, str], body: bytes, secret: str) -> bool | None:
        """Whether the raw body was signed with the secret, None where it bears no signature; any
        bytes are safe to pass."""
        ...

    def delivery(self, headers: Mapping[str, str], body: bytes) -> Delivery:
        """Read a verified delivery; raises ``BadReading`` when it cannot be understood."""
        ...
