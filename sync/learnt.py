"""What a look told of each scope: what a query lists, what cannot be read, what it is called."""

from collections.abc import Iterable, Mapping

from sqlalchemy import select

from connector.scopes import Matching
from connector.store.tables import Item, Link
from integrations.tracker import Look
from sync.aside import out_of_sight
from sync.ending import Ending, Seen
from sync.gone import is_deletion
from sync.mirror import listed_by, store_matches
from sync.sources import Bound, begin_anew, mark_dirty, was_read


def learn(ending: Ending, links: list[Bound]) -> set[str]:
    """Keep what the look told of each scope; returns the queries that list other items now."""
    look, source = ending.seen.look, ending.source
    if look is None:
        return set()
    lost = out_of_sight(ending.session, source)
    # Where everything is read anew, what a query lists no more was not asked for yet.
    listed = () if ending.seen.unfollowed else look.matches.items()
    relisted = {q for q, ids in listed if _relist(ending, q, ids, lost)}
    lost_parents, broken = _parentless(ending, links), _broken(look, links, ending.seen.unsized)
    for each in links:
        said = broken.get(each.link.id) or lost_parents.get(each.scope)
        if each.link.broken and not said:
            each.link.looked_at = None  # what happened meanwhile has not been reckoned
        each.link.broken = said
        each.link.title = look.titles.get(each.scope, each.link.title)
    source.external_id = look.place_id or source.external_id
    if ending.is_current:
        source.cursor, source.need = look.cursor, was_read(source.need)
        if look.complete or look.whole:
            source.swept_at = ending.claim.started_at
    _begin_anew(ending)
    return relisted


def _parentless(ending: Ending, links: Iterable[Bound]) -> dict[tuple[str, str], str]:
    """The scopes whose parent was deleted: nothing lies below it that could be counted."""
    named = [each for each in links if each.link.root_id]
    query = select(Item.external_id, Item.key, Item.gone_reason).where(
        Item.connection_id == ending.source.connection_id,
        Item.external_id.in_({each.link.root_id for each in named}),
        Item.gone_at.is_not(None),
    )
    rows = ending.session.execute(query).all() if named else ()
    deleted = {row.external_id: row.key for row in rows if is_deletion(row.gone_reason)}
    return {
        each.scope: f"{deleted[root]} was deleted: link something else instead, or end the link."
        for each in named
        if (root := each.link.root_id) in deleted and root is not None
    }


def _relist(ending: Ending, query: str, found: frozenset[str], lost: set[str]) -> bool:
    """What a query listed and hides from us now it goes on listing: a lost right is no change."""
    session, source = ending.session, ending.source
    kept = lost & listed_by(session, source, query) if lost else frozenset()
    return store_matches(session, source, query, found | kept)


def mended(seen: Seen, links: Iterable[Bound]) -> list[Link]:
    """The links whose scope could not be read before and can by this look."""
    if seen.look is None:
        return []
    found = list(links)
    broken = _broken(seen.look, found, seen.unsized)
    return [each.link for each in found if each.link.broken and each.link.id not in broken]


def _begin_anew(ending: Ending) -> None:
    """Have everything read where a scope can be read again: a look since the cursor does not
    show what changed while it could not."""
    if ending.seen.unfollowed:
        begin_anew(ending.source, ending.source.need)
        ending.session.flush()
        mark_dirty(ending.session, {ending.source.id})


def _broken(
    look: Look, links: Iterable[Bound], unsized: Mapping[int, str | None]
) -> dict[int, str]:
    """By link why its scope cannot be read, or not by what it measures: as this look told, else
    as an earlier one did."""
    found: dict[int, str] = {}
    for each in links:
        link = each.link
        said = look.broken.get(each.scope) or unsized.get(link.id)
        if not said and link.broken and not _tells(look, each):
            said = link.broken
        if said:
            found[link.id] = said
    return found


def _tells(look: Look, each: Bound) -> bool:
    """Whether the look asked if the scope exists; one for changes only may not have."""
    selector = each.selector
    everything = look.complete or look.whole
    return everything or (isinstance(selector, Matching) and selector.query in look.matches)
