"""The end of a drain: what is gone, then ledger, scores and ``done_seq`` in one transaction."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from connector.scopes import Matching
from connector.store.tables import Connection, Hint, Item, Link, Source, Watch
from connector.work import Ref
from integrations.tracker import Look, Need, Tracker
from sync import history, lease
from sync.affected import Touched, touched, unreckoned
from sync.lease import Claim
from sync.members import candidates
from sync.mirror import bury, store_matches
from sync.reckon import reckon
from sync.runtime import Runtime
from sync.scores import alone
from sync.sources import Bound, attach, bound, mark_dirty, standing
from sync.values import field_mapping

GAP = timedelta(minutes=15)
"""Looks this far apart are one span: a past day's freshness is known to within it."""
DELETED = "deleted in the tracker, or no longer visible with this token"
UNLISTED = "no longer listed by the tracker: deleted, moved or no longer visible"


@dataclass(slots=True)
class Seen:
    """What a drain learnt: ids seen, refs that are not there, the end of the read, the links whose
    history was asked for, and why that of some items (by external id) cannot be had."""

    ids: set[str] = field(default_factory=set)
    missing: tuple[Ref, ...] = ()
    look: Look | None = None
    asked: frozenset[int] = frozenset()
    untold: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Finish:
    """The end of one drain under way, inside its transaction."""

    session: Session
    source: Source
    claim: Claim
    seen: Seen
    need: Need
    now: datetime

    @property
    def is_current(self) -> bool:
        """Whether what was read is still all that is asked for."""
        return self.source.generation == self.claim.generation

    def was_read(self, link: Link) -> bool:
        """Whether the look covered a link that may have been made or changed since it began."""
        asked = (link.kind, link.value) in self.need.scopes
        return self.seen.look is not None and asked and (self.is_current or not link.pending)


def finish(runtime: Runtime, claim: Claim, seen: Seen, *, need: Need, tracker: Tracker) -> int:
    """Commit the outcome of a drain; returns how many items were found gone."""
    now = runtime.clock()
    with runtime.store.write() as session:
        alone(session)
        lease.together(session, claim.connection_id)
        source = lease.held(session, claim, now)
        ending = _Finish(session, source, claim, seen, need, now)
        links = [bound(link, tracker) for link in _links(session, source)]
        gone = _bury(ending, hidden=_hidden(session, links, seen.look))
        relisted = _learn(ending, links)
        changed = unreckoned(session, source.id)
        _follow(ending, links, relisted, changed, tracker=tracker)
        untold = _tell(ending, [each for each in links if each.link.id in seen.asked], tracker)
        _close(ending, runtime)
        # What was read may show parents whose children lie elsewhere: they are read next.
        connection = session.get_one(Connection, source.connection_id)
        again = attach(session, connection, tracker) if changed or relisted else set()
        if untold:
            mark_dirty(session, {source.id})
            again |= {source.id}
        again |= {source.id} if source.dirty_seq > claim.seq else set()
    for source_id in again:
        runtime.doorbell.ring(source_id)
    return gone


def _follow(
    ending: _Finish,
    links: list[Bound],
    relisted: Collection[str],
    changed: Collection[int],
    *,
    tracker: Tracker,
) -> None:
    """Bring the links that what changed can move up to the mirror, and date what was read."""
    session, source = ending.session, ending.source
    reach = touched(session, source.id, changed)
    elsewhere = [bound(link, tracker) for link in _elsewhere(session, source, reach)]
    todo = [
        each
        for each in links
        if not each.link.broken
        and (ending.was_read(each.link) or each.link.looked_at is not None)
        and (each.link.pending or each.link.looked_at is None or _moved(each, reach, relisted))
    ]
    connection = session.get_one(Connection, source.connection_id)
    reckon(session, todo + elsewhere, field_mapping(connection, tracker.spec), ending.now)
    for each in links:
        if not each.link.broken and ending.was_read(each.link):
            each.link.looked_at = ending.claim.started_at
    mine = (Item.source_id == source.id, Item.unreckoned)
    session.execute(update(Item).where(*mine).values(unreckoned=False))


def _tell(ending: _Finish, asked: list[Bound], tracker: Tracker) -> bool:
    """Tell the past of links whose history was read; returns whether others wait for theirs."""
    session, source = ending.session, ending.source
    connection = session.get_one(Connection, source.connection_id)
    mapping = field_mapping(connection, tracker.spec)
    if "history" in tracker.spec.capabilities:
        history.tell(session, asked, mapping, untold=ending.seen.untold, now=ending.now)
        session.flush()
        return bool(history.wanted(session, source.id))
    for each in history.wanted(session, source.id):
        each.history, each.history_note, each.reapply_from = "untold", history.NO_HISTORY, None
    return False


def _moved(each: Bound, reach: Touched, relisted: Collection[str]) -> bool:
    selector = each.kind.select(each.link.value)
    return reach.moves(each) or (isinstance(selector, Matching) and selector.query in relisted)


def _elsewhere(session: Session, source: Source, reach: Touched) -> Iterable[Link]:
    """Links of sibling sources that count an item which has moved into this one."""
    query = select(Link).where(
        Link.id.in_(reach.links),
        Link.connection_id == source.connection_id,
        Link.source_id != source.id,
        Link.ended_at.is_(None),
        Link.looked_at.is_not(None),
    )
    return session.scalars(query.order_by(Link.id)).all()


def _links(session: Session, source: Source) -> Iterable[Link]:
    found = standing(session, source.connection_id)
    return [link for link in found if link.source_id == source.id]


def _hidden(session: Session, links: Iterable[Bound], look: Look | None) -> set[int]:
    """The items of scopes that could not be read: not being listed says nothing of them."""
    broken = look.broken if look else {}
    lost = [each for each in links if (each.link.kind, each.link.value) in broken]
    return {found.item_id for each in lost for found in candidates(session, each)}


def _bury(ending: _Finish, *, hidden: Collection[int]) -> int:
    """Mark what is gone: not there when read by id, or not in a complete list."""
    session, seen, now = ending.session, ending.seen, ending.now
    mine = select(Item).where(Item.source_id == ending.source.id, Item.gone_at.is_(None))
    gone = 0
    for ref in seen.missing:
        named = Item.external_id == ref.external_id if ref.external_id else Item.key == ref.key
        gone += bury(session.scalars(mine.where(named)), DELETED, now)
    if seen.look is not None and seen.look.complete and ending.is_current:
        unlisted = [row for row in session.scalars(mine) if row.external_id not in seen.ids]
        rows = [row for row in unlisted if row.id not in hidden]
        gone += bury(rows, UNLISTED, now)
    session.flush()
    return gone


def _learn(ending: _Finish, links: list[Bound]) -> set[str]:
    """Keep what the look told of each scope; returns the queries that list other items now."""
    look = ending.seen.look
    if look is None:
        return set()
    session, source = ending.session, ending.source
    listed = look.matches.items()
    relisted = {query for query, ids in listed if store_matches(session, source, query, ids)}
    broken = _broken(look, links)
    for each in links:
        scope = (each.link.kind, each.link.value)
        if each.link.broken and scope not in broken:
            each.link.looked_at = None  # what happened meanwhile has not been reckoned
        each.link.broken = broken.get(scope)
        each.link.title = look.titles.get(scope, each.link.title)
    if ending.is_current:
        source.cursor = look.cursor
        if look.complete:
            source.swept_at = ending.claim.started_at
    return relisted


def _broken(look: Look, links: Iterable[Bound]) -> dict[tuple[str, str], str]:
    """The scopes that cannot be read: what this look told, else what an earlier one did."""
    found = dict(look.broken)
    for each in links:
        if each.link.broken and not _tells(look, each):
            found.setdefault((each.link.kind, each.link.value), each.link.broken)
    return found


def _tells(look: Look, each: Bound) -> bool:
    """Whether the look asked if the scope exists; one for changes only may not have."""
    selector = each.kind.select(each.link.value)
    return look.complete or (isinstance(selector, Matching) and selector.query in look.matches)


def _watched(session: Session, source: Source, ending: _Finish, runtime: Runtime) -> None:
    """Lengthen the span in which the source was looked at, or begin one after a gap."""
    newest = select(Watch).where(Watch.source_id == source.id).order_by(Watch.id.desc()).limit(1)
    row, at = session.scalars(newest).one_or_none(), ending.claim.started_at
    if row is not None and row.until <= at <= row.until + max(GAP, 3 * runtime.settings.poll):
        row.until = at
    elif row is None or at > row.until:
        session.add(Watch(source_id=source.id, since=at, until=at))


def _close(ending: _Finish, runtime: Runtime) -> None:
    session, source, claim = ending.session, ending.source, ending.claim
    done = delete(Hint).where(Hint.source_id == source.id, Hint.seq <= claim.seq)
    session.execute(done)
    source.done_seq = claim.seq
    if ending.seen.look is not None:
        _watched(session, source, ending, runtime)
    source.looked_at = claim.started_at
    # The clock takes up to a quarter of the interval to notice: together they keep it.
    source.due_at = ending.now + 0.75 * runtime.settings.poll
    source.lease_until = source.failing_since = source.error = None
    if source.not_before is not None and source.not_before <= ending.now:
        source.not_before = None  # else another source of the account was told to wait meanwhile
    source.failures = 0
    connection = session.get_one(Connection, source.connection_id)
    if connection.ended_at is None:
        connection.broken_at = connection.error = None
