"""What a scope is called, as far as anybody looked."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from connector.scopes import Scope
from connector.store.tables import Connection, Item, Link


def title_of(session: Session, scope: Scope) -> str:
    """What a scope was last seen to be called at its connection; "" where nobody looked.

    Another connection may call another thing so, and not everybody may see that one's work.
    """
    mine = select(Connection.id).where(
        Connection.tracker == scope.tracker, Connection.ended_at.is_(None)
    )
    if scope.connection is not None:
        mine = mine.where(Connection.name == scope.connection)
    linked = select(Link.title).where(
        Link.kind == scope.kind, Link.value == scope.value, Link.connection_id.in_(mine)
    )
    title = session.scalars(linked.where(Link.title != "").order_by(Link.id.desc())).first()
    if title:
        return title
    parent = select(Item.title).where(Item.key == scope.value, Item.connection_id.in_(mine))
    return session.scalars(parent.where(Item.gone_at.is_(None)).limit(1)).first() or ""
