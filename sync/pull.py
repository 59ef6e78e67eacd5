"""Pull: what a claimed source is read for, and how its pages get into the mirror."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session as Reading

from connector import failpoints
from connector.errors import TrackerError
from connector.store.tables import Hint, Link, Source
from connector.work import Ref
from integrations.tracker import (
    Fetched,
    History,
    Listed,
    Look,
    Need,
    Page,
    Session,
    Tracker,
)
from sync import history, lease, named, roots, sizing
from sync.aside import again, not_there, set_aside
from sync.care import stored_apart
from sync.ending import Seen
from sync.learnt import mended
from sync.lease import Claim
from sync.mirror import Authority, store_items
from sync.runtime import Runtime
from sync.sources import BEFORE, bound, need_from_json, standing

SWEEP_EVERY = timedelta(hours=6)
RETRY_BROKEN, RETRY_PRESSED = timedelta(minutes=10), timedelta(minutes=1)
"""The longest wait for a look at a scope that could not be read; the second after a delivery."""
FETCH_AT_ONCE = 100
STORE_AT_ONCE = 2000
"""Items committed together, as near as whole pages come."""


@dataclass(slots=True)
class Drained:
    """What one drain did; ``error`` is a sentence, ``skipped`` says nothing was tried.

    ``past_calls`` are those of the calls that read histories.
    """

    calls: int = 0
    past_calls: int = 0
    items_read: int = 0
    items_changed: int = 0
    items_gone: int = 0
    seconds: float = 0.0
    error: str | None = None
    skipped: bool = False


@dataclass(frozen=True, slots=True)
class Order:
    """What a claimed source is to be read for."""

    source_key: str
    need: Need
    fields: tuple[str, ...]
    cursor: str | None
    sweep: bool
    hints: tuple[Hint, ...]

    def is_whole(self, seen: Seen) -> bool:
        """Whether everything that is asked for was read, not only listed or what changed."""
        every = seen.look is not None and seen.look.complete and seen.listed is None
        return self.cursor is None or every


Progress = Callable[[int], None]
"""Told how many items have been read so far."""


def quiet(_items: int) -> None:
    """For drains nobody watches."""


def _everything(_source: str, _name: str) -> bool:
    """Where one source tells all there is."""
    return True


@dataclass(slots=True)
class Drain:
    """One drain under way."""

    runtime: Runtime
    claim: Claim
    progress: Progress
    authority: Authority = _everything
    reads_index: bool = False
    """Whether pages come from an index that may still show what is gone."""
    result: Drained = field(default_factory=Drained)
    seen: Seen = field(default_factory=Seen)


def order_of(drain: Drain, *, full: bool) -> Order:
    """What to read: since the cursor, with a sweep when one is due; or everything."""
    with drain.runtime.store.read() as session:
        source = session.get_one(Source, drain.claim.source_id)
        cursor = None if full else source.cursor
        hints = session.scalars(named.waiting(source, drain.claim.seq))
        return Order(
            source_key=source.key,
            need=replace(
                need_from_json(source.need),
                lists=source.lists_seq > source.done_seq,
                place_id=source.external_id,
                before=source.cursor or source.need.get(BEFORE),
                torn=lease.is_torn(source, drain.claim),
            ),
            fields=tuple(source.need.get("fields", [])),
            cursor=cursor,
            sweep=cursor is not None and _wants_sweep(session, source, drain.claim),
            hints=tuple(hints),
        )


def _wants_sweep(session: Reading, source: Source, claim: Claim) -> bool:
    """Whether to list all that is there: at times, and sooner while a scope cannot be read."""
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


def pull(drain: Drain, asked: Session, order: Order, tracker: Tracker) -> None:
    """Bring the mirror up to the tracker: what changed, what is named singly, then the past."""
    if order.need.scopes or order.need.conventions:
        _read(drain, asked, order)
        _sized(drain, asked, tracker)
    _single(drain, asked, order, tracker)
    _moved(drain, asked, order, tracker)
    _past(drain, asked, order, tracker)


def _read(drain: Drain, asked: Session, order: Order) -> None:
    """Store pages as they come, some in one transaction; an error keeps what came before it."""
    waiting: list[Page] = []
    try:
        for part in asked.read(order.source_key, order.need, order.cursor, sweep=order.sweep):
            match part:
                case Page():
                    waiting.append(part)
                    _store_waiting(drain, waiting, least=STORE_AT_ONCE)
                case Listed():
                    drain.seen.listed = (drain.seen.listed or set()) | part.external_ids
                case Look():
                    drain.seen.look = part
    except TrackerError:
        _store_waiting(drain, waiting)
        raise
    _store_waiting(drain, waiting)


def _sized(drain: Drain, asked: Session, tracker: Tracker) -> None:
    """Have the tracker judge the number fields of links that nothing is known of yet."""
    look = drain.seen.look
    if look is None or "finding" not in tracker.spec.capabilities:
        return
    with drain.runtime.store.read() as session:
        source = session.get_one(Source, drain.claim.source_id)
        rows = standing(session, source.connection_id, source.id)
        links = [bound(each, tracker) for each in rows]
    drain.seen.unsized = sizing.said_now(asked, links, everything=look.complete or look.whole)


def _store_waiting(drain: Drain, waiting: list[Page], least: int = 0) -> None:
    if waiting and sum(len(page.items) for page in waiting) >= least:
        items = tuple(item for page in waiting for item in page.items)
        unreadable = tuple(each for page in waiting for each in page.unreadable)
        waiting.clear()
        _store(drain, Page(items, unreadable))


def _store(drain: Drain, page: Page | Fetched, deleted: Collection[Ref] = ()) -> None:
    failpoints.reach("page.came")
    stored_apart(page, lambda part: _write(drain, part, deleted))


def _write(drain: Drain, page: Page | Fetched, deleted: Collection[Ref]) -> None:
    now = drain.runtime.clock()
    with drain.runtime.store.write() as session:
        source = lease.held(session, drain.claim, now)
        stored = store_items(
            session,
            source,
            page.items,
            authority=drain.authority,
            mark=drain.runtime.vault.mark,
            revive=isinstance(page, Fetched) or not drain.reads_index,
        )
        set_aside(session, source, page.unreadable, now)
        if isinstance(page, Fetched):
            not_there(session, source, set(page.missing) - page.hidden)
            lost = named.hides(session, source, page, deleted)
            set_aside(session, source, lost, now)
    drain.seen.ids.add(stored.seen | {each.external_id for each in page.unreadable})
    drain.seen.changed |= stored.away
    drain.seen.shown |= stored.changed - stored.moved if isinstance(page, Page) else frozenset()
    drain.seen.doubted |= stored.doubted
    drain.result.items_changed += len(stored.changed)
    drain.result.items_read += len(page.items)
    drain.progress(drain.result.items_read)


def _single(drain: Drain, asked: Session, order: Order, tracker: Tracker) -> None:
    """Read by id what deliveries named, what lists hold and the mirror does not, and what the
    mirror holds and lists no longer do."""
    deleted, refs = _to_ask(drain, order, tracker)
    for first in range(0, len(refs), FETCH_AT_ONCE):
        fetched = asked.fetch(order.source_key, refs[first : first + FETCH_AT_ONCE])
        _store(drain, fetched, deleted)
        drain.seen.missing.update(named.reasons(fetched, deleted))
        drain.seen.moved.update(fetched.moved)


def _to_ask(drain: Drain, order: Order, tracker: Tracker) -> tuple[frozenset[Ref], list[Ref]]:
    """(what the tracker said was deleted, all that is to be read by id)."""
    seen = drain.seen
    with drain.runtime.store.read() as session:
        source = session.get_one(Source, drain.claim.source_id)
        rows = standing(session, source.connection_id, source.id)
        links = [bound(link, tracker) for link in rows]
        hints = named.hinted(session, source.connection_id, order.hints)
        hints |= named.ghosts(session, source)
        if not order.is_whole(seen):
            seen.unfollowed = frozenset(link.id for link in mended(seen, links))
        refs = [*hints, *(Ref(each, None) for each in sorted(seen.doubted))]
        refs += again(session, source)
        if not seen.unfollowed:  # else everything is read anew at once
            refs += named.unmirrored(session, source, seen)
            refs += named.left(session, source, seen)
            if "absence" in tracker.spec.capabilities:
                refs += named.unlisted(session, source, seen, links)
            elif "whereabouts" in tracker.spec.capabilities:
                refs += named.unlisted_some(session, source, seen, links, FETCH_AT_ONCE)
    once = {ref.external_id or ref.key: ref for ref in reversed(refs)}
    return frozenset(ref for ref, gone in hints.items() if gone), list(reversed(once.values()))


def _moved(drain: Drain, asked: Session, order: Order, tracker: Tracker) -> None:
    """Find the parents that links name by a former key: where all was looked through, what no item
    is called is asked for."""
    if not (order.sweep or order.is_whole(drain.seen)):
        return
    with drain.runtime.store.read() as session:
        source = session.get_one(Source, drain.claim.source_id)
        links = [
            bound(each, tracker) for each in standing(session, source.connection_id, source.id)
        ]
        keys = roots.unseen(session, links)
    for key, shown in roots.called_otherwise(asked, order.source_key, keys):
        _store(drain, shown)
        drain.seen.roots[key] = shown.items[0].external_id


def _past(drain: Drain, asked: Session, order: Order, tracker: Tracker) -> None:
    """Read the history of items whose link wants its past told; each portion is kept at once.

    What stops that stops nothing else: the numbers of now do not wait for the past.
    """
    with drain.runtime.store.read() as session:
        source = session.get_one(Source, drain.claim.source_id)
        if source.past_after is not None and source.past_after > drain.claim.started_at:
            return
        links = [bound(link, tracker) for link in history.wanted(session, source.id)]
        spec, refs = tracker.spec, list[Ref]()
        if "history" in spec.capabilities:
            refs = history.to_ask(session, links, spec.authority)
    before = asked.calls
    try:
        for portion in asked.history(order.source_key, refs) if refs else ():
            _keep(drain, portion)
    except TrackerError as error:
        drain.seen.past_error = error
    else:
        drain.seen.asked = frozenset(each.link.id for each in links)
    finally:
        drain.result.past_calls = asked.calls - before


def _keep(drain: Drain, portion: History) -> None:
    with drain.runtime.store.write() as session:
        source = lease.held(session, drain.claim, drain.runtime.clock())
        history.keep(session, source, portion)
    drain.seen.untold.update(portion.untold)
