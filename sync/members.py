"""Which items of the mirror lie in a link's scope."""

from collections import defaultdict
from collections.abc import Collection, Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from connector.ledger import Candidate
from connector.scopes import Below, Matching, Selector, Tagged
from connector.store.chunks import chunks
from connector.store.tables import Item, ItemTag, Match
from sync import values
from sync.mirror import query_hash
from sync.sources import Bound, descendants


def candidates(session: Session, bound: Bound, *, tags: bool = False) -> list[Candidate]:
    """The items in the scope of a link now, ordered by id; with their ``tags`` where asked."""
    rows = sorted(members(session, bound), key=lambda row: row.id)
    named = tags_of(session, [row.id for row in rows]) if tags else {}
    return [Candidate(row.id, values.work_item(row, named.get(row.id, ()))) for row in rows]


def members(session: Session, bound: Bound) -> Iterable[Item]:
    """The rows in the scope of a link now."""
    return _rows(session, bound, bound.kind.select(bound.link.value))


def tags_of(session: Session, item_ids: Collection[int]) -> dict[int, set[str]]:
    """The tags of these items."""
    found: dict[int, set[str]] = defaultdict(set)
    for chunk in chunks(item_ids):
        for each in session.scalars(select(ItemTag).where(ItemTag.item_id.in_(chunk))):
            found[each.item_id].add(each.tag)
    return found


def _rows(session: Session, bound: Bound, selector: Selector) -> Iterable[Item]:
    connection_id = bound.link.connection_id
    mine = select(Item).where(Item.connection_id == connection_id, Item.gone_at.is_(None))
    match selector:
        case Tagged(tag):
            return session.scalars(
                mine.join(ItemTag, ItemTag.item_id == Item.id).where(ItemTag.tag == tag)
            )
        case Below(key):
            depth = values.rule(bound.link).depth
            return descendants(session, connection_id or 0, key, depth).values()
        case Matching(query):
            listed = select(Match.external_id).where(
                Match.source_id == bound.link.source_id, Match.query_hash == query_hash(query)
            )
            return session.scalars(mine.where(Item.external_id.in_(listed)))
