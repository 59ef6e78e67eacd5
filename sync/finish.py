"""The end of a drain: what is gone, then ledger, scores and ``done_seq`` in one transaction."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from connector.mapping import FieldMapping
from connector.scopes import Matching
from connector.store.tables import Connection, Hint, Item, Link, Source
from connector.work import Ref
from integrations.tracker import Look, Tracker
from sync import lease
from sync.lease import Claim
from sync.members import candidates
from sync.mirror import bury, store_matches
from sync.reckon import reckon
from sync.runtime import Runtime
from sync.scores import alone
from sync.sources import Bound, attach, bound

DELETED = "deleted in the tracker, or no longer visible with this token"
UNLISTED = "no longer listed by the tracker: deleted, moved or no longer visible"


@dataclass(slots=True)
class Seen:
    """What a drain learnt: ids seen, refs that are not there, and the end of the read."""

    ids: set[str] = field(default_factory=set)
    missing: tuple[Ref, ...] = ()
    changed: bool = False
    look: Look | None = None


def finish(
    runtime: Runtime, claim: Claim, seen: Seen, *, mapping: FieldMapping, tracker: Tracker
) -> int:
    """Commit the outcome of a drain; returns how many items were found gone."""
    now = runtime.clock()
    with runtime.store.write() as session:
        alone(session)
        source = lease.held(session, claim, now)
        links = [bound(link, tracker) for link in _links(session, source)]
        gone = _bury(session, source, seen, now=now, hidden=_hidden(session, links, seen.look))
        relisted = _learn(session, source, links, seen, claim)
        changed = seen.changed or bool(gone) or relisted
        todo = [each for each in links if _wants(each, changed=changed)]
        reckon(session, [each for each in todo if not each.link.broken], mapping, now)
        for each in links:
            if not each.link.broken and seen.look is not None:
                each.link.looked_at = claim.started_at
        _close(session, source, claim, runtime)
        # What was read may show parents whose children lie elsewhere: they are read next.
        connection = session.get_one(Connection, source.connection_id)
        again = attach(session, connection, tracker) if changed else set()
        again |= {source.id} if source.dirty_seq > claim.seq else set()
    for source_id in again:
        runtime.doorbell.ring(source_id)
    return gone


def _wants(each: Bound, *, changed: bool) -> bool:
    return changed or each.link.pending or each.link.looked_at is None


def _links(session: Session, source: Source) -> Iterable[Link]:
    query = select(Link).where(Link.source_id == source.id, Link.ended_at.is_(None))
    return session.scalars(query.order_by(Link.id)).all()


def _hidden(session: Session, links: Iterable[Bound], look: Look | None) -> set[int]:
    """The items of scopes that could not be read: not being listed says nothing of them."""
    broken = look.broken if look else {}
    lost = [each for each in links if (each.link.kind, each.link.value) in broken]
    return {found.item_id for each in lost for found in candidates(session, each)}


def _bury(
    session: Session, source: Source, seen: Seen, *, now: datetime, hidden: Collection[int]
) -> int:
    """Mark what is gone: not there when read by id, or not in a complete list."""
    mine = select(Item).where(Item.source_id == source.id, Item.gone_at.is_(None))
    gone = 0
    for ref in seen.missing:
        named = Item.external_id == ref.external_id if ref.external_id else Item.key == ref.key
        gone += bury(session.scalars(mine.where(named)), DELETED, now)
    if seen.look is not None and seen.look.complete:
        unlisted = [row for row in session.scalars(mine) if row.external_id not in seen.ids]
        rows = [row for row in unlisted if row.id not in hidden]
        gone += bury(rows, UNLISTED, now)
    session.flush()
    return gone


def _learn(session: Session, source: Source, links: list[Bound], seen: Seen, claim: Claim) -> bool:
    """Keep what the look told of each scope; returns whether a query lists other items now."""
    look = seen.look
    if look is None:
        return False
    relisted = False
    for query, ids in look.matches.items():
        relisted |= store_matches(session, source, query, ids)
    broken = _broken(look, links)
    for each in links:
        scope = (each.link.kind, each.link.value)
        if each.link.broken and scope not in broken:
            each.link.looked_at = None  # what happened meanwhile has not been reckoned
        each.link.broken = broken.get(scope)
        each.link.title = look.titles.get(scope, each.link.title)
    source.cursor = look.cursor
    if look.complete:
        source.swept_at = claim.started_at
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


def _close(session: Session, source: Source, claim: Claim, runtime: Runtime) -> None:
    done = delete(Hint).where(Hint.source_id == source.id, Hint.seq <= claim.seq)
    session.execute(done)
    source.done_seq = claim.seq
    source.looked_at = claim.started_at
    source.due_at = runtime.clock() + runtime.settings.poll
    source.lease_until = source.failing_since = source.error = None
    if source.not_before is not None and source.not_before <= runtime.clock():
        source.not_before = None  # else another source of the account was told to wait meanwhile
    source.failures = 0
    connection = session.get_one(Connection, source.connection_id)
    if connection.ended_at is None:
        connection.broken_at = connection.error = None
