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
    rows = session.scalars(select(KeyResult).where(KeyResult.id.in_(ids))).all()
    links = _links(session, ids)
    found: dict[int, dict[int, Number]] = defaultdict(dict)
    for row in rows:
        found[row.cycle_id][row.id] = _key_result(session, row, links.get(row.id, []))
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


def _links(session: Session, ids: Collection[int]) -> Mapping[int, list[Link]]:
    found: dict[int, list[Link]] = defaultdict(list)
    query = select(Link).where(Link.key_result_id.in_(ids), Link.ended_at.is_(None))
    for link in session.scalars(query.order_by(Link.position, Link.id)):
        found[link.key_result_id].append(link)
    return found


def _key_result(session: Session, row: KeyResult, links: list[Link]) -> Number:
    definition = values.key_result(row)
    value, partial = (row.value, False) if not links else _value(session, row, links)
    progress = scoring.progress(definition, value)
    return Number(value=value, progress=progress, score=scoring.score(progress), partial=partial)


def _value(session: Session, row: KeyResult, links: list[Link]) -> tuple[float | None, bool]:
    rules = [values.rule(link) for link in links]
    known = {
        each.link_id: scoring.Reading(each.done, each.total, each.value)
        for each in session.scalars(
            select(Reading).where(Reading.link_id.in_([i.id for i in links]))
        )
    }
    unknown = scoring.Reading(None, None, None)
    readings = [
        (rule.weight, known.get(link.id, unknown)) for rule, link in zip(rules, links, strict=True)
    ]
    is_share = rules[0].measure.is_share
    several = is_share and len(links) > 1 and row.combine != "weighted"
    return scoring.combine(
        values.key_result(row),
        readings,
        share=is_share,
        pooled=_pooled(session, links) if several else None,
    )


def _pooled(session: Session, links: Iterable[Link]) -> scoring.Reading:
    per_link: dict[int, list[Contribution]] = {link.id: [] for link in links}
    query = select(Contribution).where(
        Contribution.link_id.in_(per_link), Contribution.replaced_at.is_(None)
    )
    for row in session.scalars(query):
        per_link[row.link_id].append(row)
    return scoring.share(*pooled(list(per_link.values())))


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
    query = select(Score).where(
        Score.cycle_id == cycle_id, Score.kind == kind, Score.subject_id.in_(numbers)
    )
    rows = {row.subject_id: row for row in session.scalars(query)}
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
