"""From readings to stored scores: key results, then objectives, then teams."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from connector import scoring
from connector.ledger import pooled
from connector.scoring import Mean, Part
from connector.store.chunks import chunks
from connector.store.tables import (
    Contribution,
    KeyResult,
    Link,
    Objective,
    Reading,
    Score,
    Team,
)
from sync import values


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """What is stored of one subject's score."""

    value: float | None = None
    progress: float | None = None
    score: float | None = None
    known: float | None = None
    subtree_score: float | None = None
    partial: bool = False


LOCK = 0x73636F72  # any constant: names our advisory lock in PostgreSQL


def alone(session: Session) -> None:
    """One writer of numbers at a time, to be called before anything is read or locked.

    Scores are sums over what other sources wrote: two at once would each miss the other's part.
    SQLite has one writer anyway.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})


def rescore_key_results(session: Session, ids: Collection[int], now: datetime) -> set[int]:
    """Store the scores of these key results; returns the cycles whose scores changed."""
    found: dict[int, dict[int, Number]] = defaultdict(dict)
    for chunk in chunks(ids):
        loaded = _load(session, chunk)
        for row in session.scalars(select(KeyResult).where(KeyResult.id.in_(chunk))):
            found[row.cycle_id][row.id] = _key_result(loaded, row)
    return {
        cycle_id
        for cycle_id, numbers in found.items()
        if _store(session, cycle_id, "key_result", numbers, now)
    }


def rescore_cycle(session: Session, cycle_id: int, now: datetime) -> None:
    """Store the scores of the cycle's objectives and teams, from those of its key results."""
    of_key_result = {
        row.subject_id: row.score
        for row in session.scalars(
            select(Score).where(Score.cycle_id == cycle_id, Score.kind == "key_result")
        )
    }
    objectives = session.scalars(select(Objective).where(Objective.cycle_id == cycle_id)).all()
    parts: dict[int, list[Part]] = defaultdict(list)
    for row in session.scalars(select(KeyResult).where(KeyResult.cycle_id == cycle_id)):
        if not row.guardrail:
            parts[row.objective_id].append(Part(row.weight, of_key_result.get(row.id)))
    means = {each.id: scoring.mean(parts[each.id]) for each in objectives}
    stored = {key: Number(score=mean.score, known=mean.known) for key, mean in means.items()}
    _store(session, cycle_id, "objective", stored, now)
    _store(session, cycle_id, "team", _teams(session, objectives, means), now)


@dataclass(frozen=True, slots=True)
class _Loaded:
    """The links of some key results, and by link the readings and what pooled ones are made of."""

    links: Mapping[int, list[Link]]
    readings: Mapping[int, scoring.Reading]
    parts: Mapping[int, list[Contribution]]


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
    return _Loaded(links, readings, parts)


def _key_result(loaded: _Loaded, row: KeyResult) -> Number:
    links = loaded.links.get(row.id, [])
    value, partial = _value(loaded, row, links) if links else (row.value, False)
    progress = scoring.progress(values.key_result(row), value)
    return Number(value=value, progress=progress, score=scoring.score(progress), partial=partial)


def _value(loaded: _Loaded, row: KeyResult, links: list[Link]) -> tuple[float | None, bool]:
    rules = [values.rule(link) for link in links]
    unknown = scoring.Reading(None, None, None)
    readings = [
        (rule.weight, loaded.readings.get(link.id, unknown))
        for rule, link in zip(rules, links, strict=True)
    ]
    is_share = rules[0].measure.is_share
    several = is_share and len(links) > 1 and row.combine != "weighted"
    members = [loaded.parts.get(link.id, []) for link in links] if several else []
    return scoring.combine(
        values.key_result(row),
        readings,
        share=is_share,
        pooled=scoring.share(*pooled(members)) if several else None,
    )


def _teams(
    session: Session, objectives: Iterable[Objective], means: Mapping[int, Mean]
) -> dict[int, Number]:
    own: dict[int, list[Part]] = defaultdict(list)
    for each in objectives:
        if each.state == "active":
            own[each.team_id].append(Part(each.weight, means[each.id].score))
    parents = {row.id: row.parent_id for row in session.scalars(select(Team))}
    below: dict[int, list[Part]] = defaultdict(list)
    for team_id, parts in own.items():
        at: int | None = team_id
        while at is not None:
            below[at].extend(parts)
            at = parents[at]
    return {team_id: _team(own[team_id], below[team_id]) for team_id in parents}


def _team(own: list[Part], below: list[Part]) -> Number:
    mean = scoring.mean(own)
    return Number(score=mean.score, known=mean.known, subtree_score=scoring.mean(below).score)


def _store(
    session: Session, cycle_id: int, kind: str, numbers: Mapping[int, Number], now: datetime
) -> bool:
    """Write what differs; returns whether anything did."""
    mine = select(Score).where(Score.cycle_id == cycle_id, Score.kind == kind)
    rows = {
        row.subject_id: row
        for chunk in chunks(numbers)
        for row in session.scalars(mine.where(Score.subject_id.in_(chunk)))
    }
    names = Number.__dataclass_fields__
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
