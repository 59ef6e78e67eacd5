"""Answers to people who ask at a work item which key results it serves: one to each question."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from connector import notes
from connector.notes_answers import Served
from connector.notes_markdown import comment_at
from connector.scopes import Below
from connector.store.tables import (
    Connection,
    Contribution,
    Cycle,
    Item,
    KeyResult,
    Link,
    Note,
    Objective,
    Reading,
)
from integrations.tracker import Command, Names
from sync import values
from sync.conventions.asking import Asked, asked_of
from sync.conventions.keeping import Where, answered, note
from sync.runtime import Runtime
from sync.writeback.asking import undecided
from sync.writeback.leading import page_of, pages_of
from sync.writeback.telling import subjects, teller

_Held = tuple[Link, Contribution | None]
"""A link, and what the item contributes to it, if it is counted itself."""
KIND = "reply"
A_DAY, AT_ONCE = 5, 20
"""Answers at one item in a day, and at one look: anybody may ask, and each answer tells people."""


def answer(runtime: Runtime, session: Session, connection: Connection, names: Names) -> None:
    """Have every question of a look answered, or keep why it is not; in the caller's write."""
    asked = asked_of(runtime, session, connection)
    questions = [each for each in names.commands if each.verb == "why"]
    if asked is None or asked.naming.answer is None:
        return
    where = Where(session, connection.id, names.place)
    for number, each in enumerate(questions):
        item = _item(asked, each)
        if item is not None and _is_answered(session, item, each):
            continue
        against = "too many ask at once" if number >= AT_ONCE else _against(runtime, asked, item)
        if each.refused or against:
            said = each.refused or f"{each.item_key}: {each.author} asks why, but {against}."
            note(where, each, said)
        elif item is not None:
            _reply(runtime, asked, item, each)
            answered(where, each)
    session.flush()


def _item(asked: Asked, question: Command) -> Item | None:
    mine = (Item.connection_id == asked.connection.id, Item.key == question.item_key)
    return asked.session.scalars(select(Item).where(*mine, Item.gone_at.is_(None))).first()


def _is_answered(session: Session, item: Item, question: Command) -> bool:
    mine = (Note.item_id == item.id, Note.kind == KIND, Note.subject == question.remote_id)
    return session.scalars(select(Note.id).where(*mine)).first() is not None


def _against(runtime: Runtime, asked: Asked, item: Item | None) -> str:
    """Why no answer is given."""
    comments = {each.kind for each in asked.tracker.spec.notes if each.note == "comment"}
    if not comments & set(asked.connection.write_back):
        kinds = ", ".join(sorted(comments))
        return f"this connection writes no comments; allow one of these kinds: {kinds}"
    if runtime.settings.public_url is None:
        return "answers lead back here, and WORKLIFT_PUBLIC_URL is not set"
    if item is None:
        return "the issue is not read here"
    mine = (Note.item_id == item.id, Note.kind == KIND)
    lately = or_(Note.sent_at.is_(None), Note.sent_at > asked.now - timedelta(days=1))
    given = asked.session.scalar(select(func.count()).select_from(Note).where(*mine, lately))
    return f"{A_DAY} answers were given there within a day" if (given or 0) >= A_DAY else ""


def _reply(runtime: Runtime, asked: Asked, item: Item, question: Command) -> None:
    session, naming = asked.session, asked.naming
    if naming.answer is None or runtime.settings.public_url is None:
        raise AssertionError("asked before")
    who = teller(runtime, session, asked.connection, runtime.settings.public_url)
    found = list(_links(asked, item))
    told = subjects(runtime, session, {link.key_result_id for link, _ in found}, who).told
    served = [
        _served(asked, told[link.key_result_id], (link, version))
        for link, version in found
        if link.key_result_id in told
    ]
    served.sort(key=lambda each: each.told.subject)
    page = page_of(pages_of(session, asked.connection, who.public_url), item.key)
    body = comment_at(dict(naming.answer(served, who)), page)
    session.add(
        Note(
            connection_id=asked.connection.id,
            item_id=item.id,
            kind=KIND,
            subject=question.remote_id,
            wanted=body,
            wanted_hash=notes.digest(body),
            due_at=asked.now,
        )
    )
    session.flush()


def _links(asked: Asked, item: Item) -> Iterator[_Held]:
    """The links of open cycles that hold an item now, and those that count what lies below it;
    none of a draft, which not everybody may see."""
    query = (
        select(Link, Contribution)
        .join(Contribution, Contribution.link_id == Link.id)
        .join(KeyResult, KeyResult.id == Link.key_result_id)
        .join(Cycle, Cycle.id == KeyResult.cycle_id)
        .join(Objective, Objective.id == KeyResult.objective_id)
        .where(Contribution.item_id == item.id, Contribution.replaced_at.is_(None))
        .where(Contribution.in_scope, Link.ended_at.is_(None), Cycle.state != "closed")
        .where(~undecided())
    )
    holding: dict[int, _Held] = {
        link.id: (link, version) for link, version in asked.session.execute(query)
    }
    for link in _naming(asked, item):
        holding.setdefault(link.id, (link, None))
    yield from holding.values()


def _naming(asked: Asked, item: Item) -> Sequence[Link]:
    """The links whose scope is the item itself."""
    query = (
        select(Link)
        .join(KeyResult, KeyResult.id == Link.key_result_id)
        .join(Cycle, Cycle.id == KeyResult.cycle_id)
        .join(Objective, Objective.id == KeyResult.objective_id)
        .where(Link.connection_id == asked.connection.id, Link.kind == asked.naming.kind)
        .where(Link.ended_at.is_(None), Cycle.state != "closed", ~undecided())
    )
    return [link for link in asked.session.scalars(query) if _names(asked, link, item)]


def _names(asked: Asked, link: Link, item: Item) -> bool:
    selector = asked.selector(link.kind, link.today or link.value)
    return isinstance(selector, Below) and item.key == (link.root_key or selector.key)


def _served(asked: Asked, told: notes.Told, held: _Held) -> Served:
    link, version = held
    about: dict[str, Any] = {
        "told": told,
        "by": link.title or link.scope,
        "of": values.rule(link).measure.of,
    }
    if version is None:
        read = asked.session.get(Reading, link.id)
        done, total = (read.done or 0.0, read.total or 0.0) if read else (0.0, 0.0)
        return Served(**about, done=done, total=total, parent=True, waiting=link.looked_at is None)
    counts: dict[str, Any] = {
        "done": version.done,
        "total": version.total,
        "counts": version.included,
    }
    return Served(**about, **counts, reason=version.reason)
