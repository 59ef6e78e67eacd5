"""One-time links by which somebody sets the password of their own account, and nobody else."""

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.orm import Session

from connector.errors import Refused
from connector.store.tables import Keep, User
from web.accounts import passwords, people, sessions
from web.language import lazy

PREFIX = sessions.INVITATION
VALID = timedelta(days=3)
WRONG = lazy(
    "That link is not valid: it was used already, replaced by a newer one, or is older than three"
    " days. Ask an admin for a new one."
)


class BadLink(Refused):
    """The link opens nothing; attempts are counted."""


def invite(session: Session, user: User, now: datetime) -> str:
    """A new token for an account, to be shown once; earlier ones open nothing any more."""
    token = secrets.token_urlsafe(32)
    name = f"{PREFIX}{user.id}"
    row = session.get(Keep, name) or Keep(name=name)
    row.value, row.updated_at = _hash(token), now
    session.add(row)
    return token


def holder(session: Session, token: str, now: datetime) -> User | None:
    """Whose account a token opens."""
    query = select(Keep.name).where(*_fitting(token, now))
    return _user(session, session.scalars(query).one_or_none())


def redeem(session: Session, token: str, password: str, now: datetime) -> User:
    """Set the password a token is for; it is used up only when that worked."""
    # Of several at once only one deletes it; a failure further on brings it back.
    used = session.scalar(delete(Keep).where(*_fitting(token, now)).returning(Keep.name))
    user = _user(session, used)
    if user is None:
        raise BadLink(str(WRONG))
    return people.set_password(session, user.name, password)


def forget(session: Session, user: User) -> None:
    """Have no link open an account any more."""
    sessions.forget_invitation(session, user.id)


def has_password(user: User) -> bool:
    """Whether somebody set a password already."""
    return user.password_hash != passwords.NO_PASSWORD


def _user(session: Session, name: str | None) -> User | None:
    user = session.get(User, int(name.removeprefix(PREFIX))) if name else None
    return user if user is not None and user.disabled_at is None else None


def _fitting(token: str, now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        Keep.name.startswith(PREFIX),
        Keep.value == _hash(token),
        Keep.updated_at >= now - VALID,
    )


def _hash(token: str) -> str:
    return hashlib.sha256(token.strip().encode("utf-8", "replace")).hexdigest()
