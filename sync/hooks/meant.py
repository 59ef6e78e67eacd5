"""Whom a delivery is meant for: the connection it fits, and the sources and items it is about."""

from collections.abc import Iterator, Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from connector.store.tables import Connection, Item, Source
from integrations.tracker import Delivery, Hint
from sync.values import options_of


def fits(connection: Connection, delivery: Delivery) -> bool:
    """Whether it is for this connection; what the connection does not say fits all."""
    known = options_of(connection)
    return all(known.get(name, value) == value for name, value in delivery.fits.items())


def named(sources: Mapping[str, Source], delivery: Delivery) -> dict[int, Source]:
    """The sources it is about, by their ids; items left out."""
    keys = delivery.sources | delivery.lists
    return {
        source.id: source
        for key, source in sources.items()
        if key in keys or key.startswith(delivery.below)
    }


def hinted(
    session: Session, sources: Mapping[str, Source], delivery: Delivery
) -> list[tuple[Source, Hint]]:
    """The items it names, each with its source: the one that is told, and the one that holds it."""
    return [
        (source, hint) for hint in delivery.hints for source in _holders(session, sources, hint)
    ]


def _holders(session: Session, sources: Mapping[str, Source], hint: Hint) -> Iterator[Source]:
    own = sources.get(hint.source)
    if own is not None:
        yield own
    others = {source.id: source for source in sources.values() if source is not own}
    if not others:
        return
    ref = hint.ref
    item = Item.external_id == ref.external_id if ref.external_id else Item.key == ref.key
    holder = session.scalars(select(Item.source_id).where(Item.source_id.in_(others), item)).first()
    if holder is not None:
        yield others[holder]
