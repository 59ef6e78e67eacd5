"""Everything right of the mirror, computed anew from it."""

from sqlalchemy import select

from connector.store.tables import Connection, Cycle, KeyResult, Link
from sync import lease, values
from sync.reckon import reckon
from sync.runtime import Runtime
from sync.scores import alone, rescore_cycle, rescore_key_results
from sync.sources import bound


def rebuild(runtime: Runtime) -> int:
    """Bring ledger, readings and scores up to the mirror; returns how many links were reckoned."""
    now = runtime.clock()
    with runtime.store.write() as session:
        alone(session)
        lease.all_together(session)
        query = (
            select(Link, Connection)
            .join(Connection, Connection.id == Link.connection_id)
            .join(KeyResult, KeyResult.id == Link.key_result_id)
            .join(Cycle, Cycle.id == KeyResult.cycle_id)
            .where(Link.ended_at.is_(None), Link.looked_at.is_not(None), Link.broken.is_(None))
            .where(Cycle.state != "closed")  # its numbers stay as they were when it closed
        )
        found = session.execute(query.order_by(Link.id)).all()
        for link, connection in found:
            tracker = runtime.tracker(connection.tracker)
            mapping = values.field_mapping(connection, tracker.spec)
            reckon(session, [bound(link, tracker)], mapping, now)
        rescore_key_results(session, session.scalars(select(KeyResult.id)).all(), now)
        for cycle_id in session.scalars(select(Cycle.id)):
            rescore_cycle(session, cycle_id, now)
    return len(found)
