"""Form tokens under a mask of their own on every page, so that compressed pages do not give them
away: whoever watches lengths (BREACH) finds nothing that two answers have in common."""

import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode

from flask import Flask
from flask_wtf.csrf import CSRFProtect, generate_csrf

_MASKED = "m."


class MaskedProtect(CSRFProtect):  # type: ignore[misc]
    """Takes tokens as ``masked`` made them."""

    def init_app(self, app: Flask) -> None:
        """Protect an application, and give its templates masked tokens."""
        super().init_app(app)
        app.jinja_env.globals["csrf_token"] = _fresh
        app.context_processor(lambda: {"csrf_token": _fresh})

    def _get_csrf_token(self) -> str | None:
        given = super()._get_csrf_token()
        return given and unmasked(given)


def _fresh() -> str:
    return masked(generate_csrf())


def masked(token: str) -> str:
    """A token beneath random bytes of its own length."""
    plain = token.encode()
    mask = secrets.token_bytes(len(plain))
    return _MASKED + urlsafe_b64encode(mask + _xor(plain, mask)).decode()


def unmasked(given: str) -> str:
    """The token; what was never masked is given back as it is, and judged as such."""
    if not given.startswith(_MASKED):
        return given
    try:
        both = urlsafe_b64decode(given.removeprefix(_MASKED).encode())
        half = len(both) // 2
        return _xor(both[half:], both[:half]).decode()
    except ValueError:
        return given


def _xor(one: bytes, other: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(one, other, strict=False))
