"""The links of a cycle that moved most since an instant, each with its whole ledger."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.orm import Session, aliased

from connector import ledger
from connector.explained import MovementReport
from connector.ledger import REBUILT
from connector.okr import Measure
from connector.store.tables import Contribution, Cycle, KeyResult, Link, Reading
from sync import bulk, values
from sync.reports.explain import movement_reports
from sync.reports.past import TOLD

MOST = 16
"""Links whose ledger is read: more than a short list shows."""


@dataclass(frozen=True, slots=True)
class Told:
    """The movements of one link as they were recorded, and those of its rebuilt past."""

    movements: tuple[MovementReport, ...]
    past: tuple[MovementReport, ...]


def moved_most(
    session: Session, cycle_key: str, since: datetime, until: datetime
) -> Mapping[int, Told]:
    """By link: one statement, however many links moved.

    Which moved most is judged by the work finished for its size; the sums are then exact.
    """
    most = _most(cycle_key, since, until).subquery()
    query = (
        select(*TOLD, Link.rule)
        .join(most, most.c.link_id == Contribution.link_id)
        .join(Link, Link.id == Contribution.link_id)
        .where(Contribution.recorded_at <= until)
    )
    versions: dict[int, list[ledger.Version]] = defaultdict(list)
    measures: dict[int, Measure] = {}
    for row in bulk.rows(session, query):
        versions[row.link_id].append(values.version(row))
        if row.link_id not in measures:
            measures[row.link_id] = values.rule(row).measure
    return {key: _told(measures[key], found) for key, found in versions.items()}


def _told(measure: Measure, versions: Sequence[ledger.Version]) -> Told:
    return Told(
        movement_reports(ledger.movements(measure, versions)),
        movement_reports(ledger.rebuilt(measure, versions)),
    )


def _most(cycle_key: str, since: datetime, until: datetime) -> Select[Any]:
    after, before = aliased(Contribution), aliased(Contribution)
    same = and_(
        before.link_id == after.link_id,
        before.item_id == after.item_id,
        before.replaced_at == after.recorded_at,
    )
    rebuilt = after.cause.in_(REBUILT)
    seen = and_(~rebuilt, after.recorded_at > Reading.since)
    lately = and_(after.recorded_at >= since, after.recorded_at <= until)
    done = func.abs(func.sum(_counted(after, after.done) - _counted(before, before.done)))
    total = func.abs(func.sum(_counted(after, after.total) - _counted(before, before.total)))
    size = func.coalesce(Reading.total, func.abs(Reading.value), 1.0)
    return (
        select(after.link_id)
        .join(Link, Link.id == after.link_id)
        .join(KeyResult, KeyResult.id == Link.key_result_id)
        .join(Cycle, Cycle.id == KeyResult.cycle_id)
        .join(Reading, Reading.link_id == after.link_id)
        .outerjoin(before, same)
        # A reading that did not change since then has not moved.
        .where(Cycle.key == cycle_key, Link.ended_at.is_(None), Reading.computed_at >= since)
        .where(lately, or_(seen, and_(rebuilt, after.valid_from >= since)))
        .group_by(after.link_id, Reading.total, Reading.value)
        .order_by(((done + total / 4) / case((size < 1, 1.0), else_=size)).desc(), after.link_id)
        .limit(MOST)
    )


def _counted(version: Any, amount: Any) -> ColumnElement[float]:
    """What an item adds while it counts."""
    return case((version.included, amount), else_=0.0)
