"""What connections are called, and were called before: old names still lead to them."""

from collections.abc import Callable
from dataclasses import replace

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from connector import scopes
from connector.errors import Unfit
from connector.plans import Entry, Plan, PlanLink
from connector.scopes import Scope
from connector.store.tables import Connection, FormerName

Today = Callable[[Scope], Scope]


def now_called(session: Session, name: str) -> str | None:
    """What the connection is called now that was called so before; None where none was."""
    query = (
        select(Connection.name)
        .join(FormerName, FormerName.connection_id == Connection.id)
        .where(FormerName.name == name, Connection.ended_at.is_(None))
    )
    return session.scalar(query)


def taken(name: str, now: str) -> str:
    """Why a name cannot be had that another connection had before."""
    return (
        f"the connection {now} was called {name} before, and its webhooks may still come in under"
        " that name; choose another name"
    )


def take(session: Session, name: str) -> None:
    """Have a connection that is made be called so; raises ``Refused`` where the name still leads
    to another one. Those that had it before and ended give it up."""
    called = now_called(session, name)
    if called is not None:
        raise Unfit("name", taken(name, called))
    session.execute(delete(FormerName).where(FormerName.name == name))


def settle(session: Session, name: str) -> None:
    """Write what is called so; raises ``Refused`` where another came to it in the same moment."""
    try:
        session.flush()
    except IntegrityError:
        raise Unfit("name", another(name)) from None


def another(name: str) -> str:
    """Why a name cannot be had that another connection has."""
    return f"another connection is called {name}; choose another name"


def former(session: Session, connection_id: int) -> list[FormerName]:
    """What a connection was called before, the newest name first."""
    query = select(FormerName).where(FormerName.connection_id == connection_id)
    return list(session.scalars(query.order_by(FormerName.until.desc(), FormerName.name)))


def today(session: Session) -> Today:
    """A function that has a scope name its connection as it is called now."""
    query = (
        select(FormerName.name, Connection.tracker, Connection.name)
        .join(Connection, Connection.id == FormerName.connection_id)
        .where(Connection.ended_at.is_(None))
    )
    known = {(tracker, old): new for old, tracker, new in session.execute(query)}

    def renamed(scope: Scope) -> Scope:
        new = known.get((scope.tracker, scope.connection or ""))
        return scope if new is None else scopes.parse(placed(scope.text, new))

    return renamed


def placed(text: str, name: str) -> str:
    """A scope as it is written, naming this connection."""
    head, _, rest = text.partition(":")
    return f"{head.partition('@')[0]}@{name}:{rest}"


def plan_of_today(session: Session, plan: Plan) -> Plan:
    """A plan whose links name connections as they are called now: files may be older."""
    renamed = today(session)
    return replace(plan, entries=tuple(_entry(each, renamed) for each in plan.entries))


def _entry(entry: Entry, renamed: Today) -> Entry:
    links: tuple[PlanLink, ...] | None = entry.fields.get("links")
    if not links:
        return entry
    fresh = tuple(replace(each, scope=renamed(each.scope)) for each in links)
    return replace(entry, fields={**entry.fields, "links": fresh})
