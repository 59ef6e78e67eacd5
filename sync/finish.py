"""The end of a drain: what is gone, then ledger, scores and ``done_seq`` in one transaction."""

from collections.abc import Callable, Collection, Iterable
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from connector import failpoints
from connector.errors import RateLimited
from connector.scopes import Matching
from connector.store.tables import Connection, Item, Link, Reading, Source, Watch
from integrations.tracker import Need, Tracker
from sync import (
    circuit,
    conventions,
    history,
    lease,
    named,
    otherwise,
    repairs,
    roots,
    wording,
    writeback,
)
from sync.affected import Changed, touched, turned
from sync.aside import forget_left
from sync.ending import Ending, Seen
from sync.failures import keep_budget, pause
from sync.gone import bury_gone, hidden, untag_left
from sync.learnt import learn
from sync.lease import Claim
from sync.reckon import reckon
from sync.runtime import Runtime
from sync.scores import NotAlone, alone, be_alone
from sync.sources import Bound, attach, bound, mark_dirty, standing
from sync.values import field_mapping

PAST_AGAIN = timedelta(minutes=10)
"""The pause after histories could not be read."""
GAP = timedelta(minutes=15)
"""Looks this far apart are one span: a past day's freshness is known to within it."""


def finish(runtime: Runtime, claim: Claim, seen: Seen, *, need: Need, tracker: Tracker) -> int:
    """Commit the outcome of a drain; returns how many items were found gone.

    Writers of numbers take turns, all there are; a look that brought nothing waits for none of
    them, and begins anew where it finds that something follows from it after all.
    """
    ending = partial(_finish, runtime, claim, seen, need=need, tracker=tracker)
    if not seen.is_quiet:
        return ending(turn=alone)
    try:
        return ending(turn=partial(_hold_links, claim))
    except NotAlone:
        return ending(turn=alone)


def _hold_links(claim: Claim, session: Session) -> None:
    """Hold the links in the order of their ids, as everybody does who touches some of them."""
    lease.together(session, claim.connection_id)
    mine = select(Link.id).where(Link.source_id == claim.source_id, Link.ended_at.is_(None))
    session.execute(mine.order_by(Link.id).with_for_update())


def _finish(
    runtime: Runtime,
    claim: Claim,
    seen: Seen,
    *,
    need: Need,
    tracker: Tracker,
    turn: Callable[[Session], None],
) -> int:
    now = runtime.clock()
    with runtime.store.write() as session:
        turn(session)
        lease.together(session, claim.connection_id)
        ending = Ending(session, lease.held(session, claim, now), claim, seen, need, now)
        links = [bound(link, tracker) for link in _links(session, ending.source)]
        ending, links, renamed = otherwise.follow(ending, links, tracker)
        called = roots.follow(session, links, seen.roots) or renamed
        untagged, gone = _left(ending, links, tracker)
        grew = _settled(ending, links, untagged, tracker=tracker)
        untold = _tell(ending, [each for each in links if each.link.id in seen.asked], tracker)
        _close(ending, runtime)
        again = _grown(runtime, ending, tracker, grew=grew or called)
        if untold:
            mark_dirty(session, {ending.source.id})
        if untold or seen.unfollowed or ending.source.dirty_seq > claim.seq:
            again.add(ending.source.id)
    _ring(runtime, again)
    return gone


def _left(ending: Ending, links: list[Bound], tracker: Tracker) -> tuple[Collection[int], int]:
    """What left: the items untagged by it, and how many were found gone."""
    out_of_sight = hidden(ending.session, links, ending.seen.look)
    untagged = untag_left(ending, links, tracker, out_of_sight)
    gone = bury_gone(ending, tracker, out_of_sight)
    look = ending.seen.look
    if ending.is_current and look is not None and look.complete:
        forget_left(ending.session, ending.source, ending.seen.has)
    return untagged, gone


def _settled(
    ending: Ending, links: list[Bound], untagged: Collection[int], *, tracker: Tracker
) -> bool:
    """Bring the links up to what was learnt; returns whether more may follow elsewhere."""
    source, started = ending.source, ending.claim.started_at
    _keep_names(ending)
    relisted = learn(ending, links) | turned(links, source.looked_at, started)
    source.looked_at = started
    changed = Changed(ending.session, source.id, frozenset({*ending.seen.changed, *untagged}))
    grew = bool(changed or relisted)
    _follow(ending, links, relisted, changed, tracker=tracker)
    return grew


def _grown(runtime: Runtime, ending: Ending, tracker: Tracker, *, grew: bool) -> set[int]:
    """What was read may show parents whose children lie elsewhere: the sources to read next."""
    session, look = ending.session, ending.seen.look
    connection = session.get_one(Connection, ending.source.connection_id)
    asked = conventions.follow(runtime, session, connection)
    if grew := bool(grew or asked):
        be_alone(session)
    again = attach(session, connection, tracker) if grew else set()
    if look is not None and look.names is not None:
        conventions.answer(runtime, session, connection, look.names)
    return again


def _ring(runtime: Runtime, again: Collection[int]) -> None:
    """Ask for what follows from what was just committed."""
    failpoints.reach("finish.done")
    for source_id in again:
        runtime.doorbell.ring(source_id)
    writeback.ring(runtime)


def _keep_names(ending: Ending) -> None:
    """What names key results beside items, as far as the look told."""
    names = ending.seen.look.names if ending.seen.look else None
    if names is not None:
        where = conventions.Where(ending.session, ending.claim.connection_id, names.place)
        conventions.keep(where, names, ending.now)


def _follow(
    ending: Ending,
    links: list[Bound],
    relisted: Collection[str],
    changed: Changed,
    *,
    tracker: Tracker,
) -> None:
    """Bring the links that what changed can move up to the mirror, and date what was read."""
    session, source = ending.session, ending.source
    failpoints.reach("finish.buried")
    todo = _todo(ending, links, relisted, changed, tracker=tracker)
    connection = session.get_one(Connection, source.connection_id)
    waited = _waited(session, todo)
    reckon(session, todo, field_mapping(connection, tracker.spec), ending.now)
    failpoints.reach("finish.reckoned")
    for link in waited:
        wording.keep(session, "link", link, author="", at=ending.now, more={"waiting": False})
    for each in links:
        if not each.link.broken and ending.was_read(each.link):
            each.link.looked_at = ending.claim.started_at
    if changed:
        mine = (Item.source_id == source.id, Item.unreckoned)
        followed = update(Item).where(*mine).values(unreckoned=False)
        session.execute(followed, execution_options={"synchronize_session": False})


def _todo(
    ending: Ending,
    links: list[Bound],
    relisted: Collection[str],
    changed: Changed,
    *,
    tracker: Tracker,
) -> list[Bound]:
    """The links to reckon: new ones, and what the changed items can move, here and elsewhere."""
    session, source = ending.session, ending.source
    due: list[Bound] = []
    rest = _elsewhere(session, source, tracker) if changed else []
    for each in links:
        if each.link.broken or not (ending.was_read(each.link) or each.link.looked_at):
            continue
        is_new = each.link.pending or each.link.looked_at is None
        (due if is_new or _lists_others(each, relisted) else rest).append(each)
    if not (changed and rest):  # where all are due, what reaches whom does not matter
        return due
    reach = touched(session, source.id, changed.ids())
    return due + [each for each in rest if reach.moves(each)]


def _lists_others(each: Bound, relisted: Collection[str]) -> bool:
    selector = each.selector
    named = selector.query if isinstance(selector, Matching) else each.link.scope
    return named in relisted


def _elsewhere(session: Session, source: Source, tracker: Tracker) -> list[Bound]:
    """Links of sibling sources: an item may lie in several."""
    siblings = select(Source.id).where(
        Source.connection_id == source.connection_id, Source.id != source.id
    )
    if session.scalars(siblings.limit(1)).first() is None:
        return []
    return [
        bound(link, tracker)
        for link in standing(session, source.connection_id)
        if link.source_id != source.id and link.looked_at is not None and not link.broken
    ]


def _waited(session: Session, todo: Iterable[Bound]) -> list[Link]:
    """The links whose number was unknown until now although it had been known before."""
    unread = {each.link.id: each.link for each in todo if each.link.looked_at is None}
    if not unread:
        return []
    query = select(Reading.link_id).where(Reading.link_id.in_(unread), Reading.value.is_(None))
    return [unread[link_id] for link_id in session.scalars(query)]


def _tell(ending: Ending, asked: list[Bound], tracker: Tracker) -> bool:
    """Tell the past of links whose history was read; returns whether others wait for theirs."""
    session, source = ending.session, ending.source
    connection = session.get_one(Connection, source.connection_id)
    mapping = field_mapping(connection, tracker.spec)
    source.past_after = _pause_of(ending)
    if "history" in tracker.spec.capabilities:
        history.tell(session, asked, mapping, untold=ending.seen.untold, now=ending.now)
        session.flush()
        return source.past_after is None and bool(history.wanted(session, source.id))
    for each in history.wanted(session, source.id):
        each.history, each.history_note, each.reapply_from = "untold", history.NO_HISTORY, None
    return False


def _pause_of(ending: Ending) -> datetime | None:
    """Until when no history is asked for: after an error, or as long as an earlier one says.

    A limit is the account's, whatever was asked for: nothing is asked before it ends.
    """
    error, earlier = ending.seen.past_error, ending.source.past_after
    if isinstance(error, RateLimited):
        pause(ending.session, ending.source.connection_id, error.until)
        return error.until
    if error is not None:
        return ending.now + PAST_AGAIN
    return earlier if earlier is not None and earlier > ending.now else None


def _links(session: Session, source: Source) -> Iterable[Link]:
    return standing(session, source.connection_id, source.id)


def _watched(session: Session, source: Source, ending: Ending, runtime: Runtime) -> None:
    """Lengthen the span in which the source was looked at, or begin one after a gap."""
    newest = select(Watch).where(Watch.source_id == source.id).order_by(Watch.id.desc()).limit(1)
    row, at = session.scalars(newest).one_or_none(), ending.claim.started_at
    if row is not None and row.until <= at <= row.until + max(GAP, 3 * runtime.settings.poll):
        row.until = at
    elif row is None or at > row.until:
        session.add(Watch(source_id=source.id, since=at, until=at))


def _close(ending: Ending, runtime: Runtime) -> None:
    session, source, claim = ending.session, ending.source, ending.claim
    named.done_with(session, source, claim.seq, ending.now)
    source.done_seq = claim.seq
    if ending.seen.look is not None:
        _watched(session, source, ending, runtime)
    # Half a step of the clock early: the sweep at the interval's end finds it, not one before.
    source.due_at = ending.now + 0.875 * runtime.settings.poll
    source.lease_until = source.failing_since = source.error = source.error_kind = None
    if source.not_before is not None and source.not_before <= ending.now:
        source.not_before = None  # else another source of the account was told to wait meanwhile
    source.failures = source.deaths = 0
    source.care = None
    repairs.count(session, claim, ending.seen)
    connection = session.get_one(Connection, source.connection_id)
    keep_budget(connection, ending.seen.budget)
    circuit.answered(session, connection, ending.now)
    if connection.ended_at is None:
        connection.broken_at = connection.error = connection.error_kind = None
