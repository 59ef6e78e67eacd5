"""What leads back from a tracker's sign-in: a state, kept sealed for who began it, taken once."""

import json
import secrets
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from connector.errors import Refused
from connector.store.tables import Agreement
from sync.runtime import Runtime

LENGTH = timedelta(minutes=10)
OVER = (
    "This sign-in is over, was finished already, or was begun by somebody else: begin it again."
    " It can be finished once, within ten minutes, by who began it."
)


def keep(runtime: Runtime, body: Mapping[str, Any], who: str, state: str | None = None) -> str:
    """Store what was begun; returns the secret that leads back to it."""
    state, now = state or secrets.token_urlsafe(32), runtime.clock()
    mark = runtime.vault.mark(state)
    sealed = runtime.vault.seal(json.dumps(body), _place(mark))
    with runtime.store.write() as session:
        session.execute(delete(Agreement).where(Agreement.until < now))
        session.add(Agreement(mark=mark, who=who, until=now + LENGTH, cipher=sealed))
    return state


def taken(runtime: Runtime, state: str, who: str, *, waiting: str | None = None) -> dict[str, Any]:
    """What was begun, taken away so that it serves once; raises ``Refused`` without it.

    ``waiting`` asks for one that waits for an application to be made (``home``), for a choice of
    sites (``grant``), or for neither (empty).
    """
    with runtime.store.write() as session:
        row = find(runtime, session, state, who)
        if row is None or waiting not in {None, stage(opened(runtime, row))}:
            raise Refused(OVER)
        gone = session.execute(delete(Agreement).where(Agreement.id == row.id))
        if gone.rowcount != 1:  # type: ignore[attr-defined]
            raise Refused(OVER)
    return opened(runtime, row)


def stage(body: Mapping[str, Any]) -> str:
    """What something begun waits for."""
    return next((each for each in ("home", "grant") if each in body), "")


def find(runtime: Runtime, session: Session, state: str, who: str) -> Agreement | None:
    """What a state leads back to, of who began it and in time."""
    row = session.scalars(
        select(Agreement).where(
            Agreement.mark == runtime.vault.mark(state),
            Agreement.who == who,
            Agreement.until >= runtime.clock(),
        )
    )
    return row.one_or_none()


def opened(runtime: Runtime, row: Agreement) -> dict[str, Any]:
    """What was kept."""
    body: dict[str, Any] = json.loads(runtime.vault.open(row.cipher, _place(row.mark)))
    return body


def _place(mark: bytes) -> str:
    return f"agreement/{mark.hex()}/cipher"
