"""Webhook signatures: HMAC-SHA256 over the raw body, compared as bytes."""

import hmac
from collections.abc import Mapping


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
