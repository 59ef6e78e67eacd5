"""The straight line: pull → mirror → contributions → readings → scores, for one source.

Pages are committed as they come; contributions, readings, scores and ``done_seq`` together at
the end. No transaction is open while the tracker is asked.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session as Reading

from connector.errors import Refused, TrackerError
from connector.store.tables import Connection, Hint, Item, Link, Run, Source, UnreadableItem
from connector.work import Ref
from integrations.tracker import Fetched, History, Look, Need, Page, Session, Tracker
from sync import history, lease
from sync.accounts import account_of
from sync.ending import Seen
from sync.failures import note_crash, note_failure
from sync.finish import finish
from sync.lease import Claim
from sync.mirror import Authority, set_aside, store_items
from sync.runtime import Runtime
from sync.sources import bound, need_from_json

log = structlog.get_logger()
SWEEP_EVERY = timedelta(hours=6)
RETRY_BROKEN, RETRY_PRESSED = timedelta(minutes=10), timedelta(minutes=1)
"""The longest wait for a look at a scope that could not be read; the second after a delivery."""
FETCH_AT_ONCE = 100


@dataclass(slots=True)
class Drained:
    """What one drain did; ``error`` is a sentence, ``skipped`` says nothing was tried."""

    calls: int = 0
    items_read: int = 0
    items_changed: int = 0
    items_gone: int = 0
    seconds: float = 0.0
    error: str | None = None
    skipped: bool = False


@dataclass(frozen=True, slots=True)
class _Order:
    """What a claimed source is to be read for."""

    source_key: str
    need: Need
    fields: tuple[str, ...]
    cursor: str | None
    hints: tuple[Hint, ...]


Progress = Callable[[int], None]
"""Told how many items have been read so far."""


def _quiet(_items: int) -> None:
    """For drains nobody watches."""


def _everything(_source: str, _name: str) -> bool:
    """Where one source tells all there is."""
    return True


@dataclass(slots=True)
class _Drain:
    """One drain under way."""

    runtime: Runtime
    claim: Claim
    progress: Progress
    authority: Authority = _everything
    result: Drained = field(default_factory=Drained)
    seen: Seen = field(default_factory=Seen)


def drain(
    runtime: Runtime,
    source_id: int,
    *,
    force: bool = False,
    full: bool = False,
    progress: Progress = _quiet,
) -> Drained:
    """Bring one source up to date; every expected error ends in the source's own record."""
    claim = lease.claim(runtime, source_id, force=force)
    if claim is None:
        return Drained(skipped=True)
    under_way = _Drain(runtime, claim, progress)
    try:
        with lease.kept(runtime, claim):
            _run(under_way, full=full)
    except lease.LeaseLost as error:
        under_way.result.error = str(error)
    except (TrackerError, Refused) as error:
        under_way.result.error = note_failure(runtime, claim, error)
    except Exception:
        note_crash(runtime, claim)
        raise
    result = under_way.result
    result.seconds = (runtime.clock() - claim.started_at).total_seconds()
    _note_run(runtime, claim, result)
    idle = not (result.items_changed or result.items_gone or result.error)
    (log.debug if idle else log.info)("drained", source_id=source_id, **_figures(result))
    return result


def _run(drain: _Drain, *, full: bool) -> None:
    order = _order(drain, full=full)
    with drain.runtime.store.read() as session:
        connection = session.get_one(Connection, drain.claim.connection_id)
        account = account_of(connection, drain.runtime.vault, order.fields)
    tracker = drain.runtime.tracker(connection.tracker)
    drain.authority = tracker.spec.authority
    asked = tracker.open(account)
    try:
        if order.need.scopes:
            _read(drain, asked, order)
        _hinted(drain, asked, order)
        _past(drain, asked, order, tracker)
    finally:
        drain.result.calls = asked.calls
        asked.close()
    drain.result.items_gone += finish(
        drain.runtime,
        drain.claim,
        drain.seen,
        need=order.need,
        tracker=tracker,
    )


def _order(drain: _Drain, *, full: bool) -> _Order:
    """What to read: since the cursor, or everything when a sweep is due or asked for."""
    with drain.runtime.store.read() as session:
        source = session.get_one(Source, drain.claim.source_id)
        sweep = full or _wants_sweep(session, source, drain.claim)
        hints = session.scalars(
            select(Hint).where(Hint.source_id == source.id, Hint.seq <= drain.claim.seq)
        )
        return _Order(
            source_key=source.key,
            need=need_from_json(source.need),
            fields=tuple(source.need.get("fields", [])),
            cursor=None if sweep else source.cursor,
            hints=tuple(hints),
        )


def _wants_sweep(session: Reading, source: Source, claim: Claim) -> bool:
    """Whether to read everything: from time to time, and sooner while a scope cannot be read."""
    if source.swept_at is None:
        return True
    since = claim.started_at - source.swept_at
    lost = select(Link.id).where(
        Link.source_id == source.id, Link.ended_at.is_(None), Link.broken.is_not(None)
    )
    if session.scalars(lost.limit(1)).first() is None:
        return since >= SWEEP_EVERY
    pressing = source.dirty_seq > source.done_seq
    return claim.forced or since >= (RETRY_PRESSED if pressing else RETRY_BROKEN)


def _read(drain: _Drain, asked: Session, order: _Order) -> None:
    for part in asked.read(order.source_key, order.need, order.cursor):
        match part:
            case Page():
                _store(drain, part)
            case Look():
                drain.seen.look = part


def _store(drain: _Drain, page: Page | Fetched) -> None:
    now = drain.runtime.clock()
    with drain.runtime.store.write() as session:
        source = lease.held(session, drain.claim, now)
        stored = store_items(
            session,
            source,
            page.items,
            authority=drain.authority,
            mark=drain.runtime.vault.mark,
        )
        set_aside(session, source, page.unreadable, now)
    drain.seen.ids |= stored.seen | {each.external_id for each in page.unreadable}
    drain.seen.changed |= stored.changed
    drain.result.items_changed += len(stored.changed)
    drain.result.items_read += len(page.items)
    drain.progress(drain.result.items_read)


def _hinted(drain: _Drain, asked: Session, order: _Order) -> None:
    """Read by id what deliveries named or queries list, and the mirror does not have so new."""
    refs = _older(drain, order.hints) + _unmirrored(drain)
    for first in range(0, len(refs), FETCH_AT_ONCE):
        fetched = asked.fetch(order.source_key, refs[first : first + FETCH_AT_ONCE])
        _store(drain, fetched)
        drain.seen.missing += fetched.missing


def _past(drain: _Drain, asked: Session, order: _Order, tracker: Tracker) -> None:
    """Read the history of items whose link wants its past told; each portion is kept at once.

    What stops that stops nothing else: the numbers of now do not wait for the past.
    """
    with drain.runtime.store.read() as session:
        source = session.get_one(Source, drain.claim.source_id)
        if source.past_after is not None and source.past_after > drain.claim.started_at:
            return
        links = [bound(link, tracker) for link in history.wanted(session, source.id)]
        refs = history.to_ask(session, links) if "history" in tracker.spec.capabilities else []
    try:
        for portion in asked.history(order.source_key, refs) if refs else ():
            _keep(drain, portion)
    except TrackerError as error:
        drain.seen.past_error = error
    else:
        drain.seen.asked = frozenset(each.link.id for each in links)


def _keep(drain: _Drain, portion: History) -> None:
    with drain.runtime.store.write() as session:
        source = lease.held(session, drain.claim, drain.runtime.clock())
        history.keep(session, source, portion)
    drain.seen.untold.update(portion.untold)


def _older(drain: _Drain, hints: tuple[Hint, ...]) -> list[Ref]:
    wanted: dict[tuple[str | None, str | None], Ref] = {}
    with drain.runtime.store.read() as session:
        mine = select(Item).where(Item.connection_id == drain.claim.connection_id)
        for hint in hints:
            named = (
                Item.external_id == hint.external_id if hint.external_id else Item.key == hint.key
            )
            row = session.scalars(mine.where(named)).first()
            known = row is not None and row.gone_at is None
            if row and known and hint.updated_at and row.updated_at >= hint.updated_at:
                continue
            ref = Ref(hint.external_id, hint.key or (row.key if row else None))
            wanted[(ref.external_id, ref.key)] = ref
    return list(wanted.values())


def _unmirrored(drain: _Drain) -> list[Ref]:
    """What queries list without having been read: time alone can bring an item into a query."""
    look = drain.seen.look
    listed = set().union(*look.matches.values()) if look else set()
    with drain.runtime.store.read() as session:
        connection_id, source_id = drain.claim.connection_id, drain.claim.source_id
        mine = (Item.connection_id == connection_id, Item.gone_at.is_(None))
        held = set(session.scalars(select(Item.external_id).where(*mine))) if listed else set()
        aside = select(UnreadableItem.external_id).where(UnreadableItem.source_id == source_id)
        held |= set(session.scalars(aside))
    return [Ref(each, None) for each in sorted(listed - held)]


def _note_run(runtime: Runtime, claim: Claim, result: Drained) -> None:
    """Keep what happened where anything did; an idle look leaves no row."""
    if not (result.items_changed or result.items_gone or result.error):
        return
    with runtime.store.write() as session:
        if session.get(Source, claim.source_id) is None:
            return
        session.add(Run(source_id=claim.source_id, started_at=claim.started_at, **_figures(result)))


def _figures(result: Drained) -> dict[str, float | int | str | None]:
    names = ("seconds", "calls", "items_read", "items_changed", "items_gone", "error")
    return {name: getattr(result, name) for name in names}
