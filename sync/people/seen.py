"""The accounts seen on work items: their name, and a keyed mark of their verified e-mail."""

from collections.abc import Callable, Iterable
from typing import Any

from sqlalchemy import Insert, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from connector.store.tables import TrackerAccount
from connector.work import WorkItem

Mark = Callable[[str], bytes]
"""A keyed hash, such as ``Vault.mark``: equal for equal texts, and nothing leads back."""


def marked(mark: Mark, email: str) -> bytes:
    """The mark of an e-mail address; case does not matter."""
    return mark(email.strip().lower())


def store_accounts(
    session: Session, connection_id: int, items: Iterable[WorkItem], mark: Mark | None
) -> None:
    """Remember whom these items are assigned to; what a later look does not tell stays."""
    seen: dict[str, dict[str, Any]] = {}
    for item in items:
        if item.assignee:
            seen.setdefault(item.assignee, {}).update(_told(item, mark))
    mine = TrackerAccount.connection_id == connection_id
    query = select(TrackerAccount).where(mine, TrackerAccount.external_id.in_(seen))
    held = {row.external_id: row for row in session.scalars(query)}
    # Two sources of one connection may see an account at once: each insert takes what it finds,
    # and both write in one order, so that neither waits for the other in a ring.
    for external_id in sorted(seen):
        told, row = seen[external_id], held.get(external_id)
        if row is None:
            _add(session, {"connection_id": connection_id, "external_id": external_id, **told})
            continue
        for name, value in told.items():
            if getattr(row, name) != value:
                setattr(row, name, value)
    session.flush()


def _told(item: WorkItem, mark: Mark | None) -> dict[str, Any]:
    told: dict[str, Any] = {"name": item.assignee_name} if item.assignee_name else {}
    if mark is not None and item.assignee_email and item.assignee_email.strip():
        told["email_mark"] = marked(mark, item.assignee_email)
    return told


def _add(session: Session, row: dict[str, Any]) -> None:
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    first = dialect.insert(TrackerAccount).values(**{"name": "", **row})
    place = [TrackerAccount.connection_id, TrackerAccount.external_id]
    told = {name: row[name] for name in ("name", "email_mark") if name in row}
    statement: Insert = (
        first.on_conflict_do_update(index_elements=place, set_=told)
        if told
        else first.on_conflict_do_nothing(index_elements=place)
    )
    session.execute(statement)
