"""What drains cost and what they mended, counted on their source."""

from collections.abc import Collection

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from connector.store.chunks import chunks
from connector.store.tables import Connection, Hint, Item, Source
from sync.ending import Seen
from sync.lease import Claim
from sync.runtime import Runtime


def unhinted(runtime: Runtime, claim: Claim, changed: Collection[int]) -> int:
    """How many of these rows no delivery named, where deliveries come at all; a place that is
    called otherwise shows its items anew though no delivery was lost."""
    if not changed:
        return 0
    with runtime.store.read() as session:
        if session.get_one(Connection, claim.connection_id).delivered_at is None:
            return 0
        if session.get_one(Source, claim.source_id).swept_at is None:
            return 0
        mine = select(Hint.external_id, Hint.key).where(Hint.source_id == claim.source_id)
        named = {name for row in session.execute(mine) for name in row if name}
        rows = (
            row
            for chunk in chunks(changed)
            for row in session.execute(select(Item.external_id, Item.key).where(Item.id.in_(chunk)))
        )
        return sum(not named & set(row) for row in rows)


def count(session: Session, claim: Claim, seen: Seen) -> None:
    """Count one drain in one statement; one that was taken over counts for nothing."""
    more = {
        "drains": 1,
        "calls": seen.calls,
        "items_read": seen.read,
        "repaired": seen.repaired,
    }
    values = {name: getattr(Source, name) + number for name, number in more.items()}
    session.execute(
        update(Source)
        .where(Source.id == claim.source_id, Source.epoch == claim.epoch)
        .values(**values)
        .execution_options(synchronize_session=False)
    )
