"""A work item by what people call it (its key, its page, its key at a connection), as a value."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from connector.attribution import ItemReport
from connector.errors import Refused
from connector.mapping import FieldMapping, state_of
from connector.store.tables import Connection, Contribution, Item, Source, UnreadableItem
from sync import values
from sync.names import now_called

EXAMPLES = "PLAT-43, acme/api#7, jira:PLAT-43, jira@eu:PLAT-43 or the address of its page"


class Unknown(Refused):
    """No work item goes by that name."""


class SetAside(Refused):
    """The work item was never read whole: its answer could not be understood."""


class Ambiguous(Refused):
    """Several connections know a work item by that name; ``names`` tell them apart."""

    def __init__(self, problem: str, names: tuple[str, ...]) -> None:
        super().__init__(problem)
        self.names = names


@dataclass(frozen=True, slots=True)
class Found:
    """A work item with the connection it was read by."""

    item: Item
    connection: Connection


def item_report(found: Found, mapping: FieldMapping, tags: Collection[str] = ()) -> ItemReport:
    """The item with its state; ``tags`` are needed where the mapping reads boards."""
    item, connection = found.item, found.connection
    return ItemReport(
        tracker=connection.tracker,
        connection=connection.name,
        key=item.key,
        title=item.title,
        url=item.url,
        type=item.type,
        status=item.status,
        state=state_of(values.work_item(item, tags), mapping),
        place=item.place,
        gone=None if item.gone_at is None else item.gone_reason or "no longer to be seen",
    )


def find_item(session: Session, name: str, hidden: Collection[int] = ()) -> Found:
    """The work item of that name; raises ``Refused`` when there is none, or several.

    For whoever may not see the ``hidden`` connections, their items are not there.
    """
    text = name.strip()
    if not text:
        raise Refused(f"name a work item: {EXAMPLES}")
    seen = Connection.id.not_in(hidden)
    if text.startswith(("http://", "https://")):
        found = _only(_read(session, is_page(text), seen), text)
        return found or _unknown(session, text, key=text, hidden=hidden)
    place, at, key = text.rpartition(":")
    where = (*_where(session, place), seen) if at else (seen,)
    spelt = _spellings(key)
    found = _only(_read(session, Item.key.in_(spelt), *where), key)
    if found is None:
        # It may have moved and have another key now: the ledger knows what it was called.
        once = select(Contribution.item_id).where(Contribution.item_key.in_(spelt))
        found = _only(_read(session, Item.id.in_(once), *where), key)
    if found is None:
        folded = {each.lower() for each in spelt}
        found = _only(_read(session, func.lower(Item.key).in_(folded), *where), key)
    return found or _unknown(session, text, key=key, hidden=hidden)


def _spellings(key: str) -> set[str]:
    """The key as it may be kept; ``acme/api/7`` of an address is ``acme/api#7``."""
    before, slash, last = key.rpartition("/")
    written = {key, f"{before}#{last}"} if slash and "/" in before and last.isdigit() else {key}
    return {spelt for each in written for spelt in (each, each.upper(), each.lower())}


def is_page(url: str) -> ColumnElement[bool]:
    """Whether an item's page is at this address, whatever follows it."""
    try:
        bare = urlsplit(url)._replace(query="", fragment="").geturl().rstrip("/")
    except ValueError:  # no address of any page
        bare = url
    return func.lower(Item.url) == bare.lower()


def _where(session: Session, place: str) -> tuple[ColumnElement[bool], ...]:
    """``jira`` or ``jira@eu`` as conditions on the connection; raises ``Refused``."""
    tracker, at, name = place.partition("@")
    mine = Connection.tracker == tracker
    both = (mine, Connection.name == (now_called(session, name) or name)) if at else (mine,)
    if session.scalars(select(Connection.id).where(*both).limit(1)).first() is None:
        raise Unknown(f"there is no connection {place!r}; name a work item like {EXAMPLES}")
    return both


def _read(session: Session, *conditions: ColumnElement[bool]) -> list[Found]:
    query = (
        select(Item, Connection)
        .join(Connection, Connection.id == Item.connection_id)
        .where(*conditions)
        .order_by(Connection.name, Item.id)
    )
    return [Found(row[0], row[1]) for row in session.execute(query)]


def _only(found: Sequence[Found], name: str) -> Found | None:
    """The one that is meant: what is there before what is gone."""
    for fits in (_is_here, _is_connected, _is_any):
        fitting = [each for each in found if fits(each)]
        if len({each.connection.id for each in fitting}) > 1:
            names = [
                f"{each.connection.tracker}@{each.connection.name}:{each.item.key}"
                for each in fitting
            ]
            said = f"{name} is known to several connections: say {' or '.join(names)}"
            raise Ambiguous(said, tuple(names))
        if fitting:
            return fitting[-1]
    return None


def _is_here(found: Found) -> bool:
    return found.item.gone_at is None and _is_connected(found)


def _is_connected(found: Found) -> bool:
    return found.connection.ended_at is None


def _is_any(_found: Found) -> bool:
    return True


def _unknown(session: Session, text: str, *, key: str, hidden: Collection[int]) -> Found:
    folded = {each.lower() for each in _spellings(key)}
    unread = (
        select(UnreadableItem)
        .join(Source, Source.id == UnreadableItem.source_id)
        .where(func.lower(UnreadableItem.key).in_(folded), Source.connection_id.not_in(hidden))
    )
    row = session.scalars(unread.limit(1)).first()
    if row is not None:
        raise SetAside(f"{row.key} could not be read: {row.field} {row.message}")
    raise Unknown(
        f"no work item {text!r} is known; check its key (write {EXAMPLES}). Only projects and "
        "repositories that some link needs are read"
    )
