"""Where the pages of work items are found, for notes that lead to them."""

from urllib.parse import quote

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from connector.store.tables import Connection


def pages_of(session: Session, connection: Connection, public_url: str) -> str:
    """What the addresses of a connection's items begin with; it is named where it is one of
    several to its tracker."""
    mine = (Connection.tracker == connection.tracker, Connection.ended_at.is_(None))
    several = session.scalar(select(func.count()).select_from(Connection).where(*mine)) or 0
    place = f"{connection.tracker}@{connection.name}" if several > 1 else connection.tracker
    return f"{public_url}/item/{place}"


def page_of(pages: str, key: str) -> str:
    """The address of one of them; ``acme/api#7`` is ``acme/api/7`` there."""
    return f"{pages}/{quote(key.replace('#', '/'))}"
