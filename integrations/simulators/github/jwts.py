"""The JSON web tokens a GitHub App signs in with: RS256, at most ten minutes long."""

import base64
import json
from collections.abc import Mapping
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding

from integrations.simulators.github.apps import App

LONGEST = 600
SLACK = 60
UNREADABLE = "A JSON web token could not be decoded"


class BadToken(Exception):
    """A token that does not open anything, in GitHub's words."""


def is_jwt(text: str) -> bool:
    """Whether a token has the form of a JSON web token."""
    return text.count(".") == 2


def app_of(text: str, apps: Mapping[int, App], now: float) -> App:
    """The app that signed a token; raises ``BadToken`` for one GitHub would refuse."""
    head, body, signature = text.split(".")
    try:
        claims, header = _read(body), _read(head)
        signed = base64.urlsafe_b64decode(_filled(signature))
    except ValueError:
        raise BadToken(UNREADABLE) from None
    app = _issuer(claims.get("iss"), apps)
    if app is None:
        raise BadToken("Integration not found")
    if header.get("alg") != "RS256":
        raise BadToken(UNREADABLE)
    try:
        public = app.key.public_key()
        public.verify(signed, f"{head}.{body}".encode(), padding.PKCS1v15(), hashes.SHA256())
    except InvalidSignature:
        raise BadToken(UNREADABLE) from None
    _in_time(claims, now)
    return app


def signed(app: App, now: float, **claims: object) -> str:
    """A token as the app itself would make it, for nine minutes; ``claims`` change it."""
    about = {"iat": int(now) - 60, "exp": int(now) + 540, "iss": str(app.id), **claims}
    head, body = (_written(part) for part in ({"alg": "RS256", "typ": "JWT"}, about))
    made = app.key.sign(f"{head}.{body}".encode(), padding.PKCS1v15(), hashes.SHA256())
    return f"{head}.{body}.{base64.urlsafe_b64encode(made).decode().rstrip('=')}"


def _written(part: Mapping[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=")


def _issuer(named: object, apps: Mapping[int, App]) -> App | None:
    found = (app for app in apps.values() if str(named) in (str(app.id), app.client_id))
    return next(found, None)


def _in_time(claims: Mapping[str, Any], now: float) -> None:
    ends, issued = claims.get("exp"), claims.get("iat")
    if not isinstance(ends, int | float):
        raise BadToken("'Expiration time' claim ('exp') must be a numeric value representing "
                       "the future time at which the assertion expires")  # fmt: skip
    if not isinstance(issued, int | float) or issued > now + SLACK:
        raise BadToken("'Issued at' claim ('iat') must be an Integer representing the time that "
                       "the assertion was issued")  # fmt: skip
    if ends <= now:
        raise BadToken("'Expiration time' claim ('exp') must be a numeric value representing "
                       "the future time at which the assertion expires")  # fmt: skip
    if ends > now + LONGEST + SLACK:
        raise BadToken("'Expiration time' claim ('exp') is too far in the future")


def _read(part: str) -> dict[str, Any]:
    found = json.loads(base64.urlsafe_b64decode(_filled(part)))
    if not isinstance(found, dict):
        raise ValueError("no claims")  # noqa: TRY004
    return found


def _filled(part: str) -> str:
    return part + "=" * (-len(part) % 4)
