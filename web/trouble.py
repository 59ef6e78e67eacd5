"""Connections that bring no news: said once per page, not beside every number they feed."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from connector.report import KeyResultReport
from connector.store.tables import Connection, Source


@dataclass(frozen=True, slots=True)
class Trouble:
    """What one connection cannot read, and why; ``looked_at`` is its oldest complete look."""

    connection: str
    what: str
    sentences: tuple[str, ...]
    looked_at: datetime | None


def troubles(session: Session, shown: Iterable[KeyResultReport]) -> tuple[Trouble, ...]:
    """The connections in trouble that feed any of these key results; no query while all is well."""
    said = {link.error for each in shown for link in each.links if link.error}
    if not said:
        return ()
    failing = or_(Connection.error.is_not(None), Source.error.is_not(None))
    query = (
        select(Connection, Source)
        .outerjoin(Source, Source.connection_id == Connection.id)
        .where(Connection.ended_at.is_(None), failing)
        .order_by(Connection.name, Source.key)
    )
    failed: dict[Connection, list[Source]] = defaultdict(list)
    for connection, source in session.execute(query):
        failed[connection] += [source] if source else []
    found = (_trouble(connection, sources) for connection, sources in failed.items())
    return tuple(each for each in found if said.intersection(each.sentences))


def _trouble(connection: Connection, sources: Sequence[Source]) -> Trouble:
    """A connection's own error is the one that every link shows."""
    own = (connection.error,) if connection.error else ()
    looks = [source.looked_at for source in sources]
    return Trouble(
        connection=connection.name,
        what=connection.name if own else _what(connection.name, [each.key for each in sources]),
        sentences=own or tuple(dict.fromkeys(each.error for each in sources if each.error)),
        looked_at=min((each for each in looks if each), default=None) if all(looks) else None,
    )


def _what(name: str, keys: Sequence[str]) -> str:
    if len(keys) > 1:
        return f"{len(keys)} sources of {name}"
    return f"{keys[0]} ({name})" if keys[0] else name


def own_reason(row: KeyResultReport, found: Sequence[Trouble]) -> str:
    """The row's reason, or '' where its number is current and only a connection is in trouble."""
    said = {sentence for each in found for sentence in each.sentences}
    return "" if row.reason in said else row.reason
