"""Guessing slows down: each failure in a row makes the next attempt wait longer.

Counted per name (known or not, alike) and per address, in the database, so that several web
processes count together.
"""

import hashlib
from datetime import datetime, timedelta

from sqlalchemy import Integer, String, cast, delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from connector.store.tables import Keep

FREE = {"name": 5, "address": 20}
LONGEST = timedelta(minutes=15)
FORGET = timedelta(days=1)
PREFIX = "attempts:"


def _place(kind: str, value: str) -> str:
    return PREFIX + hashlib.sha256(f"{kind}:{value}".encode("utf-8", "replace")).hexdigest()[:48]


def wait(session: Session, now: datetime, **who: str) -> timedelta:
    """How long the next attempt of this ``name`` and ``address`` has to wait; zero: not at all."""
    longest = timedelta(0)
    for kind, value in who.items():
        row = session.get(Keep, _place(kind, value))
        if row is not None:
            longest = max(longest, row.updated_at + _pause(kind, int(row.value)) - now)
    return longest


def _pause(kind: str, failures: int) -> timedelta:
    beyond = failures - FREE[kind]
    return timedelta(0) if beyond < 0 else min(LONGEST, timedelta(seconds=2 ** min(beyond, 12)))


def failed(session: Session, now: datetime, **who: str) -> None:
    """Remember a failure, and forget old ones."""
    old = Keep.name.startswith(PREFIX) & (Keep.updated_at < now - FORGET)
    free = select(Keep.name).where(old).with_for_update(skip_locked=True)
    session.execute(delete(Keep).where(Keep.name.in_(free)))
    one_more = cast(cast(Keep.value, Integer) + 1, String)
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    for kind, value in who.items():
        first = insert(Keep).values(name=_place(kind, value), value="1", updated_at=now)
        again = {"value": one_more, "updated_at": now}
        session.execute(first.on_conflict_do_update(index_elements=[Keep.name], set_=again))


def succeeded(session: Session, **who: str) -> None:
    """Forget the failures of somebody who got in."""
    places = [_place(kind, value) for kind, value in who.items()]
    session.execute(delete(Keep).where(Keep.name.in_(places)))
