"""The secret of a connection's webhooks: the one of now, and for a day the one before."""

import hmac
import json
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache, lru_cache
from typing import Protocol

from connector.errors import Refused
from connector.store.tables import Connection
from integrations.tracker import secret_path
from sync.accounts import hook_place
from sync.vault import Vault

GRACE = timedelta(hours=24)
"""How long the old secret stays good after a new one was made."""
_NOBODY = "connection/nobody/hook"


@dataclass(frozen=True, slots=True, kw_only=True)
class HookSecret:
    """What a connection's hook cipher holds."""

    now: str = field(repr=False)
    before: str = field(default="", repr=False)
    until: datetime | None = None

    def good(self, at: datetime) -> tuple[str, ...]:
        """The secrets a delivery may bear at a time, the newest first."""
        # Later than one span ahead was said before the clock was set back.
        old = self.before and self.until is not None and at < self.until <= at + GRACE
        return (self.now, self.before) if old else (self.now,)

    def rotated(self, at: datetime, to: str = "") -> "HookSecret":
        """Another secret, a new one unless given; the one of now stays good for a day."""
        return HookSecret(now=to or new_secret(), before=self.now, until=at + GRACE)


def new_secret() -> str:
    """A webhook secret nobody knows yet."""
    return secrets.token_urlsafe(32)


class Hooked(Protocol):
    """What there is of a connection that has a secret for its webhooks."""

    @property
    def uid(self) -> str: ...  # noqa: D102
    @property
    def hook_cipher(self) -> bytes: ...  # noqa: D102


def opened(vault: Vault, row: Hooked) -> HookSecret:
    """The secret of a connection; raises ``Refused`` when the key is another one."""
    return _opened(vault, row.hook_cipher, hook_place(row.uid))


def is_readable(vault: Vault, row: Hooked) -> bool:
    """Whether the key in use opens it: with another one nothing can be told or checked by it."""
    return _readable(vault, row) is not None


def another(vault: Vault, row: Hooked, at: datetime) -> HookSecret:
    """A new secret; the one of now stays good for a day, unless nothing can read it any more."""
    held = _readable(vault, row)
    return held.rotated(at) if held else HookSecret(now=new_secret())


def sealed(vault: Vault, row: Connection, secret: HookSecret) -> bytes:
    """What is stored of it."""
    until = secret.until.isoformat() if secret.until else None
    text = json.dumps({"now": secret.now, "before": secret.before, "until": until})
    return vault.seal(text, hook_place(row.uid))


def replaced(vault: Vault, row: Connection, told: str, at: datetime) -> bytes:
    """What is stored once ``told`` is the secret: what was signed with the one before still
    arrives for a day, unless nothing can read that any more."""
    held = _readable(vault, row)
    if held is None:
        return vault.seal(told, hook_place(row.uid))
    return row.hook_cipher if held.now == told else sealed(vault, row, held.rotated(at, told))


def knows_path(vault: Vault, row: Hooked | None, path: str, at: datetime) -> bool:
    """Whether an address was told by us. For no connection the same work is done, in vain."""
    cipher, place = (row.hook_cipher, hook_place(row.uid)) if row else _decoy(vault)
    secret = _opened(vault, cipher, place)
    given = path.encode("utf-8", "surrogatepass")
    fits = [
        hmac.compare_digest(secret_path(each).encode("ascii"), given) for each in secret.good(at)
    ]
    return any(fits) and row is not None


def _readable(vault: Vault, row: Hooked) -> HookSecret | None:
    try:
        return opened(vault, row) if row.hook_cipher else None
    except Refused:
        return None


@lru_cache(maxsize=512)
def _opened(vault: Vault, cipher: bytes, place: str) -> HookSecret:
    # Another cipher is another secret, so what was opened once stays true.
    return _read(vault.open(cipher, place))


@cache
def _decoy(vault: Vault) -> tuple[bytes, str]:
    return vault.seal(new_secret(), _NOBODY), _NOBODY


def _read(text: str) -> HookSecret:
    # A connection that never got a second secret holds the first as plain text.
    if not text.startswith("{"):
        return HookSecret(now=text)
    held = json.loads(text)
    until = datetime.fromisoformat(held["until"]) if held["until"] else None
    return HookSecret(now=held["now"], before=held["before"], until=until)
