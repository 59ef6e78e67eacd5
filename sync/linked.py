"""What key results are by their own links, typed values and overrides, many at a time."""

import json
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, cast

from sqlalchemy import Text, select
from sqlalchemy import cast as as_type
from sqlalchemy.orm import Session

from connector import ledger, okr, scoring
from connector.ledger import Number
from connector.store.chunks import chunks
from connector.store.tables import Contribution, KeyResult, Link, Override, Reading
from sync import bulk

_DEFINING = (
    KeyResult.id,
    KeyResult.cycle_id,
    KeyResult.kind,
    KeyResult.start,
    KeyResult.target,
    KeyResult.unit,
    KeyResult.combine,
    KeyResult.lower_is_better,
    KeyResult.limit_low,
    KeyResult.limit_high,
    KeyResult.guard,
    KeyResult.value,
    KeyResult.confirmed_at.is_not(None).label("confirmed"),
    KeyResult.progress_from,
)
_RULED = (Link.id, Link.key_result_id, as_type(Link.rule, Text).label("rule"))
_READ = (Reading.link_id, Reading.done, Reading.total, Reading.value)
_COUNTED = (
    Contribution.link_id,
    Contribution.item_id,
    Contribution.done,
    Contribution.total,
    Contribution.included,
)


@dataclass(frozen=True, slots=True)
class Linked:
    """A key result's number by its own links or values; None where it takes supports instead."""

    id: int
    cycle_id: int
    number: Number | None


def linked(session: Session, ids: Collection[int]) -> Iterator[Linked]:
    """The numbers of these key results, in no order; stored scores are not looked at."""
    for chunk in chunks(ids):
        loaded = _load(session, chunk)
        for row in bulk.rows(session, select(*_DEFINING).where(KeyResult.id.in_(chunk))):
            takes_supports = row.progress_from == "supports"
            yield Linked(row.id, row.cycle_id, None if takes_supports else _number(loaded, row))


def overrides(session: Session, ids: Collection[int]) -> dict[int, Override]:
    """The override that stands over each of these key results."""
    found: dict[int, Override] = {}
    for chunk in chunks(ids):
        query = select(Override).where(
            Override.key_result_id.in_(chunk), Override.ended_at.is_(None)
        )
        found.update(
            {row.key_result_id: row for row in session.scalars(query.order_by(Override.id))}
        )
    return found


@dataclass(frozen=True, slots=True)
class _Loaded:
    """The (id, rule) of the links of some key results, their overrides, and by link the readings
    and what pooled ones are made of."""

    links: Mapping[int, Sequence[tuple[int, okr.LinkRule]]]
    readings: Mapping[int, scoring.Reading]
    parts: Mapping[int, Sequence[Any]]
    overrides: Mapping[int, Override]


def _load(session: Session, ids: Collection[int]) -> _Loaded:
    links: dict[int, list[tuple[int, okr.LinkRule]]] = defaultdict(list)
    standing = select(*_RULED).where(Link.key_result_id.in_(ids), Link.ended_at.is_(None))
    for link_id, key_result_id, stored in bulk.rows(
        session, standing.order_by(Link.position, Link.id)
    ):
        links[key_result_id].append((link_id, _rule(stored)))
    every = [link_id for each in links.values() for link_id, _ in each]
    # Only several links are pooled; one link's reading is its own.
    several = [link_id for each in links.values() if len(each) > 1 for link_id, _ in each]
    return _Loaded(
        links, _readings(session, every), _parts(session, several), overrides(session, ids)
    )


@lru_cache(maxsize=1024)
def _rule(stored: str) -> okr.LinkRule:
    """A stored rule; most links of a company share a few."""
    return okr.rule_from_json(json.loads(stored))


def _readings(session: Session, link_ids: Collection[int]) -> dict[int, scoring.Reading]:
    found: dict[int, scoring.Reading] = {}
    for chunk in chunks(link_ids):
        rows = bulk.rows(session, select(*_READ).where(Reading.link_id.in_(chunk)))
        found.update({row[0]: scoring.Reading(*row[1:]) for row in rows})
    return found


def _parts(session: Session, link_ids: Collection[int]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for chunk in chunks(link_ids):
        held = Contribution.link_id.in_(chunk) & Contribution.replaced_at.is_(None)
        for row in bulk.rows(session, select(*_COUNTED).where(held, Contribution.included)):
            found[row[0]].append(row)
    return found


def _number(loaded: _Loaded, row: Any) -> Number:
    links = loaded.links.get(row.id)
    definition = _definition(row)
    found, partial = (row.value, False) if not links else _computed(loaded, definition, links)
    override = loaded.overrides.get(row.id)
    return ledger.number(
        definition,
        found,
        partial=partial,
        override=override.value if override else None,
        linked=bool(links),
        confirmed=row.confirmed,
    )


def _definition(row: Any) -> okr.KeyResult:
    """As much of a key result as its number is made of."""
    is_bounded = row.limit_low is not None and row.limit_high is not None
    return okr.KeyResult(
        key="",
        title="",
        kind=cast("okr.KeyResultKind", row.kind),
        start=row.start,
        target=row.target,
        unit=row.unit,
        combine=cast("okr.Combine | None", row.combine),
        lower_is_better=row.lower_is_better,
        limits=(row.limit_low, row.limit_high) if is_bounded else None,
        guard=row.guard,
    )


def _computed(
    loaded: _Loaded, definition: okr.KeyResult, links: Sequence[tuple[int, okr.LinkRule]]
) -> tuple[float | None, bool]:
    return ledger.computed(
        definition,
        [rule for _, rule in links],
        [loaded.readings.get(link_id) for link_id, _ in links],
        (loaded.parts.get(link_id, ()) for link_id, _ in links),
    )
