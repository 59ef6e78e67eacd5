"""The address of a work item's page."""

from flask import g, url_for
from sqlalchemy import func, select

from connector.attribution import ItemReport
from connector.store.tables import Connection
from web.current import runtime


def item_url(tracker: str, key: str, connection: str = "") -> str:
    """Where a work item answers why somebody works on it.

    ``connection`` is named where the tracker has several; without it such an item may be asked for.
    """
    place = f"{tracker}@{connection}" if connection and tracker in _several() else tracker
    return url_for("work.item", tracker=place, key=written(key))


def url_of(item: ItemReport) -> str:
    """The same of an item as it was reported."""
    return item_url(item.tracker, item.key, item.connection)


def written(key: str) -> str:
    """A key as addresses hold it: ``acme/api#7`` is ``acme/api/7``."""
    return key.replace("#", "/")


def _several() -> frozenset[str]:
    """The trackers with more than one connection; looked up once for a request."""
    if "several" not in g:
        query = select(Connection.tracker).where(Connection.ended_at.is_(None))
        with runtime().store.read() as session:
            several = query.group_by(Connection.tracker).having(func.count() > 1)
            g.several = frozenset(session.scalars(several))
    found: frozenset[str] = g.several
    return found
