"""What is to be shown after a change, once: sealed in the database until it is looked at.

Neither an address nor a cookie holds any of it, since a secret may be among it.
"""

import json
import secrets
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select

from connector.store.tables import Agreement
from sync.runtime import Runtime

LENGTH = timedelta(minutes=10)


def keep(runtime: Runtime, body: Mapping[str, Any], who: str) -> str:
    """Keep it for somebody; returns what leads back to it, for who can be told nothing by it."""
    key, now = secrets.token_urlsafe(24), runtime.clock()
    mark = runtime.vault.mark(key)
    cipher = runtime.vault.seal(json.dumps(body), _place(mark))
    with runtime.store.write() as session:
        session.execute(delete(Agreement).where(Agreement.until < now))
        session.add(Agreement(mark=mark, who=_who(who), until=now + LENGTH, cipher=cipher))
    return key


def look(runtime: Runtime, key: str, who: str) -> dict[str, Any] | None:
    """What was kept for somebody; None when it was taken or is too old."""
    mark = runtime.vault.mark(key)
    query = select(Agreement).where(
        Agreement.mark == mark, Agreement.who == _who(who), Agreement.until >= runtime.clock()
    )
    with runtime.store.read() as session:
        row = session.scalars(query).one_or_none()
    if row is None:
        return None
    body: dict[str, Any] = json.loads(runtime.vault.open(row.cipher, _place(mark)))
    return body


def take(runtime: Runtime, key: str, who: str) -> dict[str, Any] | None:
    """The same, and nobody gets it again."""
    body = look(runtime, key, who)
    mine = delete(Agreement).where(Agreement.mark == runtime.vault.mark(key))
    with runtime.store.write() as session:
        taken = session.execute(mine).rowcount  # type: ignore[attr-defined]
    return body if taken else None


def _who(who: str) -> str:
    return f"once/{who}"


def _place(mark: bytes) -> str:
    return f"agreement/{mark.hex()}/once"
