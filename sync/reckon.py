"""From the mirror to the ledger: contributions, then readings, then scores."""

import math
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
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
from sync.holding import Holding, holdings
from sync.members import crowds
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
"""Links whose contributions are read and written together, where they are not many."""
AT_ONCE = 2000
"""Versions that are written at once."""

_READING = tuple(LinkReading.__dataclass_fields__)
_NUMBERS = attrgetter(*_READING)
_READ = (Reading.link_id, *(getattr(Reading, name) for name in _READING))


@dataclass(frozen=True, slots=True)
class _Writing:
    """What a portion of links will have written; some thousand versions are written at once."""

    session: Session
    now: datetime
    added: list[tuple[Any, ...]] = field(default_factory=list)
    closed: list[bulk.Body] = field(default_factory=list)
    first: list[bulk.Body] = field(default_factory=list)
    read: list[bulk.Body] = field(default_factory=list)

    def flush(self, least: int = 0) -> None:
        """Write what waits, where it is so much."""
        if len(self.added) < least:
            return
        bulk.add(self.session, Contribution, _WRITTEN, self.added)
        bulk.write(self.session, Contribution, added=(), changed=self.closed)
        bulk.write(self.session, Reading, added=self.first, changed=self.read)
        for each in (self.added, self.closed, self.first, self.read):
            each.clear()


def reckon(session: Session, links: Iterable[Bound], mapping: FieldMapping, now: datetime) -> None:
    """Bring ledger, readings and scores of these links up to the mirror, in the caller's write."""
    found = {each.link.id: each for each in links}
    for portion in chunks(found, PORTION):
        writing, known = _Writing(session, now), _readings(session, portion)
        sizes = {key: known[key].items if key in known else 0 for key in portion}
        for link_id, holding in holdings(session, sizes):
            reading = _contributions(found[link_id], mapping, holding, writing)
            _keep_reading(writing, link_id, known.get(link_id), reading)
        writing.flush()
    for each in found.values():
        if each.link.pending:
            each.link.pending = False
    session.flush()
    rescore(session, {each.link.key_result_id for each in found.values()}, now)


def wanted_parts(session: Session, bound: Bound, mapping: FieldMapping) -> Iterator[list[Part]]:
    """What every item in the link's scope contributes by the mirror as it is, by item and some at
    a time."""
    is_query = isinstance(bound.selector, Matching)
    rule = values.rule(bound.link)
    found = crowds(session, bound, tags=mapping.reads_boards)
    return ledger.alike(rule, found, mapping, is_query=is_query)


def _readings(session: Session, link_ids: Collection[int]) -> dict[int, Row[Any]]:
    query = select(*_READ).where(Reading.link_id.in_(link_ids))
    return {row.link_id: row for row in bulk.rows(session, query)}


@uncollected()
def _contributions(
    bound: Bound, mapping: FieldMapping, holding: Holding, writing: _Writing
) -> LinkReading:
    """Note what is new to the ledger; returns what holds then adds up to."""
    # Recorded time never runs backwards within a link, whatever the clock does.
    now = max(writing.now, holding.latest or writing.now)
    cause: Cause = "rule" if bound.link.pending else "tracker" if holding.latest else "linked"
    told = _Told(writing, bound.link.id, cause, now)
    summing = ledger.Summing(values.rule(bound.link).measure)
    for parts in wanted_parts(writing.session, bound, mapping):
        summing.add(parts)
        told.note(parts, holding.upto(parts[-1].item_id) if parts else {})
    told.note((), holding.upto(math.inf))
    return summing.reading()


@dataclass(frozen=True, slots=True)
class _Told:
    """How what is new of one link is noted."""

    writing: _Writing
    link_id: int
    cause: Cause
    now: datetime

    def note(self, parts: Sequence[Part], held: Mapping[int, Any]) -> None:
        """Note what these items contribute now, where that is new, and which of those that are
        held until now are not among them."""
        gone = {key: row for key, row in held.items() if row.in_scope}
        for part in parts:
            gone.pop(part.item_id, None)
        for part in chain(parts, _left(self.writing.session, gone, self.now)):
            before = held.get(part.item_id)
            if before is None or before[: len(ledger.TELLING)] != ledger.telling(part):
                self._add(before, part)
        self.writing.flush(least=AT_ONCE)

    def _add(self, before: Any, part: Part) -> None:
        """The version to write for a part that says something new; closes the one before it."""
        valid_from = ledger.effective(before, part, self.cause, self.now)
        if before is not None:
            closed = {"id": before.id, "replaced_at": self.now, "valid_to": valid_from}
            self.writing.closed.append(closed)
        told = (self.link_id, part.key, self.cause, valid_from, self.now, *_PART(part))
        self.writing.added.append(told)


def _left(session: Session, gone: Mapping[int, Any], now: datetime) -> list[Part]:
    """The parts of items that were in the scope and no longer are."""
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


def _keep_reading(
    writing: _Writing, link_id: int, row: Row[Any] | None, reading: LinkReading
) -> None:
    wanted = _NUMBERS(reading)
    body = {**dict(zip(_READING, wanted, strict=True)), "computed_at": writing.now}
    if row is None:
        writing.first.append({"link_id": link_id, "since": writing.now, **body})
    elif row[1:] != wanted:
        writing.read.append({"link_id": link_id, **body})
