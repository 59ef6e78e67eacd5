"""The rules of signing in: who gets in, who has to wait, and where they go next."""

from collections.abc import Mapping
from datetime import timedelta
from urllib.parse import urlsplit

from flask import g, request
from sqlalchemy.orm import Session

from connector.errors import Refused
from connector.store.tables import User
from web.accounts import bootstrap, invitations, passwords, people, throttle
from web.current import runtime
from web.language import _n, lazy

NOT_YOU = lazy("Name and password do not fit together.")


class Wait(Refused):
    """Too many failures: the next attempt has to wait ``seconds``."""

    def __init__(self, seconds: int) -> None:
        super().__init__(
            _n(
                "Too many attempts. Try again in %(num)s second.",
                "Too many attempts. Try again in %(num)s seconds.",
                seconds,
            )
        )
        self.seconds = seconds


def check(name: str, password: str) -> int:
    """The id of the account both fit; raises ``Wait`` or ``Refused``, alike for any name."""
    who = {"name": people.plain_name(name), "address": _address()}
    _may_try(**who)
    with runtime().store.read() as session:
        user = people.find(session, name)
        stored = user.password_hash if user and user.disabled_at is None else None
    right = passwords.fits(password, stored)
    with runtime().store.write() as session:
        if not right or user is None:
            throttle.failed(session, g.now, **who)
        else:
            throttle.succeeded(session, name=who["name"])
            _renew(session, user.id, password, stored or "")
    if not right or user is None:
        raise Refused(str(NOT_YOU))
    return user.id


def first_admin(form: Mapping[str, str]) -> int:
    """Make the first admin of a set-up form; raises ``Refused`` (``Wait`` after many guesses)."""
    address = {"address": _address()}
    _may_try(**address)
    name, password = form.get("name", ""), form.get("password", "")
    try:
        with runtime().store.write() as session:
            token = form.get("token", "")
            return bootstrap.redeem(session, token, name=name, password=password, now=g.now).id
    except bootstrap.BadToken:
        with runtime().store.write() as session:
            throttle.failed(session, g.now, **address)
        raise


def by_link(token: str, password: str) -> int:
    """Set the password a one-time link is for; raises ``Refused`` (``Wait`` after many guesses)."""
    address = {"address": _address()}
    _may_try(**address)
    try:
        with runtime().store.write() as session:
            return invitations.redeem(session, token, password, g.now).id
    except invitations.BadLink:
        with runtime().store.write() as session:
            throttle.failed(session, g.now, **address)
        raise


def local_path(path: str | None) -> str | None:
    """The path if it stays on this site, else None."""
    if not path or not path.startswith("/") or path.startswith(("//", "/\\")):
        return None
    strange = any(character.isspace() or ord(character) < 32 for character in path) or "\\" in path
    parts = urlsplit(path)
    return None if strange or parts.scheme or parts.netloc else path


def _address() -> str:
    return request.remote_addr or "unknown"


def _may_try(**who: str) -> None:
    with runtime().store.read() as session:
        left = throttle.wait(session, g.now, **who)
    if left > timedelta(0):
        raise Wait(-int(-left.total_seconds() // 1))


def _renew(session: Session, user_id: int, password: str, stored: str) -> None:
    """Hash again where the parameters have become stronger since."""
    user = session.get(User, user_id) if passwords.outdated(stored) else None
    if user is not None:
        user.password_hash = passwords.hashed(password)
