"""What was written on items, by the trackers' own state: each note once, and what is wanted now."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from connector.store.tables import Connection, Item, Link, Note

OURS = "worklift"
"""What all that we write bears, and nothing that people write in these tests."""
Place = tuple[str, str]
"""(kind of note, where): an item by the tracker's id, or a place beside items by its name."""


def there(tracker: str, site: Any) -> Counter[Place]:
    """How often each note of ours is to be seen."""
    return Counter(_jira(site) if tracker == "jira" else _github(site))


def _jira(site: Any) -> Iterator[Place]:
    for ident in site.issues:
        for each in site.notes.comments.get(ident, ()):
            if OURS in each["body"]:
                yield "comment", ident
        for each in site.notes.links.get(ident, ()):
            if OURS in each.get("globalId", ""):
                yield "remote_link", ident
        for name in site.notes.properties.get(ident, ()):
            if OURS in name:
                yield "property", ident


def _github(site: Any) -> Iterator[Place]:
    for each in site.comments.values():
        item = site.repos[each.repo.lower()].items.get(each.number)
        if OURS in each.body and item is not None:
            yield "comment", str(item.fields["id"])
    for repo in site.repos.values():
        for number, milestone in repo.milestones.items():
            for _ in range((milestone["description"] or "").count(f"<!-- /{OURS}")):
                yield "block", f"{repo.name}/{number}"


def written(
    session: Session, sites: Mapping[str, Any], forgotten: Collection[tuple[str, Place]] = ()
) -> Iterator[str]:
    """Where a note is missing, doubled, left over, or says something else than is wanted.

    ``forgotten`` are notes that a restored backup knew nothing of (connection and place): where
    nothing wants them any more, nobody can know that they are there.
    """
    for connection in session.scalars(select(Connection).order_by(Connection.id)):
        if connection.name in sites:
            unknown = {place for name, place in forgotten if name == connection.name}
            yield from _of(session, connection, sites[connection.name], unknown)


def unknown(session: Session, sites: Mapping[str, Any]) -> Iterator[tuple[str, Place]]:
    """The notes to be seen at the trackers that the database does not know to be there."""
    for connection in session.scalars(select(Connection).order_by(Connection.id)):
        if connection.name in sites:
            tried = or_(Note.attempts > 0, Note.remote_id.is_not(None))
            rows = select(Note).where(Note.connection_id == connection.id, tried)
            known = {(row.kind, _where(session, row)) for row in session.scalars(rows)}
            seen = there(connection.tracker, sites[connection.name])
            yield from ((connection.name, place) for place in seen.keys() - known)


def _of(
    session: Session, connection: Connection, site: Any, unknown: Collection[Place]
) -> Iterator[str]:
    seen = there(connection.tracker, site)
    for (kind, where), number in seen.items():
        if number > 1:
            yield f"{connection.name} shows {number} notes ({kind}) on {where}"
    wanted = set[Place]()
    rows = select(Note).where(Note.connection_id == connection.id).order_by(Note.id)
    for row in session.scalars(rows):
        place = (row.kind, _where(session, row))
        if row.wanted is None:
            yield f"a note ({place}) is still to be taken away: {row.error}"
        elif row.due_at is not None or row.sent_hash != row.wanted_hash:
            yield f"a note ({place}) was not sent: {row.error or 'no error'}"
        wanted.add(place)
    yield from (f"{connection.name} lacks a note ({each})" for each in sorted(wanted - seen.keys()))
    left = seen.keys() - wanted - set(unknown)
    yield from (f"{connection.name} shows a note ({each}) nobody wants" for each in sorted(left))
    yield from _asked(session, connection, site, seen)


def _asked(
    session: Session, connection: Connection, site: Any, seen: Counter[Place]
) -> Iterator[str]:
    """What links ask for by name, told from the links alone."""
    rows = select(Link).where(Link.connection_id == connection.id, Link.ended_at.is_(None))
    for link in session.scalars(rows):
        asked = set(link.write_back) & set(connection.write_back)
        if "comment" in asked and link.kind == "epic" and not link.broken:
            issue = site.issues.get(site.keys.get(link.value.upper(), ""))
            if issue is not None and seen["comment", issue.id] != 1:
                yield f"{link.value} shows {seen['comment', issue.id]} comments, not one"
        place = link.today or link.value
        if "milestone" in asked and not link.broken and seen["block", place] != 1:
            yield f"milestone {place} shows {seen['block', place]} blocks, not one"


def _where(session: Session, row: Note) -> str:
    return row.subject if row.item_id is None else session.get_one(Item, row.item_id).external_id
