"""Whether the numbers can be trusted: each connection with its sources, errors and the fix."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Literal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from connector.freshness import ConnectionReport, SourceReport
from connector.settings import Settings
from connector.store.tables import Connection, Item, Link, Source, UnreadableItem
from integrations.tracker import Spec, Tracker
from sync import tokens
from sync.reports.links import is_stale

Word = Literal["fresh", "waiting", "ageing", "stale", "broken"]


def connection_reports(
    session: Session, now: datetime, settings: Settings, trackers: Mapping[str, Tracker]
) -> tuple[ConnectionReport, ...]:
    """Every connection by name."""
    sources: dict[int, list[SourceReport]] = defaultdict(list)
    items = _count(session, Item.source_id, Item.gone_at.is_(None))
    for row in session.scalars(select(Source).order_by(Source.key)):
        sources[row.connection_id].append(_source(row, items.get(row.id, 0)))
    links = _count(session, Link.connection_id, Link.ended_at.is_(None))
    unreadable = _unreadable(session)
    rows = session.scalars(
        select(Connection).where(Connection.ended_at.is_(None)).order_by(Connection.name)
    )
    return tuple(
        _report(
            row,
            tuple(sources[row.id]),
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
    word = _word(row, sources, now, settings)
    looks = [each.looked_at for each in sources if each.looked_at]
    return ConnectionReport(
        name=row.name,
        tracker=row.tracker,
        label=spec.label if spec else row.tracker,
        url=row.options.get("detected", {}).get("browse_url") or row.url,
        who=row.who,
        word=word,
        looked_at=min(looks) if looks and len(looks) == len(sources) else None,
        error=row.error or next((each.error for each in sources if each.error), None),
        fix=_fix(word, row),
        links=counts[0],
        delivered_at=row.delivered_at,
        refused_deliveries=row.refused_deliveries,
        hook_url=f"{settings.public_url or ''}/hooks/{row.name}",
        webhook_help=spec.webhook_help if spec and row.registered is None else "",
        sources=sources,
        unreadable=counts[1],
        token_until=row.token_until,
        token_warning=tokens.warning(row, now),
        renews=row.grant_cipher is not None,
        budget=row.budget,
    )


def _source(row: Source, items: int) -> SourceReport:
    return SourceReport(
        key=row.key,
        looked_at=row.looked_at,
        due_at=row.due_at,
        not_before=row.not_before,
        failing_since=row.failing_since,
        waiting=row.dirty_seq > row.done_seq,
        error=row.error,
        items=items,
    )


def _word(
    row: Connection, sources: Sequence[SourceReport], now: datetime, settings: Settings
) -> Word:
    if row.broken_at is not None:
        return "broken"
    if not sources or all(each.looked_at is None and not each.error for each in sources):
        return "waiting"
    if any(is_stale(each.looked_at, now, settings) for each in sources):
        return "stale"
    return "ageing" if any(each.error for each in sources) else "fresh"


def _fix(word: Word, row: Connection) -> str | None:
    if word == "broken" and row.grant_cipher is not None:
        return "No call is made until then: put it right, and test or sign in on its page again."
    return {
        "broken": "No call is made until then: run worklift connect with the new token.",
        "stale": "Worklift keeps trying; check that the tracker answers at this URL.",
        "ageing": "Worklift keeps trying by itself; nothing to do unless it lasts.",
    }.get(word)


def _count(session: Session, column: object, condition: object) -> dict[int, int]:
    query = select(column, func.count()).where(condition).group_by(column)  # type: ignore[call-overload]
    return dict(session.execute(query).all())


def _unreadable(session: Session) -> dict[int, list[tuple[str, str]]]:
    query = select(UnreadableItem, Source.connection_id).join(
        Source, Source.id == UnreadableItem.source_id
    )
    found: dict[int, list[tuple[str, str]]] = defaultdict(list)
    for row, connection_id in session.execute(query.order_by(UnreadableItem.key)):
        found[connection_id].append((row.key, f"{row.field} {row.message}"))
    return found
