"""What there is to be mapped: names the tracker told of at the last test, and those items bear."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from connector.errors import Refused, TrackerError
from connector.mapping import fold
from connector.store.tables import Connection, Item, ItemTag
from sync import connections
from sync.connecting import as_kept
from sync.runtime import Runtime

LATELY = 4000
"""Of so many items changed last the labels are looked at."""
MOST = 200
"""Labels and board statuses that are offered, the most used ones."""
BOARD = "board:"


@dataclass(frozen=True, slots=True)
class Status:
    """A status with the categories the tracker puts it in, and how many items bear it here."""

    name: str
    categories: tuple[str, ...]
    items: int


@dataclass(frozen=True, slots=True)
class Type:
    """A type of items: its level (0 ordinary work, above it, below it), and how many there are."""

    name: str
    level: int
    items: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """All of a connection; ``told_at`` is when the tracker told, None where it did not.

    ``fields`` are (id, name) of those that hold numbers. ``proposed`` is a document to begin with,
    ``notes`` say why it is so. ``problem`` says why the tracker could not be asked just now: then
    what was read of it is offered alone.
    """

    told_at: datetime | None
    statuses: tuple[Status, ...]
    types: tuple[Type, ...]
    resolutions: tuple[str, ...]
    fields: tuple[tuple[str, str], ...]
    labels: tuple[str, ...]
    boards: tuple[str, ...]
    places: tuple[str, ...]
    proposed: Mapping[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    problem: str = ""


def offered(runtime: Runtime, name: str) -> Offered:
    """What was told at the last test and what lies in the mirror; a connection that was last tested
    by a version which kept no names is asked now. Raises ``Refused`` for none of that name."""
    with runtime.store.read() as session:
        row = connections.find(session, name)
    told: Mapping[str, Any] = row.options.get("surveyed", {})
    at, problem = row.checked_at, ""
    if "statuses" not in told:
        try:
            told, at = as_kept(connections.survey(runtime, name)), runtime.clock()
        except (TrackerError, Refused) as error:
            problem, at = str(error), None
    with runtime.store.read() as session:
        return _together(session, row, told, at=at, problem=problem)


def _together(
    session: Session,
    row: Connection,
    told: Mapping[str, Any],
    *,
    at: datetime | None,
    problem: str,
) -> Offered:
    resolutions = [*told.get("resolutions", ()), *_resolutions(session, row.id)]
    return Offered(
        told_at=at,
        statuses=tuple(_statuses(session, row.id, told)),
        types=tuple(_types(session, row.id, told)),
        resolutions=tuple({fold(each): each for each in reversed(resolutions)}.values())[::-1],
        fields=tuple((each[0], each[1]) for each in told.get("fields", ())),
        labels=_labels(session, row.id),
        boards=_boards(session, row.id),
        places=_places(session, row.id),
        proposed=told.get("proposed", {}),
        notes=tuple(told.get("notes", ())),
        problem=problem,
    )


def _grouped(session: Session, owner: int, *columns: Any) -> list[tuple[Any, ...]]:
    """Values that items of a connection bear, with how many bear them."""
    mine = select(*columns, func.count()).where(Item.connection_id == owner, Item.gone_at.is_(None))
    counted = mine.group_by(*columns).order_by(func.count().desc(), *columns)
    return [tuple(row) for row in session.execute(counted)]


def _statuses(session: Session, owner: int, told: Mapping[str, Any]) -> Iterator[Status]:
    names: dict[str, str] = {}
    held: dict[str, dict[str, None]] = {}
    number: Counter[str] = Counter()
    mirrored = _grouped(session, owner, Item.status, Item.category)
    for name, category in [*told.get("statuses", ()), *((row[0], row[1]) for row in mirrored)]:
        names.setdefault(fold(name), name)
        held.setdefault(fold(name), {})[category] = None
    for name, _, count in mirrored:
        number[fold(name)] += count
    for key, name in names.items():
        yield Status(name, tuple(held[key]), number[key])


def _types(session: Session, owner: int, told: Mapping[str, Any]) -> Iterator[Type]:
    names: dict[str, tuple[str, int]] = {}
    number: Counter[str] = Counter()
    mirrored = _grouped(session, owner, Item.type, Item.level)
    for name, level in [*told.get("types", ()), *((row[0], row[1]) for row in mirrored)]:
        names.setdefault(fold(name), (name, level))
    for name, _, count in mirrored:
        number[fold(name)] += count
    for key, (name, level) in names.items():
        yield Type(name, level, number[key])


def _resolutions(session: Session, owner: int) -> list[str]:
    return [row[0] for row in _grouped(session, owner, Item.resolution) if row[0]]


def _places(session: Session, owner: int) -> tuple[str, ...]:
    return tuple(row[0] for row in _grouped(session, owner, Item.place) if row[0])


def _labels(session: Session, owner: int) -> tuple[str, ...]:
    mine = select(Item.labels).where(Item.connection_id == owner, Item.gone_at.is_(None))
    latest = mine.order_by(Item.updated_at.desc()).limit(LATELY)
    counted = Counter(label for labels in session.scalars(latest) for label in labels)
    return tuple(label for label, _ in counted.most_common(MOST))


def _boards(session: Session, owner: int) -> tuple[str, ...]:
    """Statuses on boards, each by its name and as that of its board alone: ``acme/3/Done``."""
    mine = (
        select(ItemTag.tag, func.count())
        .join(Item, Item.id == ItemTag.item_id)
        .where(Item.connection_id == owner, ItemTag.tag.startswith(BOARD))
    )
    counted = mine.group_by(ItemTag.tag).order_by(func.count().desc(), ItemTag.tag)
    found = [tag.removeprefix(BOARD) for tag, _ in session.execute(counted.limit(MOST))]
    names = dict.fromkeys(each.split("/", 2)[-1] for each in found)
    return (*names, *(each for each in found if each not in names))
