"""How the sync does: figures, what is set aside, the last drains, and notes that failed."""

from collections.abc import Iterable

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from connector.standing import Aside, RunLine, Standing, UnsentNotes
from connector.store.tables import Connection, Note, Run, Source, UnreadableItem
from sync.reports.figures import figures
from sync.version import VERSION

SHOWN_ASIDE, SHOWN_RUNS, SHOWN_NOTES = 200, 20, 20


def standing(session: Session) -> Standing:
    """As it is now."""
    counted = figures(session)
    return Standing(
        figures=counted,
        aside=tuple(_aside(session)),
        aside_in_all=sum(each.aside for each in counted.sources),
        runs=tuple(_runs(session)),
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
            why=row.message,
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
    for row, source, connection in session.execute(query.limit(SHOWN_RUNS)):
        yield RunLine(
            connection=connection,
            source=source,
            started_at=row.started_at,
            seconds=row.seconds,
            calls=row.calls,
            changed=row.items_changed,
            gone=row.items_gone,
            error=row.error,
        )


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
