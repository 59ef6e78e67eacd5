"""Deliveries that moved nothing: counted by kind in memory, stored and told of every few seconds.

Anybody may send forged ones, so one alone must cost neither a write nor a line in the log.
"""

import threading
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal, Protocol, get_args
from weakref import WeakKeyDictionary

import structlog
from sqlalchemy import update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from connector.store import Store
from connector.store.tables import Connection, DeliveryCount
from sync.runtime import Runtime

log = structlog.get_logger()
SPAN = timedelta(seconds=5)
"""No connection's counts are stored more often than this."""
Kind = Literal["forged", "unreadable", "repeated", "replayed"]
"""``repeated``: stored before. ``replayed``: stored before under another identifier."""
KINDS: tuple[Kind, ...] = get_args(Kind)
_WORDS: Mapping[Kind, str] = {
    "forged": "with a signature that does not fit",
    "unreadable": "that could not be read",
    "repeated": "sent again",
    "replayed": "with the body of an earlier one",
}
REFUSED: frozenset[Kind] = frozenset({"forged", "unreadable"})
_Of = tuple[int, str]


class Named(Protocol):
    """A connection, or its door."""

    @property
    def id(self) -> int: ...  # noqa: D102
    @property
    def name(self) -> str: ...  # noqa: D102


@dataclass(slots=True)
class _Counted:
    """What this process counted, by connection (id and name), and when that was stored last."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    waiting: dict[_Of, Counter[Kind]] = field(default_factory=dict)
    stored_at: dict[_Of, datetime] = field(default_factory=dict)


_counted: WeakKeyDictionary[Store, _Counted] = WeakKeyDictionary()
_making = threading.Lock()


def count(runtime: Runtime, connection: Named, kind: Kind) -> None:
    """Count one; the first refused one of a span is stored at once, with those before it."""
    with _making:
        mine = _counted.setdefault(runtime.store, _Counted())
    of = (connection.id, connection.name)
    with mine.lock:
        mine.waiting.setdefault(of, Counter())[kind] += 1
    if kind in REFUSED:
        _store(runtime, mine, [of])


def settle(runtime: Runtime) -> None:
    """Store what still waits of spans that are over."""
    mine = _counted.get(runtime.store)
    if mine is not None:
        with mine.lock:
            waiting = list(mine.waiting)
        _store(runtime, mine, waiting)


def counts(session: Session, connection_id: int) -> dict[Kind, int]:
    """What was counted of a connection, by kind; kinds that never came are left out."""
    found = session.query(DeliveryCount).filter_by(connection_id=connection_id)
    held = {row.kind: row.number for row in found}
    return {kind: held[kind] for kind in KINDS if kind in held}


def told(counted: Mapping[Kind, int]) -> str:
    """Such counts in words."""
    return ", ".join(f"{number} {_WORDS[kind]}" for kind, number in counted.items())


def _store(runtime: Runtime, mine: _Counted, waiting: list[_Of]) -> None:
    taken = {each: found for each in waiting if (found := _taken(runtime, mine, each))}
    if not taken:
        return
    try:
        with runtime.store.write() as session:
            for (connection_id, _), found in sorted(taken.items()):
                _add(session, connection_id, found, runtime.clock())
    except DBAPIError:  # nobody is told otherwise for that: they are counted when it is back
        with mine.lock:
            for of, found in taken.items():
                mine.waiting.setdefault(of, Counter()).update(found)
        return
    for (_, name), found in taken.items():
        if refused := sum(found[kind] for kind in REFUSED):
            log.warning("delivery.refused", connection=name, count=refused)


def _add(session: Session, connection_id: int, found: Mapping[Kind, int], now: datetime) -> None:
    refused = sum(number for kind, number in found.items() if kind in REFUSED)
    more = Connection.refused_deliveries + refused
    mine = update(Connection).where(Connection.id == connection_id)
    changed = session.execute(mine.values(refused_deliveries=more))
    if changed.rowcount != 1:  # type: ignore[attr-defined]
        return
    dialect = session.get_bind().dialect.name
    insert = (sqlite if dialect == "sqlite" else postgresql).insert(DeliveryCount)
    for kind, number in sorted(found.items()):
        row = {"connection_id": connection_id, "kind": kind, "number": number, "last_at": now}
        more = DeliveryCount.number + number
        session.execute(
            insert.values(row).on_conflict_do_update(
                index_elements=["connection_id", "kind"], set_={"number": more, "last_at": now}
            )
        )


def _taken(runtime: Runtime, mine: _Counted, of: _Of) -> Counter[Kind] | None:
    """What is to be stored now; nothing within a span of the last ones."""
    now = runtime.clock()
    with mine.lock:
        last = mine.stored_at.get(of)
        # Later than now was stored before the clock was set back.
        if last is not None and last <= now < last + SPAN:
            return None
        found = mine.waiting.pop(of, None)
        if found:
            mine.stored_at[of] = now
        return found
