"""What the mirror and the links know that could be linked: parents of work, and linked scopes."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from weakref import WeakKeyDictionary

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session, aliased

from connector.likeness import Corpus
from connector.store import Store
from connector.store.tables import Connection, Cycle, Item, KeyResult, Link
from integrations.tracker import Spec
from sync.linking.finding import Offer
from sync.runtime import Runtime

GOOD_FOR = timedelta(minutes=1)
MOST = 3000
"""So many parents of work are compared at the most, those that changed last."""


@dataclass(frozen=True, slots=True)
class Known:
    """What could be linked, and the connection by which it is seen."""

    offer: Offer
    connection_id: int


@dataclass(frozen=True, slots=True)
class Shelf:
    """All that is known by scope, with the titles ready to be compared."""

    at: datetime
    known: dict[str, Known]
    corpus: Corpus[str]


_SEEN: WeakKeyDictionary[Store, dict[int, Shelf]] = WeakKeyDictionary()


def known(runtime: Runtime, session: Session, cycle: Cycle) -> Shelf:
    """By scope; what was finished before the cycle began is left out.

    Pages ask again and again while they are open, and reading the parents of a large mirror takes
    a second: what was found is good for a minute.
    """
    now, seen = runtime.clock(), _SEEN.setdefault(runtime.store, {})
    kept = seen.get(cycle.id)
    if kept is None or abs(now - kept.at) > GOOD_FOR:
        found = _known(runtime, session, cycle)
        titles = {scope: each.offer.title for scope, each in found.items()}
        kept = seen[cycle.id] = Shelf(now, found, Corpus(titles))
    return kept


def _known(runtime: Runtime, session: Session, cycle: Cycle) -> dict[str, Known]:
    query = select(Connection).where(Connection.ended_at.is_(None)).order_by(Connection.id)
    rows = {row.id: row for row in session.scalars(query) if row.tracker in runtime.trackers}
    many = Counter(row.tracker for row in rows.values())
    found: dict[str, Known] = {}
    for each in (*_parents(runtime, session, cycle, rows), *_linked(runtime, session, rows)):
        row = rows[each.connection_id]
        offer = _placed(each.offer, row) if many[row.tracker] > 1 else each.offer
        found.setdefault(offer.scope, replace(each, offer=offer))
    return found


def _placed(offer: Offer, row: Connection) -> Offer:
    """A scope that names its connection, where its tracker has several."""
    head, _, rest = offer.scope.partition(":")
    return replace(offer, scope=f"{head.partition('@')[0]}@{row.name}:{rest}")


def _parents(
    runtime: Runtime, session: Session, cycle: Cycle, rows: dict[int, Connection]
) -> Iterator[Known]:
    """Items with work below them: epics and what is above them, issues with sub-issues."""
    child = aliased(Item)
    has_work = exists().where(
        child.connection_id == Item.connection_id,
        child.parent_id == Item.external_id,
        child.level >= 0,
    )
    query = (
        select(Item)
        .where(Item.gone_at.is_(None), Item.connection_id.in_(rows))
        .where(or_(Item.level >= 1, has_work))
        .order_by(Item.updated_at.desc())
        .limit(MOST)
    )
    begins = datetime.combine(cycle.start, time(), UTC)
    for item in session.scalars(query):
        spec = runtime.tracker(rows[item.connection_id].tracker).spec
        over = item.category == "done" and item.state_at < begins
        if not over and spec.naming is not None:
            yield Known(_offer_of(item, spec, spec.naming.kind), item.connection_id)


def _offer_of(item: Item, spec: Spec, named: str) -> Offer:
    kind = spec.kind(named)
    value = spec.renaming.parent(item.key) if spec.renaming else item.key
    return Offer(
        scope=f"{spec.key}:{named}:{value}",
        kind=named,
        label=kind.label if kind else named,
        title=item.title,
        note=", ".join(filter(None, (item.key, item.status))),
        url=item.url,
    )


def _linked(runtime: Runtime, session: Session, rows: dict[int, Connection]) -> Iterator[Known]:
    """Scopes that other key results count, by the titles they were seen under."""
    query = (
        select(Link, KeyResult.key)
        .join(KeyResult, KeyResult.id == Link.key_result_id)
        .join(Cycle, Cycle.id == KeyResult.cycle_id)
        .where(Link.connection_id.in_(rows), Link.title != "", Link.ended_at.is_(None))
        .where(Cycle.state != "closed")
        .order_by(Link.id)
    )
    for link, key in session.execute(query):
        kind = runtime.tracker(link.tracker).spec.kind(link.kind)
        offer = Offer(
            scope=f"{link.tracker}:{link.kind}:{link.today or link.value}",
            kind=link.kind,
            label=kind.label if kind else link.kind,
            title=link.title,
            note=key,
            url=link.url,
        )
        yield Known(offer, link.connection_id or 0)
