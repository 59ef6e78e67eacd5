"""Makes and ends links as items ask."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from connector.okr import rule_as_json
from connector.store.tables import Connection, Cycle, Item, KeyResult, Link
from sync import wording
from sync.conventions.asking import Asked, Named, asked_of, named, says, scope_of
from sync.conventions.wishes import rule_of, wishes
from sync.gone import TOLD
from sync.runtime import Runtime
from sync.scores import rescore


def follow(runtime: Runtime, session: Session, connection: Connection) -> bool:
    """Make and end links as items ask, in the caller's write; returns whether any was."""
    asked = asked_of(runtime, session, connection)
    if asked is None:
        return False
    names = named(asked)
    ended = _end(asked, names)
    made = [_make(asked, each, row) for each, row, problem in wishes(asked, names)
            if row is not None and problem is None]  # fmt: skip
    for link in made:
        wording.keep(session, "link", link, author=asked.author(link.value), at=asked.now)
    session.flush()
    rescore(session, {link.key_result_id for link in (*ended, *made)}, asked.now)
    return bool(ended or made)


def is_asked_for(session: Session, link: Link) -> bool:
    """Whether the item of a link's scope names its key result, so that it would come back."""
    row = session.get_one(KeyResult, link.key_result_id)
    key = link.root_key or link.value.upper()
    mine = (Item.connection_id == link.connection_id, Item.key == key)
    items = session.scalars(select(Item).where(*mine, Item.gone_at.is_(None)))
    return any(says(item, row.key) for item in items)


def _end(asked: Asked, named: Sequence[Named]) -> list[Link]:
    """End the links that items no longer ask for, and forget who ended one once the item has
    fallen silent: when it asks again, it is heard."""
    names = {(each.item.key, each.key.casefold()) for each in named}
    query = (
        select(Link, KeyResult.key)
        .join(KeyResult, KeyResult.id == Link.key_result_id)
        .join(Cycle, Cycle.id == KeyResult.cycle_id)
        .where(Link.connection_id == asked.connection.id, Link.origin == "convention")
        .where(Cycle.state != "closed")
    )
    ended = []
    for link, key in asked.session.execute(query):
        if (link.root_key or link.value, key.casefold()) in names or _is_hidden(asked, link, key):
            continue
        if link.ended_at is None:
            link.ended_at = asked.now
            ended.append(link)
        link.ended_by = asked.author(link.value)
    asked.session.flush()
    return ended


def _is_hidden(asked: Asked, link: Link, key: str) -> bool:
    """Whether the item only cannot be seen: then it has not taken its word back."""
    mine = (Item.connection_id == asked.connection.id, Item.key == (link.root_key or link.value))
    gone = asked.session.scalars(select(Item).where(*mine, Item.gone_at.is_not(None))).first()
    return gone is not None and gone.gone_reason != TOLD and says(gone, key)


def _make(asked: Asked, named: Named, row: KeyResult) -> Link:
    session = asked.session
    held = session.scalars(select(Link).where(Link.key_result_id == row.id)).all()
    standing = [link for link in held if link.ended_at is None]
    scope = scope_of(asked, named.item.key)
    link = Link(
        key_result_id=row.id,
        scope=scope.text,
        tracker=scope.tracker,
        kind=scope.kind,
        value=scope.value,
        connection_id=asked.connection.id,
        rule=rule_as_json(rule_of(standing)),
        title=named.item.title,
        created_at=asked.now,
        position=max((each.position for each in standing), default=-1) + 1,
        origin="convention",
    )
    session.add(link)
    session.flush()
    return link
