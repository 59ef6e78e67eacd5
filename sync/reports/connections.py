"""Whether the numbers can be trusted: each connection with its sources, errors and the fix."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from connector.freshness import ConnectionReport, Pause, SourceReport, SourceWord, Word
from connector.settings import Settings
from connector.store.tables import Connection, Link, Source, UnreadableItem
from integrations.tracker import Spec, Tracker
from sync import kinds, tokens
from sync.reports.links import is_stale
from sync.reports.sources import needed, purposes, shown


def connection_reports(
    session: Session, now: datetime, settings: Settings, trackers: Mapping[str, Tracker]
) -> tuple[ConnectionReport, ...]:
    """Every connection by name."""
    sources: dict[int, list[Source]] = defaultdict(list)
    read = [each for each in session.scalars(select(Source).order_by(Source.key)) if needed(each)]
    for each in read:
        sources[each.connection_id].append(each)
    items, reads = shown(session, read, trackers), purposes(session, read, trackers)
    links = _count(session, Link.connection_id, Link.ended_at.is_(None))
    unreadable = _unreadable(session)
    rows = session.scalars(
        select(Connection).where(Connection.ended_at.is_(None)).order_by(Connection.name)
    )
    return tuple(
        _report(
            row,
            tuple(
                replace(
                    _source(each, row, items[each.id], settings=settings, now=now),
                    reads=reads[each.id],
                )
                for each in sources[row.id]
            ),
            spec=trackers[row.tracker].spec if row.tracker in trackers else None,
            counts=(links.get(row.id, 0), tuple(unreadable[row.id])),
            settings=settings,
            now=now,
        )
        for row in rows
    )


def _report(
    row: Connection,
    sources: tuple[SourceReport, ...],
    *,
    spec: Spec | None,
    counts: tuple[int, tuple[tuple[str, str], ...]],
    settings: Settings,
    now: datetime,
) -> ConnectionReport:
    word = _word(row, sources)
    error, kind = _error(row, sources)
    return ConnectionReport(
        name=row.name,
        tracker=row.tracker,
        label=spec.label if spec else row.tracker,
        url=row.options.get("detected", {}).get("browse_url") or row.url,
        who=row.who,
        word="paused" if row.paused_at and word not in {"stale", "broken"} else word,
        looked_at=_looked(sources),
        failing_since=_since(row, sources),
        rests_until=_rests(row, now),
        error=error,
        error_kind=kind,
        fix=_fix(word, row, sources),
        links=counts[0],
        delivered_at=row.delivered_at,
        refused_deliveries=row.refused_deliveries,
        hook_url=f"{settings.public_url or ''}/hooks/{row.name}",
        webhook_help=spec.webhook_help if spec and row.registered is None else "",
        sources=tuple(map(_left_alone, sources)) if row.paused_at else sources,
        unreadable=counts[1],
        token_until=row.token_until,
        token_warning=tokens.warning(row, now),
        renews=row.grant_cipher is not None,
        budget=row.budget,
        pause=pause_of(row),
    )


def pause_of(row: Connection) -> Pause | None:
    """Since when, by whom and why a connection is left alone; None where it is read."""
    if row.paused_at is None:
        return None
    return Pause(row.paused_at, row.paused_by or "", row.paused_why or "")


def _left_alone(source: SourceReport) -> SourceReport:
    """A source of a paused connection: nothing comes next, and it is never fresh."""
    word: SourceWord = "stale" if source.word == "stale" else "paused"
    return replace(source, word=word, next_at=None)


def _source(
    row: Source, connection: Connection, items: int, *, settings: Settings, now: datetime
) -> SourceReport:
    waits = (row.due_at, row.not_before, _rests(connection, now))
    return SourceReport(
        key=row.key,
        word=_source_word(row, now, settings),
        looked_at=row.looked_at,
        due_at=row.due_at,
        not_before=row.not_before,
        next_at=None if connection.broken_at else max(filter(None, waits), default=None),
        failing_since=row.failing_since,
        waiting=row.dirty_seq > row.done_seq,
        error=row.error,
        error_kind=row.error_kind,
        items=items,
    )


def _source_word(row: Source, now: datetime, settings: Settings) -> SourceWord:
    if row.looked_at is None and row.error is None:
        return "waiting"
    if is_stale(row.looked_at, now, settings):
        return "stale"
    return "ageing" if row.error else "fresh"


def _word(row: Connection, sources: Sequence[SourceReport]) -> Word:
    if row.broken_at is not None:
        return "broken"
    words = {each.word for each in sources} - {"waiting"}
    if "fresh" in words:
        return "fresh" if words == {"fresh"} else "partly"
    return "stale" if "stale" in words else "ageing" if words else "waiting"


def _looked(sources: Sequence[SourceReport]) -> datetime | None:
    """The oldest look of the sources that are fresh; where none is, of all that were read."""
    fresh = [each for each in sources if each.word == "fresh"]
    looks = [each.looked_at for each in fresh or sources if each.looked_at]
    return min(looks, default=None)


def _since(row: Connection, sources: Sequence[SourceReport]) -> datetime | None:
    failing = [each.failing_since for each in sources if each.failing_since]
    return row.broken_at or min(failing, default=None)


def _rests(row: Connection, now: datetime) -> datetime | None:
    """Until when nothing is tried since there was no answer."""
    until = row.rests_until
    return until if until is not None and until > now and row.broken_at is None else None


def _error(row: Connection, sources: Sequence[SourceReport]) -> tuple[str | None, str | None]:
    """The connection's own error, or the one that every source has, with its kind."""
    if row.error:
        return row.error, row.error_kind
    said = {(each.error, each.error_kind) for each in sources if each.word != "waiting"}
    return next(iter(said)) if len(said) == 1 else (None, None)


def _fix(word: Word, row: Connection, sources: Sequence[SourceReport]) -> str | None:
    """What to do, where the errors do not say it themselves."""
    if word == "broken":
        return kinds.STOPPED
    if row.paused_at is not None:
        return None  # the pause says who resumes it
    if row.error:
        return kinds.advice([row.error_kind], stale=word == "stale")
    failing = [each.error_kind for each in sources if each.error]
    if not failing and word in {"stale", "partly"}:
        return "Worklift has not looked at it for too long: see that a worker and a clock run."
    return kinds.advice(failing, stale=word == "stale")


def _count(session: Session, column: object, condition: object) -> dict[int, int]:
    query = select(column, func.count()).where(condition).group_by(column)  # type: ignore[call-overload]
    return dict(session.execute(query).all())


def _unreadable(session: Session) -> dict[int, list[tuple[str, str]]]:
    query = select(UnreadableItem, Source.connection_id).join(
        Source, Source.id == UnreadableItem.source_id
    )
    found: dict[int, list[tuple[str, str]]] = defaultdict(list)
    for row, connection_id in session.execute(query.order_by(UnreadableItem.key)):
        found[connection_id].append((row.key, _told(row)))
    return found


def _told(row: UnreadableItem) -> str:
    """What is wrong with an item, without naming it or its field twice."""
    said = row.message.removeprefix(f"{row.key}: ")
    return said if row.field in said else f"{row.field} {said}"
