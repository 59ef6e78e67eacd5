"""How the sync does: figures, what is set aside, the last drains, and notes that failed."""

from collections.abc import Iterable
from dataclasses import replace

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from connector.standing import Aside, RunLine, Standing, UnsentNotes
from connector.store.tables import Connection, Note, Run, Source, UnreadableItem
from sync.reports.figures import figures
from sync.reports.runs import line
from sync.version import VERSION

SHOWN_ASIDE, SHOWN_RUNS, SHOWN_NOTES = 200, 20, 20
READ_RUNS = 500
"""Of these, the same errors of a source are told as one."""


def standing(session: Session) -> Standing:
    """As it is now."""
    counted = figures(session)
    return Standing(
        figures=counted,
        aside=tuple(_aside(session)),
        aside_in_all=sum(each.aside for each in counted.sources),
        runs=_grouped(_runs(session))[:SHOWN_RUNS],
        notes=tuple(_notes(session)),
    )


def _aside(session: Session) -> Iterable[Aside]:
    query = (
        select(UnreadableItem, Source.key, Connection.name)
        .join(Source, Source.id == UnreadableItem.source_id)
        .join(Connection, Connection.id == Source.connection_id)
        .where(Connection.ended_at.is_(None))
        .order_by(UnreadableItem.since.desc(), UnreadableItem.external_id)
    )
    for row, source, connection in session.execute(query.limit(SHOWN_ASIDE)):
        yield Aside(
            connection=connection,
            source=source,
            item=row.key or row.external_id,
            field=row.field,
            why=row.message.removeprefix(f"{row.key}: "),
            since=row.since,
            attempts=row.attempts,
            again=row.version != VERSION,
        )


def _runs(session: Session) -> Iterable[RunLine]:
    query = (
        select(Run, Source.key, Connection.name)
        .join(Source, Source.id == Run.source_id)
        .join(Connection, Connection.id == Source.connection_id)
        .where(Connection.ended_at.is_(None))
        .order_by(Run.id.desc())
    )
    for row, source, connection in session.execute(query.limit(READ_RUNS)):
        yield line(row, connection, source)


def _grouped(runs: Iterable[RunLine]) -> tuple[RunLine, ...]:
    """Newest first; a source that fails with the same error again and again is told once."""
    found: list[RunLine] = []
    last: dict[tuple[str, str], int] = {}
    for run in runs:
        at = last.get((run.connection, run.source))
        if at is not None and run.error is not None and found[at].error == run.error:
            found[at] = replace(found[at], times=found[at].times + 1, since=run.started_at)
            continue
        last[run.connection, run.source] = len(found)
        found.append(run)
    return tuple(found)


def _notes(session: Session) -> Iterable[UnsentNotes]:
    given_up, number = Note.due_at.is_(None), func.count()
    query = (
        select(Connection.name, Note.error, given_up, number)
        .join(Connection, Connection.id == Note.connection_id)
        .where(Note.error.is_not(None), Connection.ended_at.is_(None))
        .group_by(Connection.name, Note.error, given_up)
        .order_by(number.desc(), Connection.name, Note.error)
    )
    for name, why, is_given_up, count in session.execute(query.limit(SHOWN_NOTES)):
        yield UnsentNotes(connection=name, why=why or "", number=count, given_up=bool(is_given_up))
