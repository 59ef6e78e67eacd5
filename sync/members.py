"""Which items of the mirror lie in a link's scope."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from connector.ledger import Candidate
from connector.scopes import Below, Matching, Selector, Tagged
from connector.store.tables import Item, ItemTag, Match
from sync import values
from sync.mirror import query_hash
from sync.sources import Bound, descendants


def candidates(session: Session, bound: Bound) -> list[Candidate]:
    """The items in the scope of a link now, ordered by id."""
    selector = bound.kind.select(bound.link.value)
    rows = sorted(_rows(session, bound, selector), key=lambda row: row.id)
    return [Candidate(row.id, values.work_item(row)) for row in rows]


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
