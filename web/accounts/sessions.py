"""Server-side sessions: a random secret in a cookie, only its hash in the database."""

import hashlib
import secrets
from datetime import datetime, timedelta

from flask import current_app, g, redirect, request, url_for
from flask import session as own_words
from sqlalchemy import delete, exists, or_, select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from connector.store.tables import Connection, Keep, SignIn, User
from web import live, security
from web.current import runtime
from web.principal import Principal

INVITATION = "invitation:"
IDLE = timedelta(hours=12)
LONGEST = timedelta(days=14)
TOUCH = timedelta(minutes=5)
NARROWED = exists().where(Connection.seen_by.is_not(None))
"""Whether any connection is not for everybody to see (``web.access``): asked along."""


def _hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode("utf-8", "replace")).digest()


def begin(session: Session, user_id: int, now: datetime) -> str:
    """Open a session for somebody who has proved who they are; gives the cookie's secret."""
    outdated = or_(SignIn.seen_at < now - IDLE, SignIn.created_at < now - LONGEST)
    session.execute(delete(SignIn).where(outdated))
    secret = secrets.token_urlsafe(32)
    row = SignIn(secret_hash=_hash(secret), user_id=user_id, created_at=now, seen_at=now)
    session.add(row)
    return secret


def end(session: Session, secret: str) -> None:
    """Revoke one session."""
    session.execute(delete(SignIn).where(SignIn.secret_hash == _hash(secret)))


def end_all(session: Session, user_id: int) -> None:
    """Revoke every session of a person: their password or role changed."""
    session.execute(delete(SignIn).where(SignIn.user_id == user_id))
    forget_invitation(session, user_id)


def forget_invitation(session: Session, user_id: int) -> None:
    """Have no one-time link open an account any more."""
    session.execute(delete(Keep).where(Keep.name == f"{INVITATION}{user_id}"))


def others(session: Session, user_id: int, secret: str) -> tuple[datetime, ...]:
    """When the other open sessions of a person were last used, the newest first."""
    mine = (SignIn.user_id == user_id, SignIn.secret_hash != _hash(secret))
    open_ = (SignIn.seen_at >= g.now - IDLE, SignIn.created_at >= g.now - LONGEST)
    query = select(SignIn.seen_at).where(*mine, *open_).order_by(SignIn.seen_at.desc())
    return tuple(session.scalars(query))


def end_others(session: Session, user_id: int, secret: str) -> None:
    """Revoke every session of a person but the one with this secret."""
    mine = (SignIn.user_id == user_id, SignIn.secret_hash != _hash(secret))
    session.execute(delete(SignIn).where(*mine))


def enter(user_id: int, then: str | None = None) -> Response:
    """Start a fresh session for somebody who has proved who they are, whatever the browser brought
    along: what it held is ended. They go on to ``then``, or to the first page."""
    old = own_secret()
    with runtime().store.write() as store:
        if old:
            end(store, old)
        secret = begin(store, user_id, g.now)
    own_words.clear()
    response = redirect(then or url_for("home.start"), 303)
    set_cookie(response, secret)
    return response


def own_secret() -> str:
    """The secret of the session that makes this request, or ''."""
    return request.cookies.get(current_app.config["SIGN_IN_COOKIE"], "")


def identify() -> None:
    """Find out who makes this request; sets ``g.principal`` and ``g.narrowed``."""
    secret = request.cookies.get(current_app.config["SIGN_IN_COOKIE"])
    if not secret or request.endpoint in security.STATIC:
        return
    with runtime().store.read() as session:
        found = session.execute(
            select(SignIn, User, NARROWED)
            .join(User, SignIn.user_id == User.id)
            .where(SignIn.secret_hash == _hash(secret), User.disabled_at.is_(None))
        ).first()
    if found is None or not _is_fresh(found[0], g.now):
        return
    user = found[1]
    g.principal = Principal(user.id, user.name, user.role, user.language)
    g.narrowed = found[2]
    if g.now - found[0].seen_at > TOUCH and not live.is_poll():
        _touch(found[0].id)


def _is_fresh(row: SignIn, now: datetime) -> bool:
    return now - row.seen_at <= IDLE and now - row.created_at <= LONGEST


def _touch(sign_in_id: int) -> None:
    with runtime().store.write() as session:
        row = session.get(SignIn, sign_in_id)
        if row is not None:
            row.seen_at = g.now


def set_cookie(response: Response, secret: str) -> None:
    """Hand the secret to the browser."""
    response.set_cookie(
        current_app.config["SIGN_IN_COOKIE"],
        secret,
        max_age=int(LONGEST.total_seconds()),
        secure=current_app.config["SESSION_COOKIE_SECURE"],
        httponly=True,
        samesite="Lax",
    )


def clear_cookie(response: Response) -> None:
    """Take the secret away from the browser."""
    response.delete_cookie(
        current_app.config["SIGN_IN_COOKIE"],
        secure=current_app.config["SESSION_COOKIE_SECURE"],
        httponly=True,
        samesite="Lax",
    )
