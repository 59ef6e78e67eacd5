"""The first admin: a token printed once at the first start instead of a default password."""

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from connector.errors import Refused
from connector.store.tables import Keep, User
from sync.runtime import Runtime
from web.accounts import people

NAME = "setup_token"
VALID = timedelta(hours=1)
WRONG = (
    "That token is not valid: it was mistyped, used already or is older than one hour. "
    "Restart Worklift to get a new one."
)


def ensure(runtime: Runtime) -> str | None:
    """A new set-up token while there is no admin, to be shown once; None when not needed."""
    if runtime.settings.demo:
        return None
    now = runtime.clock()
    with runtime.store.write() as session:
        if people.has_admin(session):
            _forget(session)
            return None
        token = secrets.token_urlsafe(32)
        row = session.get(Keep, NAME) or Keep(name=NAME)
        row.value, row.updated_at = _hash(token), now
        session.add(row)
    return token


def redeem(session: Session, token: str, *, name: str, password: str, now: datetime) -> User:
    """Make the first admin; the token is used up only when that worked."""
    row = session.get(Keep, NAME)
    stored = row.value if row is not None and now - row.updated_at <= VALID else ""
    if people.has_admin(session) or not hmac.compare_digest(_hash(token), stored):
        raise BadToken(WRONG)
    user = people.add_user(session, name, password, "admin", now)
    _forget(session)
    return user


class BadToken(Refused):
    """The token does not open anything; attempts are counted."""


def _forget(session: Session) -> None:
    row = session.get(Keep, NAME)
    if row is not None:
        session.delete(row)


def _hash(token: str) -> str:
    return hashlib.sha256(token.strip().encode("utf-8", "replace")).hexdigest()
