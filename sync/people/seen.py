"""The accounts seen on work items: their name, and a keyed mark of their verified e-mail."""

from collections.abc import Callable, Iterable
from operator import attrgetter
from typing import Any

from sqlalchemy import func
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from connector.store.tables import TrackerAccount
from connector.work import WorkItem
from sync import bulk

_ASSIGNED = attrgetter("assignee", "assignee_name", "assignee_email")
_HELD = (TrackerAccount.external_id, TrackerAccount.name, TrackerAccount.email_mark)
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
    for account, name, email in dict.fromkeys(map(_ASSIGNED, items)):
        if account:
            seen.setdefault(account, {}).update(_told(name, email, mark))
    if not seen:
        return
    mine = {TrackerAccount.connection_id: connection_id}
    held = bulk.named(session, _HELD, mine, TrackerAccount.external_id, seen)
    fresh = [
        {
            "connection_id": connection_id,
            "external_id": each,
            "name": "",
            "email_mark": None,
            **told,
        }
        for each, told in sorted(seen.items())
        if not _is_known(held.get(each), told)
    ]
    if fresh:
        _write(session, fresh)


def _told(name: str | None, email: str | None, mark: Mark | None) -> dict[str, Any]:
    told: dict[str, Any] = {"name": name} if name else {}
    if mark is not None and email and email.strip():
        told["email_mark"] = marked(mark, email)
    return told


def _is_known(row: Any, told: dict[str, Any]) -> bool:
    return row is not None and all(getattr(row, name) == value for name, value in told.items())


def _write(session: Session, rows: list[dict[str, Any]]) -> None:
    """Sources of one connection may see an account at once: whoever comes second adds to the
    first, and all write in one order, so that none waits for another in a ring."""
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    first = dialect.insert(TrackerAccount)
    told = first.excluded
    session.execute(
        first.on_conflict_do_update(
            index_elements=[TrackerAccount.connection_id, TrackerAccount.external_id],
            set_={
                "name": func.coalesce(func.nullif(told.name, ""), TrackerAccount.name),
                "email_mark": func.coalesce(told.email_mark, TrackerAccount.email_mark),
            },
        ),
        rows,
        execution_options={"populate_existing": True},
    )
