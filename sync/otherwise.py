"""Scopes whose thing is called otherwise now, or is another one: their links follow by its id."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from connector.scopes import Below, Tagged
from connector.store.chunks import chunks
from connector.store.tables import Item, ItemEvent, Link
from connector.work import Ref
from integrations.tracker import Tracker
from sync import wording
from sync.ending import Ending
from sync.sources import Bound, bound


def follow(
    ending: Ending, links: list[Bound], tracker: Tracker
) -> tuple[Ending, list[Bound], bool]:
    """Call links as the look says; returns what is left to do for this source, and whether a link
    is called otherwise."""
    look, seen = ending.seen.look, ending.seen
    called = dict(look.called) if look else {}
    moved = {**(look.moved if look else {}), **seen.moved}
    if not (called or moved):
        return ending, links, False
    calling = [each for each in links if each.scope in called]
    following = [each for each in links if _moved(each, moved)]
    for each in calling:
        _call(ending, each, called[each.scope], tracker)
    for each in following:
        _lead(ending, each, moved, tracker)
    ending = _read_so(ending, called) if calling else ending
    rebound = (bound(each.link, tracker) for each in links)
    mine = [each for each in rebound if each.source_key == ending.source.key]
    return ending, mine, bool(calling or following)


def _call(ending: Ending, each: Bound, value: str, tracker: Tracker) -> None:
    """The same thing under another name; what is kept of the past names it so too."""
    was, title = (
        each.selector,
        ending.seen.look.titles.get(each.scope) if ending.seen.look else None,
    )
    _name(ending, each.link, value, tracker)
    now = bound(each.link, tracker).selector
    each.link.title = title or each.link.title
    if isinstance(was, Tagged) and isinstance(now, Tagged):
        _retag(ending, was.tag, now.tag)


def _lead(ending: Ending, each: Bound, moved: Mapping[str, Ref], tracker: Tracker) -> None:
    """A parent that the tracker made another item of; below that nothing has been read yet."""
    found = _moved(each, moved)
    if found is None or tracker.spec.renaming is None:
        return
    link = each.link
    link.root_id, link.broken, link.looked_at = found.external_id, None, None
    link.root_key = found.key
    _name(ending, link, tracker.spec.renaming.parent(found.key or ""), tracker)


def _moved(each: Bound, moved: Mapping[str, Ref]) -> Ref | None:
    selector = each.selector
    return moved.get(selector.key) if isinstance(selector, Below) else None


def _name(ending: Ending, link: Link, value: str, tracker: Tracker) -> None:
    link.today = None if value == link.value else value
    wording.keep(ending.session, "link", link, author=tracker.spec.label, at=ending.now)


def _read_so(ending: Ending, called: Mapping[tuple[str, str], str]) -> Ending:
    """What was read by the old names was read by the new ones."""
    source, need = ending.source, ending.need
    scopes = {(kind, called.get((kind, value), value)) for kind, value in need.scopes}
    held = ((kind, value) for kind, value in source.need.get("scopes", []))
    named = sorted([kind, called.get((kind, value), value)] for kind, value in held)
    source.need = {**source.need, "scopes": named}
    return replace(ending, need=replace(need, scopes=frozenset(scopes)))


def _retag(ending: Ending, was: str, now: str) -> None:
    session, source = ending.session, ending.source
    mine = (Item.connection_id == source.connection_id, Item.place == source.key)
    for chunk in chunks(session.scalars(select(Item.id).where(*mine)).all()):
        _rename(
            session,
            session.scalars(select(ItemEvent).where(ItemEvent.item_id.in_(chunk))),
            was,
            now,
        )


def _rename(session: Session, events: Iterable[ItemEvent], was: str, now: str) -> None:
    for event in events:
        event.before, event.after = _side(event.before, was, now), _side(event.after, was, now)
    session.flush()


def _side(values: dict[str, Any], was: str, now: str) -> dict[str, Any]:
    tags = values.get("tags") or ()
    if was not in tags:
        return values
    return {**values, "tags": sorted({now if tag == was else tag for tag in tags})}
