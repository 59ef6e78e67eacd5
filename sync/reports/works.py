"""The ordinary work of a cycle's time in the mirror, and whether a key result holds it."""

import json
from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Any
from typing import cast as as_type

from sqlalchemy import (
    ColumnElement,
    Select,
    Text,
    and_,
    cast,
    func,
    or_,
    select,
    type_coerce,
)
from sqlalchemy.orm import Session

from connector.coverage import Period, Work, is_work
from connector.mapping import FieldMapping, TypeRule, Words
from connector.store.tables import (
    Connection,
    Contribution,
    Item,
    ItemTag,
    KeyResult,
    Link,
    Objective,
)
from connector.work import Category, WorkItem
from integrations.tracker import Tracker
from sync import bulk, values

AT_ONCE = 2000
"""Rows held at once while the mirror is gone through."""
COLUMNS = (
    Item.id,
    Item.connection_id,
    Item.key,
    Item.place,
    Item.type,
    Item.status,
    Item.category,
    Item.resolution,
    Item.level,
    Item.pull_request,
    type_coerce(cast(Item.labels, Text), Text).label("labels"),
    Item.created_at,
    Item.state_at,
)
_TELLING = slice(3, 11)
"""Those of them that tell the state of an item, besides its times."""


@dataclass(frozen=True, slots=True)
class Read:
    """A connection with what its words mean."""

    connection: Connection
    mapping: FieldMapping


def works(
    session: Session, cycle_id: int, period: Period, trackers: Mapping[str, Tracker]
) -> Iterator[Work]:
    """Every item of ordinary work, open or finished within the cycle."""
    read = _connections(session, trackers)
    tags = _boards(session) if any(each.mapping.reads_boards for each in read.values()) else {}
    tied = Item.id.in_(_tied(cycle_id)).label("tied")
    judged: dict[Hashable, bool] = {}
    query = select(*COLUMNS, tied).where(
        Item.connection_id.in_(read),
        Item.gone_at.is_(None),
        Item.created_at < period.end,
        or_(Item.category != "done", Item.state_at >= period.begin, *reopened(read.values())),
    )
    for row in chain.from_iterable(bulk.portions(session, query, AT_ONCE)):
        where, boards = read[row.connection_id], tags.get(row.id, ())
        # Of what tells the state thousands share the same; of the times only this matters.
        alike = (*row[1:2], *row[_TELLING], *boards, period.begin <= row.state_at < period.end)
        if alike not in judged:
            judged[alike] = is_work(_work_item(row, boards), where.mapping, period)
        if judged[alike]:
            yield Work(
                id=row.id,
                tracker=where.connection.tracker,
                connection=where.connection.name,
                place=row.place,
                key=row.key,
                created_at=row.created_at,
                tied=bool(row.tied),
            )


def _connections(session: Session, trackers: Mapping[str, Tracker]) -> dict[int, Read]:
    found: dict[int, Read] = {}
    for row in session.scalars(select(Connection).where(Connection.ended_at.is_(None))):
        tracker = trackers.get(row.tracker)
        mapping = values.field_mapping(row, tracker.spec) if tracker else FieldMapping()
        found[row.id] = Read(row, mapping)
    return found


def _boards(session: Session) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    query = select(ItemTag.item_id, ItemTag.tag).where(ItemTag.tag.startswith("board:"))
    for item_id, tag in session.execute(query):
        found.setdefault(item_id, []).append(tag)
    return found


def _tied(cycle_id: int) -> Select[int]:
    return (
        select(Contribution.item_id)
        .join(Link, Link.id == Contribution.link_id)
        .join(KeyResult, KeyResult.id == Link.key_result_id)
        .join(Objective, Objective.id == KeyResult.objective_id)
        .where(Contribution.replaced_at.is_(None), Contribution.in_scope, Link.ended_at.is_(None))
        .where(Objective.cycle_id == cycle_id, Objective.state == "active")
        .where(KeyResult.retired.is_(False))
    )


def reopened(read: Iterable[Read]) -> Iterator[ColumnElement[bool]]:
    """Conditions for what the tracker calls done and the field mapping may call open."""
    for each in read:
        mine = Item.connection_id == each.connection.id
        every = [each.mapping.words, *each.mapping.places.values()]
        rules: list[Words | TypeRule] = [*every]
        rules += [rule for words in every for rule in words.types.values()]
        named = [pair for rule in rules for pair in rule.statuses.items()]
        names = {name for name, state in named if _is_open(state)}
        whole = any(_is_open(rule.categories.get("done")) for rule in rules)
        if whole or not all(map(str.isascii, names)):
            yield mine  # databases do not agree on the case of other letters
        elif names:
            yield and_(mine, func.lower(func.trim(Item.status)).in_(names))


def _work_item(row: Any, tags: Collection[str]) -> WorkItem:
    """What tells the state of an item; nothing else of it is read."""
    return WorkItem(
        external_id="",
        key=row.key,
        title="",
        url="",
        status=row.status,
        category=as_type("Category", row.category),
        type=row.type,
        created_at=row.created_at,
        updated_at=row.state_at,
        state_at=row.state_at,
        resolution=row.resolution,
        place=row.place,
        level=row.level,
        pull_request=row.pull_request,
        labels=tuple(json.loads(row.labels)),
        tags=frozenset(tags),
    )


def _is_open(state: str | None) -> bool:
    return state in {"todo", "doing"}
