"""From readings to stored scores: key results, then objectives, then teams."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime
from operator import attrgetter
from typing import Any

from sqlalchemy import Row, select, text
from sqlalchemy.orm import Session

from connector.errors import WorkliftError
from connector.ledger import Number
from connector.store.chunks import chunks
from connector.store.tables import KeyResult, Score
from sync import bulk, trend
from sync.above import above
from sync.linked import linked, overrides
from sync.noting import renote
from sync.standings import Standing, standing

__all__ = [
    "NotAlone",
    "alone",
    "be_alone",
    "from_scratch",
    "number_of",
    "overrides",
    "rescore",
    "rescore_cycle",
    "rescore_key_results",
]
_NAMES = tuple(Standing.__dataclass_fields__)
_NUMBERS = attrgetter(*_NAMES)
_STORED = (Score.id, Score.subject_id, *(getattr(Score, name) for name in _NAMES))
LOCK = 0x73636F72  # any constant: names our advisory lock in PostgreSQL
_ALONE = "alone"


class NotAlone(WorkliftError):
    """Numbers were about to change in a write that did not begin alone: it is to begin anew."""


def alone(session: Session) -> None:
    """One writer of numbers at a time, to be called before anything is read or locked.

    Scores are sums over what other sources wrote: two at once would each miss the other's part.
    SQLite has one writer anyway.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        session.info[_ALONE] = True


def be_alone(session: Session) -> None:
    """Raise ``NotAlone`` unless this write is the only one of numbers."""
    if session.get_bind().dialect.name == "postgresql" and _ALONE not in session.info:
        raise NotAlone("numbers change in a write that did not begin alone")


def rescore_key_results(session: Session, ids: Collection[int], now: datetime) -> set[int]:
    """Store the scores of these key results; returns the cycles whose scores changed.

    Those that take their progress from supports follow with their cycle.
    """
    return set(_rescored(session, ids, now))


def rescore_cycle(session: Session, cycle_id: int, now: datetime) -> None:
    """Store the scores of the cycle's objectives and teams, from those of its key results."""
    be_alone(session)
    for kind, numbers in above(session, cycle_id).items():
        _store(session, cycle_id, kind, numbers, now)


def rescore(session: Session, key_results: Collection[int], now: datetime) -> None:
    """Store the scores of these key results and of everything above them that changes.

    What lies beside them stays as it is stored: whoever changes what a cycle is made of rescores
    the cycle.
    """
    for cycle_id, changed in _rescored(session, key_results, now).items():
        for kind, numbers in above(session, cycle_id, of=changed).items():
            _store(session, cycle_id, kind, numbers, now)


def from_scratch(session: Session, cycle_id: int) -> dict[str, dict[int, Standing]]:
    """What the scores of a cycle should be, by kind and subject: from readings and people's words
    alone; nothing is stored."""
    mine = session.scalars(select(KeyResult.id).where(KeyResult.cycle_id == cycle_id)).all()
    numbers = {each.id: each.number for each in linked(session, mine)}
    found = {key: standing(number) for key, number in numbers.items() if number is not None}
    scores = {key: each.score for key, each in found.items()}
    upwards = above(session, cycle_id, scores=scores)
    return {**upwards, "key_result": {**found, **upwards["key_result"]}}


def _rescored(session: Session, ids: Collection[int], now: datetime) -> dict[int, set[int]]:
    """Store the scores of these; returns by cycle those that changed or take supports.

    What is written back follows: all that can change a key result's words ends here.
    """
    if ids:
        be_alone(session)
    renote(session, ids, now)
    found: dict[int, dict[int, Standing]] = defaultdict(dict)
    again: dict[int, set[int]] = defaultdict(set)
    for each in linked(session, ids):
        if each.number is None:
            again[each.cycle_id].add(each.id)
        else:
            found[each.cycle_id][each.id] = standing(each.number)
    for cycle_id, numbers in found.items():
        changed = _store(session, cycle_id, "key_result", numbers, now)
        if changed:
            again[cycle_id] |= changed
    return again


def _store(
    session: Session, cycle_id: int, kind: str, numbers: Mapping[int, Standing], now: datetime
) -> set[int]:
    """Write what differs; returns whose numbers did."""
    held = _held(session, cycle_id, kind, numbers)
    added: list[bulk.Body] = []
    changed: list[bulk.Body] = []
    differing = set()
    for subject_id, number in numbers.items():
        row, wanted = held.get(subject_id), _NUMBERS(number)
        if row is not None and row[2:] == wanted:
            continue
        differing.add(subject_id)
        body = {**dict(zip(_NAMES, wanted, strict=True)), "computed_at": now}
        if row is None:
            added.append({"cycle_id": cycle_id, "kind": kind, "subject_id": subject_id, **body})
        else:
            changed.append({"id": row.id, **body})
    bulk.write(session, Score, added=added, changed=changed)
    if kind == "objective":
        trend.keep(session, numbers, differing, now)
    return differing


def _held(
    session: Session, cycle_id: int, kind: str, subjects: Collection[int]
) -> dict[int, Row[Any]]:
    mine = select(*_STORED).where(Score.cycle_id == cycle_id, Score.kind == kind)
    return {
        row.subject_id: row
        for chunk in chunks(subjects)
        for row in bulk.rows(session, mine.where(Score.subject_id.in_(chunk)))
    }


def number_of(session: Session, key_result_id: int) -> Number | None:
    """The stored numbers of a key result, or None before there are any."""
    query = select(Score).where(Score.kind == "key_result", Score.subject_id == key_result_id)
    row = session.scalars(query).one_or_none()
    if row is None:
        return None
    return Number(**{name: getattr(row, name) for name in Number.__dataclass_fields__})
