"""Makes and ends links as items ask."""

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from connector.okr import rule_as_json
from connector.store.tables import Connection, Cycle, Item, KeyResult, Link, Naming
from sync import trend, wording
from sync.conventions.asking import Asked, Named, asked_of, named, says, scope_of
from sync.conventions.wishes import rule_of, wishes
from sync.gone import TOLD
from sync.move_settings import withheld
from sync.runtime import Runtime
from sync.scores import rescore


def follow(runtime: Runtime, session: Session, connection: Connection) -> bool:
    """Make and end links as items ask, in the caller's write; returns whether any was."""
    asked = asked_of(runtime, session, connection)
    if asked is None:
        return False
    names = named(asked)
    ended = _end(asked, names)
    made = [(_make(asked, each, row), each.author) for each, row, problem in wishes(asked, names)
            if row is not None and problem is None]  # fmt: skip
    for link, author in made:
        wording.keep(session, "link", link, author=author, at=asked.now)
    session.flush()
    concerned = {each.key_result_id for each in (*ended, *dict(made))}
    rescore(session, concerned, asked.now)
    trend.tell_anew(session, concerned)
    return bool(ended or made)


def is_asked_for(session: Session, link: Link) -> bool:
    """Whether what a link's scope is names its key result, so that it would come back."""
    row = session.get_one(KeyResult, link.key_result_id)
    mine = (Naming.connection_id == link.connection_id, Naming.kind == link.kind)
    rows = session.scalars(
        select(Naming).where(*mine, Naming.ends.is_(False), Naming.problem.is_(None))
    )
    value = (link.today or link.value).casefold()
    if any((each.value.casefold(), each.key.casefold()) == (value, row.key.casefold())
           for each in rows):  # fmt: skip
        return True
    key = link.root_key or link.value.upper()
    mine = (Item.connection_id == link.connection_id, Item.key == key)
    items = session.scalars(select(Item).where(*mine, Item.gone_at.is_(None)))
    return any(says(item, row.key) for item in items)


def _end(asked: Asked, named: Sequence[Named]) -> list[Link]:
    """End the links that items no longer ask for, and forget who ended one once the item has
    fallen silent: when it asks again, it is heard."""
    names: dict[str, list[Named]] = defaultdict(list)
    for each in named:
        names[each.key.casefold()].append(each)
    query = (
        select(Link, KeyResult.key)
        .join(KeyResult, KeyResult.id == Link.key_result_id)
        .join(Cycle, Cycle.id == KeyResult.cycle_id)
        .where(Link.connection_id == asked.connection.id, Link.origin == "convention")
        .where(Cycle.state != "closed")
    )
    ended = []
    for link, key in asked.session.execute(query):
        mine = names.get(key.casefold(), ())
        if any(asked.is_of(link, each) for each in mine) or _rests(asked, link, key):
            continue
        if link.ended_at is None:
            link.ended_at = asked.now
            ended.append(link)
        link.ended_by = asked.author(_who(asked, link, key))
    asked.session.flush()
    return ended


def _who(asked: Asked, link: Link, key: str) -> str:
    """Who took back what a link was made for: who said so, else what it names."""
    mine = (Naming.connection_id == asked.connection.id, Naming.kind == link.kind)
    said = select(Naming).where(*mine, Naming.ends.is_(True), Naming.problem.is_(None))
    value = (link.today or link.value).casefold()
    for row in asked.session.scalars(said):
        if (row.value.casefold(), row.key.casefold()) == (value, key.casefold()):
            return row.author
    return link.value if link.kind == "epic" else f"{link.kind} {link.value}"


def _rests(asked: Asked, link: Link, key: str) -> bool:
    """Whether what asked for a link is not heard just now: that takes nothing back."""
    kind, resting = asked.tracker.spec.kind(link.kind), withheld(asked.connection)
    places = {asked.naming.source(place) for place in resting}
    here = kind is not None and kind.source(link.today or link.value) in places
    return here or _is_hidden(asked, link, key)


def _is_hidden(asked: Asked, link: Link, key: str) -> bool:
    """Whether the item only cannot be seen: then it has not taken its word back."""
    mine = (Item.connection_id == asked.connection.id, Item.key == (link.root_key or link.value))
    gone = asked.session.scalars(select(Item).where(*mine, Item.gone_at.is_not(None))).first()
    return gone is not None and gone.gone_reason != TOLD and says(gone, key)


def _make(asked: Asked, named: Named, row: KeyResult) -> Link:
    session = asked.session
    held = session.scalars(select(Link).where(Link.key_result_id == row.id)).all()
    standing = [link for link in held if link.ended_at is None]
    scope = scope_of(asked, named.kind, named.value)
    link = Link(
        key_result_id=row.id,
        scope=scope.text,
        tracker=scope.tracker,
        kind=scope.kind,
        value=scope.value,
        connection_id=asked.connection.id,
        rule=rule_as_json(rule_of(standing)),
        title=named.title,
        created_at=asked.now,
        position=max((each.position for each in standing), default=-1) + 1,
        origin="convention",
    )
    session.add(link)
    session.flush()
    return link
