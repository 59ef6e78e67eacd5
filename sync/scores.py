"""From readings to stored scores: key results, then objectives, then teams."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from connector import ledger, okr, rollup, scoring
from connector.ledger import Number
from connector.store.chunks import chunks
from connector.store.tables import (
    Contribution,
    KeyResult,
    Link,
    Objective,
    Override,
    Reading,
    Score,
    Support,
    Team,
)
from sync import values
from sync.standings import Standing, from_supports, of_team, standing, tree

LOCK = 0x73636F72  # any constant: names our advisory lock in PostgreSQL


def alone(session: Session) -> None:
    """One writer of numbers at a time, to be called before anything is read or locked.

    Scores are sums over what other sources wrote: two at once would each miss the other's part.
    SQLite has one writer anyway.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})


def rescore_key_results(session: Session, ids: Collection[int], now: datetime) -> set[int]:
    """Store the scores of these key results; returns the cycles whose scores changed.

    Those that take their progress from supports follow with their cycle.
    """
    found: dict[int, dict[int, Standing]] = defaultdict(dict)
    again: set[int] = set()
    for chunk in chunks(ids):
        loaded = _load(session, chunk)
        for row in session.scalars(select(KeyResult).where(KeyResult.id.in_(chunk))):
            if row.progress_from == "supports":
                again.add(row.cycle_id)
            else:
                found[row.cycle_id][row.id] = standing(_key_result(loaded, row))
    return again | {
        cycle_id
        for cycle_id, numbers in found.items()
        if _store(session, cycle_id, "key_result", numbers, now)
    }


def rescore_cycle(session: Session, cycle_id: int, now: datetime) -> None:
    """Store the scores of the cycle's objectives and teams, from those of its key results."""
    of_key_results = select(Score).where(Score.cycle_id == cycle_id, Score.kind == "key_result")
    scores = {row.subject_id: row.score for row in session.scalars(of_key_results)}
    for kind, numbers in _above(session, cycle_id, _key_results(session, cycle_id), scores).items():
        _store(session, cycle_id, kind, numbers, now)


def from_scratch(session: Session, cycle_id: int) -> dict[str, dict[int, Standing]]:
    """What the scores of a cycle should be, by kind and subject: from readings and people's words
    alone; nothing is stored."""
    rows = _key_results(session, cycle_id)
    found: dict[int, Standing] = {}
    for chunk in chunks([row.id for row in rows if row.progress_from != "supports"]):
        loaded, wanted = _load(session, chunk), set(chunk)
        found |= {row.id: standing(_key_result(loaded, row)) for row in rows if row.id in wanted}
    scores = {row_id: each.score for row_id, each in found.items()}
    above = _above(session, cycle_id, rows, scores)
    return {**above, "key_result": {**found, **above["key_result"]}}


def _key_results(session: Session, cycle_id: int) -> Sequence[KeyResult]:
    return session.scalars(select(KeyResult).where(KeyResult.cycle_id == cycle_id)).all()


def _above(
    session: Session,
    cycle_id: int,
    rows: Sequence[KeyResult],
    scores: Mapping[int, float | None],
) -> dict[str, dict[int, Standing]]:
    """The numbers of objectives, teams and key results that take supports, by kind and subject."""
    objectives = session.scalars(select(Objective).where(Objective.cycle_id == cycle_id)).all()
    supports = session.scalars(
        select(Support)
        .join(Objective, Objective.id == Support.objective_id)
        .where(Objective.cycle_id == cycle_id)
    ).all()
    teams = session.scalars(select(Team)).all()
    supported = [row for row in rows if row.progress_from == "supports"]
    over = overrides(session, [row.id for row in supported])
    # Only a person's word is known of them now; what supports them follows below.
    known = {**scores, **{row.id: _said(row, over.get(row.id)) for row in supported}}
    numbers = rollup.roll_up(tree(rows, objectives, supports, teams, scores=known))
    return {
        "key_result": _supported(supported, over, numbers),
        "objective": {
            key: Standing(score=mean.score, known=mean.known)
            for key, mean in numbers.objectives.items()
        },
        "team": {key: of_team(each) for key, each in numbers.teams.items()},
    }


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


def _said(row: KeyResult, override: Override | None) -> float | None:
    """The score a person's word gives a key result, or None."""
    value = override.value if override else None
    return scoring.score(scoring.progress(values.key_result(row), value))


def _supported(
    rows: Collection[KeyResult], over: Mapping[int, Override], numbers: rollup.Numbers
) -> dict[int, Standing]:
    found = {}
    for row in rows:
        override = over[row.id].value if row.id in over else None
        number = from_supports(row, numbers.key_results[row.id], override)
        found[row.id] = replace(standing(number), known=numbers.key_results[row.id].known)
    return found


@dataclass(frozen=True, slots=True)
class _Loaded:
    """The links of some key results, their overrides, and by link the readings and what pooled
    ones are made of."""

    links: Mapping[int, list[Link]]
    readings: Mapping[int, scoring.Reading]
    parts: Mapping[int, list[Contribution]]
    overrides: Mapping[int, Override]


def _load(session: Session, ids: Collection[int]) -> _Loaded:
    links: dict[int, list[Link]] = defaultdict(list)
    standing = select(Link).where(Link.key_result_id.in_(ids), Link.ended_at.is_(None))
    for link in session.scalars(standing.order_by(Link.position, Link.id)):
        links[link.key_result_id].append(link)
    readings: dict[int, scoring.Reading] = {}
    parts: dict[int, list[Contribution]] = defaultdict(list)
    for chunk in chunks([link.id for each in links.values() for link in each]):
        for row in session.scalars(select(Reading).where(Reading.link_id.in_(chunk))):
            readings[row.link_id] = scoring.Reading(row.done, row.total, row.value)
    # Only several links are pooled; one link's reading is its own.
    for chunk in chunks([link.id for each in links.values() if len(each) > 1 for link in each]):
        held = Contribution.link_id.in_(chunk) & Contribution.replaced_at.is_(None)
        for part in session.scalars(select(Contribution).where(held)):
            parts[part.link_id].append(part)
    return _Loaded(links, readings, parts, overrides(session, ids))


def _key_result(loaded: _Loaded, row: KeyResult) -> Number:
    links = loaded.links.get(row.id, [])
    definition = values.key_result(row)
    found, partial = (row.value, False) if not links else _computed(loaded, definition, links)
    override = loaded.overrides.get(row.id)
    return ledger.number(
        definition,
        found,
        partial=partial,
        override=override.value if override else None,
        linked=bool(links),
        confirmed=row.confirmed_at is not None,
    )


def _computed(
    loaded: _Loaded, definition: okr.KeyResult, links: list[Link]
) -> tuple[float | None, bool]:
    rules = [values.rule(link) for link in links]
    readings = [loaded.readings.get(link.id) for link in links]
    return ledger.computed(
        definition, rules, readings, (loaded.parts.get(link.id, []) for link in links)
    )


def _store(
    session: Session, cycle_id: int, kind: str, numbers: Mapping[int, Standing], now: datetime
) -> bool:
    """Write what differs; returns whether anything did."""
    mine = select(Score).where(Score.cycle_id == cycle_id, Score.kind == kind)
    rows = {
        row.subject_id: row
        for chunk in chunks(numbers)
        for row in session.scalars(mine.where(Score.subject_id.in_(chunk)))
    }
    names = Standing.__dataclass_fields__
    dirty = False
    for subject_id, number in numbers.items():
        row = rows.get(subject_id)
        wanted = {name: getattr(number, name) for name in names}
        if row is None:
            key = {"cycle_id": cycle_id, "kind": kind, "subject_id": subject_id}
            session.add(Score(**key, **wanted, computed_at=now))
        elif all(getattr(row, name) == value for name, value in wanted.items()):
            continue
        else:
            for name, value in wanted.items():
                setattr(row, name, value)
            row.computed_at = now
        dirty = True
    session.flush()
    return dirty


def number_of(session: Session, key_result_id: int) -> Number | None:
    """The stored numbers of a key result, or None before there are any."""
    query = select(Score).where(Score.kind == "key_result", Score.subject_id == key_result_id)
    row = session.scalars(query).one_or_none()
    if row is None:
        return None
    return Number(**{name: getattr(row, name) for name in Number.__dataclass_fields__})
