"""The looks at a connection's sources: when, what they cost, what they brought, why they failed."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from connector.standing import RunLine
from connector.store.tables import Connection, Run, Source


@dataclass(frozen=True, slots=True)
class Wanted:
    """Whose looks are asked for: a connection's, of one source (None for all), failed ones only."""

    connection: str
    source: str | None = None
    failed: bool = False


def number(session: Session, wanted: Wanted) -> int:
    """How many are kept."""
    return session.scalar(_asked(select(func.count(Run.id)), wanted)) or 0


def runs(session: Session, wanted: Wanted, *, first: int, many: int) -> Iterator[RunLine]:
    """Some of them, the newest first."""
    asked: Select[Any] = select(Run, Source.key)  # type: ignore[assignment]
    query = _asked(asked, wanted).order_by(Run.started_at.desc(), Run.id.desc())
    for row, source in session.execute(query.offset(first).limit(many)):
        yield line(row, wanted.connection, source)


def line(row: Run, connection: str, source: str) -> RunLine:
    """One look as people see it."""
    return RunLine(
        connection=connection,
        source=source,
        started_at=row.started_at,
        seconds=row.seconds,
        calls=row.calls,
        changed=row.items_changed,
        gone=row.items_gone,
        error=row.error,
        times=1,
        since=row.started_at,
        read=row.items_read,
    )


def _asked(query: Select[Any], wanted: Wanted) -> Select[Any]:
    mine = (
        query.join(Source, Source.id == Run.source_id)
        .join(Connection, Connection.id == Source.connection_id)
        .where(Connection.name == wanted.connection, Connection.ended_at.is_(None))
    )
    if wanted.source is not None:
        mine = mine.where(Source.key == wanted.source)
    return mine.where(Run.error.is_not(None)) if wanted.failed else mine
