"""Local accounts: who may sign in, with which role."""

import re
import unicodedata
from datetime import datetime
from typing import get_args

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from connector.errors import Refused
from connector.okr import Role
from connector.store.tables import User
from web.accounts import passwords, sessions
from web.language import _

ROLES: tuple[str, ...] = get_args(Role)
NAME = re.compile(r"[\w.@+-](?:[\w.@+ -]{0,62}[\w.@+-])?")


def plain_name(name: str) -> str:
    """A name in the one form it is stored and looked up in."""
    return unicodedata.normalize("NFKC", name).strip().casefold()


def find(session: Session, name: str) -> User | None:
    """The account of that name."""
    return session.scalar(select(User).where(User.name == plain_name(name)))


def has_admin(session: Session) -> bool:
    """Whether anybody could set things up."""
    count = select(func.count()).where(User.role == "admin", User.disabled_at.is_(None))
    return bool(session.scalar(count.select_from(User)))


def add_user(session: Session, name: str, password: str, role: str, now: datetime) -> User:
    """Make an account; raises ``Refused`` with a sentence for everything that is wrong."""
    known = plain_name(name)
    problems = _problems(session, known, role)
    try:
        passwords.check_rules(known, password)
    except Refused as refused:
        problems.extend(refused.problems)
    if problems:
        raise Refused(*problems)
    return _store(session, User(name=known, role=role, created_at=now), password)


def announce(session: Session, name: str, role: str, now: datetime) -> User:
    """Make an account that no password opens yet; raises ``Refused`` like ``add_user``."""
    known = plain_name(name)
    if problems := _problems(session, known, role):
        raise Refused(*problems)
    user = User(name=known, role=role, created_at=now, password_hash=passwords.NO_PASSWORD)
    return _written(session, user)


def _problems(session: Session, known: str, role: str) -> list[str]:
    problems = []
    if not NAME.fullmatch(known):
        problems.append(_("The name needs 1 to 64 letters, digits, spaces or any of . _ @ + -"))
    elif find(session, known) is not None:
        problems.append(_taken(known))
    if role not in ROLES:
        problems.append(_no_role(role))
    return problems


def _store(session: Session, user: User, password: str) -> User:
    user.password_hash = passwords.hashed(password)
    return _written(session, user)


def _written(session: Session, user: User) -> User:
    """An account that is stored; somebody may have taken its name in the same moment."""
    session.add(user)
    try:
        session.flush()
    except IntegrityError:
        raise Refused(_taken(user.name)) from None
    return user


def _taken(name: str) -> str:
    return _("There is an account named %(name)s already.", name=name)


def set_password(session: Session, name: str, password: str) -> User:
    """Give an account another password and end all its sessions."""
    user = _known(session, name)
    passwords.check_rules(user.name, password)
    user.password_hash = passwords.hashed(password)
    sessions.end_all(session, user.id)
    return user


def set_role(session: Session, name: str, role: str) -> User:
    """Give an account another role and end all its sessions; one admin always stays."""
    _hold_admins(session)
    user = _known(session, name)
    if role not in ROLES:
        raise Refused(_no_role(role))
    if role != "admin":
        _refuse_last(session, user)
    user.role = role
    sessions.end_all(session, user.id)
    return user


def _no_role(role: str) -> str:
    return _(
        "There is no role '%(role)s'; there are: %(roles)s.", role=role, roles=", ".join(ROLES)
    )


def disable(session: Session, name: str, now: datetime) -> User:
    """Let an account in no more and end all its sessions; one admin always stays."""
    _hold_admins(session)
    user = _known(session, name)
    _refuse_last(session, user)
    user.disabled_at = user.disabled_at or now
    sessions.end_all(session, user.id)
    return user


def enable(session: Session, name: str) -> User:
    """Let a disabled account in again."""
    user = _known(session, name)
    user.disabled_at = None
    return user


def _hold_admins(session: Session) -> None:
    """Let nobody else take an admin away meanwhile: two at once would each see the other's stay.

    To be called before accounts are read. SQLite has one writer anyway.
    """
    admins = select(User.id).where(User.role == "admin").order_by(User.id)
    session.execute(admins.with_for_update(key_share=True))


def _refuse_last(session: Session, user: User) -> None:
    count = select(func.count()).select_from(User)
    admins = count.where(User.role == "admin", User.disabled_at.is_(None))
    is_admin = user.role == "admin" and user.disabled_at is None
    if is_admin and (session.scalar(admins) or 0) <= 1:
        raise Refused(
            _("%(name)s is the last admin; make somebody else admin first.", name=user.name)
        )


def _known(session: Session, name: str) -> User:
    user = find(session, name)
    if user is None:
        raise Refused(_("There is no account named %(name)s.", name=name))
    return user
