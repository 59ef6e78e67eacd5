"""Why a key result is what it is, now or at any past instant, from the ledger alone."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from connector import ledger, okr
from connector.errors import Refused
from connector.report import ContributionReport, Explanation, LinkExplanation, MovementReport
from connector.settings import Settings
from connector.store.tables import (
    Contribution,
    Cycle,
    Item,
    KeyResult,
    Link,
    Objective,
    Person,
    Score,
    Team,
)
from connector.work import State
from sync import values
from sync.reports import past
from sync.reports.key_results import Frame, key_result_report
from sync.reports.links import link_report, places, readings, why_unknown


def explanation(
    session: Session,
    cycle_key: str,
    key: str,
    now: datetime,
    settings: Settings,
    *,
    at: datetime | None = None,
) -> Explanation:
    """The key result with items and movements behind each link; ``at`` is a past instant."""
    row, objective, cycle = _find(session, cycle_key, key)
    if at is not None:
        row = past.key_result_at(session, row, at)
        objective = past.objective_at(session, row.objective_id, at)
        cycle = past.cycle_at(session, cycle, at)
    frame = Frame(okr.Cycle(cycle.key, cycle.start, cycle.end), at or now, settings)
    links = past.links_at(session, row.id, at)
    explained = tuple(_link(session, link, frame, at) for link in links)
    score = past.score_at(session, row, links, at) if at else _score(session, row)
    owner = session.get(Person, row.owner_id) if row.owner_id else None
    report = key_result_report(
        frame,
        row,
        score,
        kind=cast("okr.ObjectiveKind", objective.kind),
        owner=owner.name if owner else None,
        links=tuple(each.link for each in explained),
    )
    return Explanation(
        at=frame.now,
        cycle=cycle.key,
        team=session.get_one(Team, objective.team_id).key,
        objective=objective.key,
        key_result=report,
        links=explained,
    )


def _find(session: Session, cycle_key: str, key: str) -> tuple[KeyResult, Objective, Cycle]:
    query = (
        select(KeyResult, Objective, Cycle)
        .join(Objective, Objective.id == KeyResult.objective_id)
        .join(Cycle, Cycle.id == KeyResult.cycle_id)
        .where(Cycle.key == cycle_key, KeyResult.key == key)
    )
    found = session.execute(query).one_or_none()
    if found is None:
        raise Refused(_missing(session, cycle_key, key))
    key_result, objective, cycle = found
    return key_result, objective, cycle


def _missing(session: Session, cycle_key: str, key: str) -> str:
    query = (
        select(KeyResult.key)
        .join(Objective, Objective.id == KeyResult.objective_id)
        .join(Cycle, Cycle.id == KeyResult.cycle_id)
        .where(Cycle.key == cycle_key, Objective.key == key)
    )
    children = session.scalars(query.order_by(KeyResult.position)).all()
    if children:
        return f"{key} is an objective; explain one of its key results: {', '.join(children)}"
    return f"there is no key result {key!r} in cycle {cycle_key}"


def _score(session: Session, row: KeyResult) -> Score | None:
    query = select(Score).where(
        Score.cycle_id == row.cycle_id, Score.kind == "key_result", Score.subject_id == row.id
    )
    return session.scalars(query).one_or_none()


def _link(session: Session, link: Link, frame: Frame, at: datetime | None) -> LinkExplanation:
    recorded = select(Contribution).where(Contribution.link_id == link.id)
    if at is not None:
        recorded = recorded.where(Contribution.recorded_at <= at)
    rows = session.scalars(recorded).all()
    holding = [row for row in rows if past.holds(row, at)]
    measure = values.rule(link).measure
    stored = readings(session, [link.id]).get(link.id)
    if at is None:
        reading = values.link_reading(stored)
    else:
        since = past.read_since(stored, at)
        reading = ledger.reading(measure, holding) if holding or since else None
    where = places(session)
    report = link_report(link, reading, where, now=frame.now, settings=frame.settings)
    if at is not None:
        as_of = max((row.recorded_at for row in rows), default=since)
        missing = why_unknown(reading) if reading else f"not read by {at.isoformat()}"
        report = replace(report, as_of=as_of, stale=False, error=missing)
    moved = ledger.movements(measure, map(values.version, rows))
    return LinkExplanation(
        link=report,
        contributions=tuple(_contributions(session, holding)),
        movements=tuple(
            MovementReport(
                at=each.at,
                recorded_at=each.recorded_at,
                kind=each.kind,
                item=each.key,
                delta=each.delta,
            )
            for each in reversed(moved)
        ),
    )


def _contributions(session: Session, rows: Iterable[Contribution]) -> list[ContributionReport]:
    found = list(rows)
    items = _items(session, {row.item_id for row in found})
    ordered = sorted(found, key=lambda row: (not row.included, not row.in_scope, row.item_key))
    return [
        ContributionReport(
            item=row.item_key,
            title=items[row.item_id].title,
            url=items[row.item_id].url,
            status=row.status,
            state=cast("State", row.state),
            done=row.done,
            total=row.total,
            included=row.included,
            reason=row.reason,
            since=row.valid_from,
        )
        for row in ordered
    ]


def _items(session: Session, ids: set[int]) -> dict[int, Item]:
    found: dict[int, Item] = defaultdict()
    wanted = sorted(ids)
    for first in range(0, len(wanted), 500):
        chunk = wanted[first : first + 500]
        found.update(
            {row.id: row for row in session.scalars(select(Item).where(Item.id.in_(chunk)))}
        )
    return found
