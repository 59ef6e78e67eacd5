"""Webhook signatures: HMAC-SHA256 over the raw body, compared as bytes; and signed words."""

import base64
import binascii
import hmac
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from integrations.kit.decode import Undecodable, decode

_LEEWAY = timedelta(minutes=5)
"""So far two clocks may be apart."""
_LONGEST = 8192


def header(headers: Mapping[str, str], name: str) -> str:
    """A header by any case of its name, or ''."""
    wanted = name.lower()
    return next((value for key, value in headers.items() if key.lower() == wanted), "")


def sign(body: bytes, secret: str) -> str:
    """The header value ``sha256=<hex>`` for a body."""
    key = secret.encode("utf-8", "surrogatepass")
    return "sha256=" + hmac.new(key, body, "sha256").hexdigest()


def signed(body: bytes, secret: str, given: str) -> bool:
    """Whether ``given`` is the body's signature; any text is safe, an empty secret never fits."""
    expected = sign(body, secret).encode("ascii")
    # Bytes, because comparing text with non-ASCII characters raises.
    fits = hmac.compare_digest(expected, given.encode("utf-8", "surrogatepass"))
    return fits and bool(secret)


def verdict(body: bytes, secret: str, given: str) -> bool | None:
    """The same, and None where no signature is given at all."""
    return signed(body, secret, given) if given else None


def vouched(token: str, secret: str, now: datetime) -> bool:
    """Whether a JSON Web Token was signed with the secret (HS256, and nothing else, whatever it
    says of itself) and has not ended; any text is safe, an empty secret never fits."""
    said, _, given = token.rpartition(".")
    if not secret or not said.isascii() or len(token) > _LONGEST:
        return False
    digest = hmac.digest(secret.encode("utf-8", "surrogatepass"), said.encode("ascii"), "sha256")
    expected = base64.urlsafe_b64encode(digest).rstrip(b"=")
    if not hmac.compare_digest(expected, given.encode("utf-8", "surrogatepass")):
        return False
    head, _, claims = said.partition(".")
    return _part(head).get("alg") == "HS256" and _is_good(_part(claims), now)


def _is_good(claims: Mapping[str, Any], now: datetime) -> bool:
    end = claims.get("exp")
    if end is None:
        return bool(claims)
    if isinstance(end, bool) or not isinstance(end, int | float) or not 0 <= end < 1e11:
        return False
    return now < datetime.fromtimestamp(end, UTC) + _LEEWAY


def _part(text: str) -> dict[str, Any]:
    """One part of a token; empty for what is none."""
    try:
        found = decode(base64.b64decode(text + "=" * (-len(text) % 4), b"-_", validate=True))
    except (Undecodable, binascii.Error):
        return {}
    return found if isinstance(found, dict) else {}
