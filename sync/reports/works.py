"""The ordinary work of a cycle's time in the mirror, told apart by the database.

Thousands of items share all that tells whether they are ordinary work: each such kind of items is
judged once, and statements find the work by the kinds that are.
"""

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from typing import cast as as_type

from sqlalchemy import (
    ColumnElement,
    ScalarSelect,
    Text,
    and_,
    case,
    cast,
    func,
    literal,
    or_,
    select,
    type_coerce,
)
from sqlalchemy.orm import Session

from connector.coverage import Period, is_work
from connector.mapping import FieldMapping, TypeRule, Words
from connector.store.tables import Connection, Item, ItemTag
from connector.work import Category, WorkItem
from integrations.tracker import Tracker
from sync import among, bulk, values

_BETWEEN = "\n"
"""Between the tags of one item."""


@dataclass(frozen=True, slots=True)
class Read:
    """A connection with what its words mean."""

    connection: Connection
    mapping: FieldMapping


@dataclass(frozen=True, slots=True)
class Ordinary:
    """Which items are ordinary work: those of a time whose kind is one of these.

    ``names`` are the tracker and the name of each connection by its id.
    """

    names: Mapping[int, tuple[str, str]]
    in_time: ColumnElement[bool]
    telling: tuple[Any, ...]
    kinds: tuple[tuple[Any, ...], ...]

    def holds(self, session: Session) -> ColumnElement[bool]:
        """Whether an item is ordinary work."""
        return and_(self.in_time, among.rows(session, self.telling, self.kinds))


def ordinary(session: Session, period: Period, trackers: Mapping[str, Tracker]) -> Ordinary:
    """What is ordinary work, open or finished within the cycle."""
    read = _connections(session, trackers)
    in_time, telling = _in_time(read, period), _telling(read.values(), period)
    kinds = bulk.rows(session, select(*telling).where(in_time).distinct())
    return Ordinary(
        {key: (each.connection.tracker, each.connection.name) for key, each in read.items()},
        in_time,
        telling,
        tuple(
            tuple(kind)
            for kind in kinds
            if is_work(_work_item(kind, period), read[kind.connection_id].mapping, period)
        ),
    )


def _connections(session: Session, trackers: Mapping[str, Tracker]) -> dict[int, Read]:
    found: dict[int, Read] = {}
    for row in session.scalars(select(Connection).where(Connection.ended_at.is_(None))):
        tracker = trackers.get(row.tracker)
        mapping = values.field_mapping(row, tracker.spec) if tracker else FieldMapping()
        found[row.id] = Read(row, mapping)
    return found


def _in_time(read: Mapping[int, Read], period: Period) -> ColumnElement[bool]:
    return and_(
        Item.connection_id.in_(read),
        Item.gone_at.is_(None),
        Item.created_at < period.end,
        or_(Item.category != "done", Item.state_at >= period.begin, *reopened(read.values())),
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


def _is_open(state: str | None) -> bool:
    return state in {"todo", "doing"}


def _telling(read: Collection[Read], period: Period) -> tuple[Any, ...]:
    """All that tells the kind of an item; what is read of few connections, of those only."""

    def of(reads: Callable[[FieldMapping], object], column: Any) -> ColumnElement[str]:
        these = [each.connection.id for each in read if reads(each.mapping)]
        return case((Item.connection_id.in_(these), column), else_="") if these else literal("")

    labels = type_coerce(cast(Item.labels, Text), Text)
    within = and_(Item.state_at >= period.begin, Item.state_at < period.end)
    return (
        *(Item.connection_id, Item.type, Item.status, Item.category, Item.level, Item.pull_request),
        func.coalesce(Item.resolution, "").label("resolution"),
        case((within, 1), else_=0).label("within"),
        of(lambda mapping: mapping.places, Item.place).label("place"),
        of(lambda mapping: mapping.reads_labels, labels).label("labels"),
        of(lambda mapping: mapping.reads_boards, func.coalesce(_boards(), "")).label("boards"),
    )


def _boards() -> ScalarSelect[str]:
    """What an item is called on its boards."""
    mine = (ItemTag.item_id == Item.id, ItemTag.tag.startswith("board:"))
    tags = select(ItemTag.tag).where(*mine).order_by(ItemTag.tag).correlate(Item).subquery()
    return select(func.aggregate_strings(tags.c.tag, _BETWEEN)).scalar_subquery()


def _work_item(kind: Any, period: Period) -> WorkItem:
    """One item of a kind; nothing else of it is read."""
    return WorkItem(
        external_id="",
        key="",
        title="",
        url="",
        status=kind.status,
        category=as_type("Category", kind.category),
        type=kind.type,
        created_at=period.begin,
        updated_at=period.begin,
        state_at=period.begin if kind.within else period.end,
        resolution=kind.resolution or None,
        place=kind.place,
        level=kind.level,
        pull_request=kind.pull_request,
        labels=tuple(json.loads(kind.labels or "[]")),
        tags=frozenset(filter(None, kind.boards.split(_BETWEEN))),
    )
