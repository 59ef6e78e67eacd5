"""A person has what was set aside tried again."""

from dataclasses import dataclass

from sqlalchemy import select

from connector.errors import Refused
from connector.store.tables import Connection, Source, UnreadableItem
from integrations.tracker import OUT_OF_SIGHT
from sync import lease
from sync.runtime import Runtime
from sync.sources import begin_anew, mark_dirty


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be tried again: of a connection all, or what one item is called."""

    connection: str
    item: str = ""


def retry(runtime: Runtime, wanted: Wanted) -> int:
    """Have items read again by the next drain; returns how many. Raises ``Refused``."""
    with runtime.store.write() as session:
        found = select(Connection).where(
            Connection.name == wanted.connection, Connection.ended_at.is_(None)
        )
        connection = session.scalars(found).one_or_none()
        if connection is None:
            raise Refused(f"there is no connection {wanted.connection!r}")
        lease.together(session, connection.id)
        query = (
            select(UnreadableItem, Source)
            .join(Source, Source.id == UnreadableItem.source_id)
            .where(Source.connection_id == connection.id, UnreadableItem.field != OUT_OF_SIGHT)
        )
        if wanted.item:
            query = query.where(
                (UnreadableItem.key == wanted.item) | (UnreadableItem.external_id == wanted.item)
            )
        rows = session.execute(query).all()
        for row, source in rows:
            row.version = ""
            if row.external_id == row.key:  # no id to ask for it by: only reading all finds it
                begin_anew(source, source.need)
        sources = {source.id for _, source in rows}
        mark_dirty(session, sources)
    if wanted.item and not rows:
        raise Refused(f"{wanted.connection} has not set {wanted.item} aside")
    for source_id in sorted(sources):
        runtime.doorbell.ring(source_id)
    return len(rows)
