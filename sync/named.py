"""The single items a drain asks for by id: what deliveries named, what lists hold and the mirror
does not, and what the mirror holds and lists no longer do."""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from sqlalchemy import Select, delete, or_, select, update
from sqlalchemy.orm import Session

from connector.scopes import Below
from connector.store.chunks import chunks
from connector.store.tables import Hint, Item, Source, UnreadableItem
from connector.work import Ref
from integrations.tracker import Fetched, Look, Unreadable
from sync.aside import OUT_OF_SIGHT, out_of_sight
from sync.ending import Seen
from sync.gone import DELETED, TOLD, TRANSFERRED, hidden
from sync.members import member_ids
from sync.mirror import listed_by
from sync.sources import Bound

HIDDEN = "this token may not see it"
BEHIND = timedelta(hours=1)
"""Searches of trackers show what was deleted for less long than this."""
_HERE = {"synchronize_session": False}


def hinted(session: Session, connection_id: int, hints: Iterable[Hint]) -> dict[Ref, bool]:
    """What deliveries named and the mirror does not have so new; with each, whether the tracker
    said that it was deleted."""
    mine = select(Item).where(Item.connection_id == connection_id)
    found: dict[Ref, bool] = {}
    for hint in hints:
        named = Item.external_id == hint.external_id if hint.external_id else Item.key == hint.key
        row = session.scalars(mine.where(named)).first()
        if not _is_known(hint, row):
            ref = Ref(hint.external_id, hint.key or (row.key if row else None))
            found[ref] = hint.gone or found.get(ref, False)
    return found


def waiting(source: Source, seq: int) -> Select[Hint]:
    """What deliveries up to ``seq`` named and no drain has followed."""
    anew = or_(Hint.seq > source.done_seq, ~Hint.gone)
    return select(Hint).where(Hint.source_id == source.id, Hint.seq <= seq, anew)


def ghosts(session: Session, source: Source) -> dict[Ref, bool]:
    """What was told to be deleted before the mirror had it, and a search that is behind showed."""
    query = select(Item.external_id, Item.key).join(Hint, Hint.external_id == Item.external_id)
    told = (Hint.source_id == source.id, Hint.gone, Hint.seq <= source.done_seq)
    here = (Item.connection_id == source.connection_id, Item.gone_at.is_(None))
    return {Ref(*row): True for row in session.execute(query.where(*told, *here))}


def done_with(session: Session, source: Source, seq: int, now: datetime) -> None:
    """Forget what deliveries named; a deletion of what the mirror never had is kept for a while,
    since a search that is behind may still show it to a link made meanwhile."""
    mine = (Hint.source_id == source.id, Hint.seq <= seq)
    named = (Item.connection_id == source.connection_id, Item.external_id == Hint.external_id)
    held = select(Item.id).where(*named).correlate(Hint).exists()
    if source.done_seq < seq:
        fresh = (*mine, Hint.seq > source.done_seq, Hint.gone, Hint.external_id.is_not(None), ~held)
        session.execute(update(Hint).where(*fresh).values(updated_at=now), _HERE)
    over = or_(~Hint.gone, held, Hint.updated_at.is_(None), Hint.updated_at < now - BEHIND)
    session.execute(delete(Hint).where(*mine, over), _HERE)


def reasons(fetched: Fetched, deleted: Collection[Ref]) -> dict[Ref, str]:
    """Why what is missing is gone; ``deleted`` is what the tracker itself said so of."""
    why = dict(fetched.why)
    for ref in fetched.missing:
        if made := fetched.moved.get(ref.key or ""):
            why[ref] = f"{TRANSFERRED}{made.key}"
    return {
        ref: TOLD if ref in deleted else why.get(ref, DELETED)
        for ref in fetched.missing
        if ref in deleted or ref not in fetched.hidden
    }


def hides(
    session: Session, source: Source, fetched: Fetched, deleted: Collection[Ref]
) -> list[Unreadable]:
    """Mirrored items that are there but not for us: set aside, they count as last seen."""
    lost = {ref for ref in fetched.hidden if ref not in deleted}
    if not lost:
        return []
    ids, keys = ({getattr(ref, name) for ref in lost} for name in ("external_id", "key"))
    named = or_(Item.external_id.in_(ids - {None}), Item.key.in_(keys - {None}))
    here = Item.connection_id == source.connection_id
    query = select(Item.external_id, Item.key).where(here, named)
    why = {
        name: fetched.why.get(ref, HIDDEN) for ref in lost for name in (ref.external_id, ref.key)
    }
    return [
        Unreadable(external_id, key, OUT_OF_SIGHT, why.get(external_id) or why.get(key) or HIDDEN)
        for external_id, key in session.execute(query.where(Item.gone_at.is_(None)))
    ]


def _is_known(hint: Hint, row: Item | None) -> bool:
    """Whether a hint can tell nothing new of the row of its item."""
    is_there = row is not None and row.gone_at is None
    if hint.gone:
        return not is_there
    if row is None or not is_there or hint.updated_at is None:
        return False
    return row.updated_at >= hint.updated_at


def unmirrored(session: Session, source: Source, seen: Seen) -> list[Ref]:
    """What lists hold without having been read: time alone can bring an item into a query.

    What is new in a query is read even if it is held: nobody followed it while it lay in no
    scope. A sweep also tries again what was set aside, which nothing else would read any more.
    """
    if seen.look is None:
        return []
    swept, queried = frozenset(seen.listed or ()), frozenset().union(*seen.look.matches.values())
    wanted = {each for each in swept | queried if each not in seen.ids}
    if not wanted:
        return []
    query = select(UnreadableItem.external_id).where(UnreadableItem.source_id == source.id)
    aside = set(session.scalars(query))
    again = aside & swept | queried & out_of_sight(session, source)
    again |= _entered(session, source, seen.look)
    found = _not_held(session, source, wanted - aside) | wanted & again
    return [Ref(each, None) for each in sorted(found)]


def _entered(session: Session, source: Source, look: Look) -> set[str]:
    """What queries list now and did not list at the last look."""
    entered = (ids - listed_by(session, source, query) for query, ids in look.matches.items())
    return set().union(*entered)


def _not_held(session: Session, source: Source, wanted: Collection[str]) -> set[str]:
    mine = (Item.connection_id == source.connection_id, Item.gone_at.is_(None))
    found = set(wanted)
    for chunk in chunks(wanted):
        held = select(Item.external_id).where(*mine, Item.external_id.in_(chunk))
        found.difference_update(session.scalars(held))
    return found


def left(session: Session, source: Source, seen: Seen) -> list[Ref]:
    """What a look met before and does not meet any more, where the mirror holds it; and what an
    earlier drain stored that never came to its end: no list that this one goes by counts it."""
    found: list[Ref] = _unfinished(session, source)
    mine = (Item.connection_id == source.connection_id, Item.gone_at.is_(None))
    for chunk in chunks(sorted(seen.look.left) if seen.look else ()):
        query = select(Item.external_id, Item.key).where(*mine, Item.key.in_(chunk))
        found += [Ref(*row) for row in session.execute(query.order_by(Item.id))]
    return [ref for ref in found if ref.external_id not in seen.ids]


def _unfinished(session: Session, source: Source) -> list[Ref]:
    mine = (Item.source_id == source.id, Item.unreckoned, Item.gone_at.is_(None))
    query = select(Item.external_id, Item.key).where(*mine).order_by(Item.id)
    return [Ref(*row) for row in session.execute(query)]


def unlisted_some(
    session: Session, source: Source, seen: Seen, links: Collection[Bound], most: int
) -> list[Ref]:
    """The same of a tracker whose lists tell what is gone: only why is asked, of so many of its
    own. Of those of other places it is asked whether they are gone at all."""
    found = unlisted(session, source, seen, links)
    ids = {ref.external_id for ref in found}
    own: set[str] = set()
    for chunk in chunks(sorted(each for each in ids if each)):
        query = select(Item.external_id).where(Item.source_id == source.id)
        query = query.where(Item.place == source.key, Item.external_id.in_(chunk))
        own.update(session.scalars(query))
    mine = [ref for ref in found if ref.external_id in own]
    return [ref for ref in found if ref.external_id not in own] + mine[:most]


def unlisted(session: Session, source: Source, seen: Seen, links: Collection[Bound]) -> list[Ref]:
    """What the mirror holds in these scopes and what was read lists no longer.

    What lies in a scope that could not be read is left out: not being listed says nothing of it.
    So is what the mirror knows to lie elsewhere.
    """
    if seen.look is None:
        return []
    found = {each for each in _dropped(session, source, seen.look) if not seen.has(each)}
    rows = _rows(session, source, found)
    if seen.look.complete:
        unseen = _unseen(session, source, seen)
        scoped = inside(session, source, links) if unseen else set()
        rows.update({item_id: unseen[item_id] for item_id in unseen.keys() & scoped})
    lost = hidden(session, links, seen.look) if rows else set()
    return [ref for item_id, ref in sorted(rows.items()) if item_id not in lost]


def _dropped(session: Session, source: Source, look: Look) -> set[str]:
    """What queries listed at the last look and do not list now; what is out of sight is asked for
    again when everything is listed, not at every look."""
    dropped = (listed_by(session, source, query) - ids for query, ids in look.matches.items())
    found = set().union(*dropped)
    return found - out_of_sight(session, source) if found and not look.complete else found


def _rows(session: Session, source: Source, external_ids: Collection[str]) -> dict[int, Ref]:
    found: dict[int, Ref] = {}
    mine = select(Item.id, Item.external_id, Item.key).where(
        Item.source_id == source.id, Item.gone_at.is_(None)
    )
    for chunk in chunks(external_ids):
        for row in session.execute(mine.where(Item.external_id.in_(chunk))):
            found[row.id] = Ref(row.external_id, row.key)
    return found


def _unseen(session: Session, source: Source, seen: Seen) -> dict[int, Ref]:
    """The items of a source that a complete look neither read nor listed."""
    mine = (Item.source_id == source.id, Item.gone_at.is_(None))
    found: set[str] = set()
    held = session.connection().execute(select(Item.external_id).where(*mine)).scalars()
    for portion in held.partitions(1000):
        found.update(each for each in portion if each not in seen.ids)
    return _rows(session, source, found - (seen.listed or set()))


def inside(session: Session, source: Source, links: Iterable[Bound]) -> set[int]:
    """The items in the scopes of links, by the mirror as it is, and the parents they are below."""
    found: set[int] = set()
    for each in links:
        found |= member_ids(session, each)
        selector = each.selector
        if isinstance(selector, Below):
            root = (Item.connection_id == source.connection_id, Item.key == selector.key)
            found.update(session.scalars(select(Item.id).where(*root)))
    return found
