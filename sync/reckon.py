"""From the mirror to the ledger: contributions, then readings, then scores."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from operator import attrgetter
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from connector import ledger
from connector.garbage import uncollected
from connector.ledger import Cause, LinkReading, Part
from connector.mapping import FieldMapping
from connector.scopes import Matching
from connector.store.chunks import chunks
from connector.store.tables import Contribution, Item, Reading
from sync import bulk, values
from sync.members import crowd
from sync.scores import rescore
from sync.sources import Bound

__all__ = ["PART_COLUMNS", "reckon", "rescore", "wanted_parts"]

PART_COLUMNS = [
    "status",
    "state",
    "done",
    "total",
    "in_scope",
    "included",
    "sized",
    "reason",
    "item_id",
]
_WRITTEN = ("link_id", "item_key", "cause", "valid_from", "recorded_at", *PART_COLUMNS)
_PART = attrgetter(*PART_COLUMNS)
LEFT = "no longer in this scope"
PORTION = 50
"""Links whose contributions are read and written together."""

_SAID = [getattr(Contribution, name) for name in ledger.TELLING if name != "key"]
_HELD = (
    *_SAID,
    Contribution.item_key.label("key"),
    Contribution.id,
    Contribution.link_id,
    Contribution.item_id,
    Contribution.recorded_at,
)
_READING = tuple(LinkReading.__dataclass_fields__)
_NUMBERS = attrgetter(*_READING)
_READ = (Reading.link_id, *(getattr(Reading, name) for name in _READING))

Held = dict[int, Any]
"""What holds now, by item: rows of the ledger, and parts that are about to be written."""


@dataclass(frozen=True, slots=True)
class _Writing:
    """What a portion of links will have written."""

    now: datetime
    added: list[tuple[Any, ...]] = field(default_factory=list)
    closed: list[bulk.Body] = field(default_factory=list)
    first: list[bulk.Body] = field(default_factory=list)
    read: list[bulk.Body] = field(default_factory=list)

    def flush(self, session: Session) -> None:
        bulk.add(session, Contribution, _WRITTEN, self.added)
        bulk.write(session, Contribution, added=(), changed=self.closed)
        bulk.write(session, Reading, added=self.first, changed=self.read)


def reckon(session: Session, links: Iterable[Bound], mapping: FieldMapping, now: datetime) -> None:
    """Bring ledger, readings and scores of these links up to the mirror, in the caller's write."""
    found = {each.link.id: each for each in links}
    for portion in chunks(found, PORTION):
        writing = _Writing(now)
        held, known = _held(session, portion), _readings(session, portion)
        for link_id in portion:
            each, now_held = found[link_id], held[link_id]
            _contributions(session, each, mapping, now_held, writing)
            reading = ledger.reading(values.rule(each.link).measure, now_held.values())
            _keep_reading(writing, link_id, known.get(link_id), reading)
        writing.flush(session)
    for each in found.values():
        if each.link.pending:
            each.link.pending = False
    session.flush()
    rescore(session, {each.link.key_result_id for each in found.values()}, now)


def wanted_parts(session: Session, bound: Bound, mapping: FieldMapping) -> list[Part]:
    """What every item in the link's scope contributes by the mirror as it is."""
    is_query = isinstance(bound.selector, Matching)
    rule = values.rule(bound.link)
    found = crowd(session, bound, tags=mapping.reads_boards)
    return ledger.alike(rule, found, mapping, is_query=is_query)


def _held(session: Session, link_ids: Collection[int]) -> dict[int, Held]:
    found: dict[int, Held] = defaultdict(dict)
    query = select(*_HELD).where(
        Contribution.link_id.in_(link_ids), Contribution.replaced_at.is_(None)
    )
    for row in bulk.rows(session, query):
        found[row.link_id][row.item_id] = row
    return found


def _readings(session: Session, link_ids: Collection[int]) -> dict[int, Row[Any]]:
    query = select(*_READ).where(Reading.link_id.in_(link_ids))
    return {row.link_id: row for row in bulk.rows(session, query)}


@uncollected()
def _contributions(
    session: Session, bound: Bound, mapping: FieldMapping, held: Held, writing: _Writing
) -> None:
    """Note what is new to the ledger; ``held`` becomes what holds then."""
    # Recorded time never runs backwards within a link, whatever the clock does.
    now = max([writing.now, *(row.recorded_at for row in held.values())])
    cause: Cause = "rule" if bound.link.pending else "tracker" if held else "linked"
    parts = wanted_parts(session, bound, mapping)
    parts += _left(session, held, {part.item_id for part in parts}, now)
    for part in parts:
        before = held.get(part.item_id)
        if before is None or before[: len(ledger.TELLING)] != ledger.telling(part):
            _note(writing, bound.link.id, before, part, cause=cause, now=now)
            held[part.item_id] = part


def _left(session: Session, held: Held, staying: set[int], now: datetime) -> list[Part]:
    """The parts of items that were in the scope and no longer are."""
    gone = {key: row for key, row in held.items() if row.in_scope and key not in staying}
    return [
        ledger.left(
            Part(
                item_id=row.item_id,
                key=row.key,
                status=row.status,
                state=row.state,
                changed_at=now,
                state_at=now,
            ),
            item.gone_reason or LEFT,
            item.gone_at or now,
        )
        for item in _gone(session, gone)
        for row in (gone[item.id],)
    ]


def _gone(session: Session, item_ids: Collection[int]) -> Iterator[Row[Any]]:
    query = select(Item.id, Item.gone_reason, Item.gone_at)
    for chunk in chunks(item_ids):
        yield from bulk.rows(session, query.where(Item.id.in_(chunk)))


def _note(
    writing: _Writing, link_id: int, before: Any, part: Part, *, cause: Cause, now: datetime
) -> None:
    """The version to write for a part that says something new; closes the one before it."""
    valid_from = ledger.effective(before, part, cause, now)
    if before is not None:
        writing.closed.append({"id": before.id, "replaced_at": now, "valid_to": valid_from})
    writing.added.append((link_id, part.key, cause, valid_from, now, *_PART(part)))


def _keep_reading(
    writing: _Writing, link_id: int, row: Row[Any] | None, reading: LinkReading
) -> None:
    wanted = _NUMBERS(reading)
    body = {**dict(zip(_READING, wanted, strict=True)), "computed_at": writing.now}
    if row is None:
        writing.first.append({"link_id": link_id, "since": writing.now, **body})
    elif row[1:] != wanted:
        writing.read.append({"link_id": link_id, **body})
