"""What is set aside and counts as last seen, told source by source."""

from sqlalchemy import func, select

from connector.store.tables import Connection, Source, UnreadableItem
from sync.examined import Check
from sync.runtime import Runtime


def by_source(runtime: Runtime) -> list[str]:
    """How many items are set aside in each source, in words; sources with none are left out."""
    query = (
        select(Connection.name, Source.key, func.count())
        .join(Source, Source.connection_id == Connection.id)
        .join(UnreadableItem, UnreadableItem.source_id == Source.id)
        .where(Connection.ended_at.is_(None))
        .group_by(Connection.name, Source.key)
        .order_by(Connection.name, Source.key)
    )
    with runtime.store.read() as session:
        rows = session.execute(query).all()
    return [
        f"{number} {'item' if number == 1 else 'items'} of {f'{name} {key}'.strip()}"
        for name, key, number in rows
    ]


def check(runtime: Runtime) -> Check:
    """The check of an installation that says so."""
    found = by_source(runtime)
    if not found:
        return Check("items", ok=True, message="no item is set aside")
    message = f"set aside and counted as last seen: {'; '.join(found)}"
    fix = "worklift status names each and says why; worklift status retry CONNECTION tries again"
    return Check("items", ok=False, message=message, fix=fix)
