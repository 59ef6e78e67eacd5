"""The first admin: a token printed once at the first start instead of a default password."""

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from connector.errors import Refused
from connector.store.tables import Keep, User
from sync.runtime import Runtime
from web.accounts import people
from web.language import lazy

NAME = "setup_token"
VALID = timedelta(hours=1)
WRONG = lazy(
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
    fits = (Keep.name == NAME, Keep.value == _hash(token), Keep.updated_at >= now - VALID)
    # Of several at once only one deletes it; a failure further on brings it back.
    used = session.scalar(delete(Keep).where(*fits).returning(Keep.name))
    if used is None or people.has_admin(session):
        raise BadToken(str(WRONG))
    return people.add_user(session, name, password, "admin", now)


class BadToken(Refused):
    """The token does not open anything; attempts are counted."""


def _forget(session: Session) -> None:
    row = session.get(Keep, NAME)
    if row is not None:
        session.delete(row)


def _hash(token: str) -> str:
    return hashlib.sha256(token.strip().encode("utf-8", "replace")).hexdigest()
