"""The days before trends were kept, told once from what the pasts of links tell."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.orm import Session

from connector.objectives import ObjectiveCourse
from connector.store.tables import Cycle, KeyResult, Link, Objective, ScoreDay, TrendTold
from sync import bulk
from sync.reports.made import made_of
from sync.reports.objective_course import course
from sync.reports.snapshot import snapshot
from sync.resting import resting_on
from sync.runtime import Runtime

SLICE = 8
"""Objectives told in one sweep; the next one goes on."""
AGAIN = timedelta(minutes=10)
"""What was begun and not finished after so long was cut off."""
_COLUMNS = ("objective_id", "day", "at", "score", "rebuilt")

Days = dict[date, tuple[datetime, float | None]]


def tell_due(runtime: Runtime) -> list[int]:
    """Tell the days before the trends of some objectives were kept; returns whose were told."""
    now = runtime.clock()
    with runtime.store.read() as session:
        cycle_id, waiting = _waiting(session, now)
    if not waiting:
        return []
    with runtime.store.write() as session:
        waiting = _still(session, waiting, now)
        if not waiting:
            return []
        _ask(session, waiting, now)
    # Read apart from writing: a ledger takes its time, and nobody is to wait for it.
    with runtime.store.read() as session:
        told = _told(session, runtime, cycle_id, waiting)
    with runtime.store.write() as session:
        return [each for each in waiting if _keep(session, each, told.get(each, {}), now)]


def _waiting(session: Session, now: datetime) -> tuple[int, list[int]]:
    """A cycle, and some of its objectives all of whose links have settled pasts."""
    cut_off = (TrendTold.asked_at <= now - AGAIN) & or_(
        TrendTold.told_at.is_(None), TrendTold.told_at < TrendTold.asked_at
    )
    query = (
        select(Objective.id, Objective.cycle_id)
        .join(Cycle, Cycle.id == Objective.cycle_id)
        .outerjoin(TrendTold, TrendTold.objective_id == Objective.id)
        .where(Cycle.state != "closed", or_(TrendTold.asked_at.is_(None), cut_off))
        .where(select(ScoreDay.day).where(ScoreDay.objective_id == Objective.id).exists())
        .order_by(Objective.cycle_id, Objective.id)
    )
    found = bulk.rows(session, query)
    unsettled = _unsettled(session, {each.cycle_id for each in found}) if found else set()
    ready = [each for each in found if each.id not in unsettled]
    mine = [each.id for each in ready if each.cycle_id == ready[0].cycle_id]
    return (ready[0].cycle_id if ready else 0), mine[:SLICE]


def _unsettled(session: Session, cycles: Collection[int]) -> set[int]:
    """The objectives of these cycles that rest on a link whose past is still to be told."""
    query = (
        select(Link.key_result_id)
        .join(KeyResult, KeyResult.id == Link.key_result_id)
        .where(KeyResult.cycle_id.in_(cycles), Link.ended_at.is_(None))
        .where(or_(Link.history == "wanted", Link.reapply_from.is_not(None)))
    )
    return resting_on(session, set(bulk.column(session, query)))


def _still(session: Session, objectives: Sequence[int], now: datetime) -> list[int]:
    """Those of these, held until the transaction's end, that no other clock tells by now."""
    mine = select(Objective.id).where(Objective.id.in_(objectives)).order_by(Objective.id)
    bulk.column(session, mine.with_for_update(key_share=True))
    left = set(_waiting(session, now)[1])
    return [each for each in objectives if each in left]


def _ask(session: Session, objectives: Sequence[int], now: datetime) -> None:
    mine = TrendTold.objective_id.in_(objectives)
    there = set(bulk.column(session, select(TrendTold.objective_id).where(mine)))
    session.execute(update(TrendTold).where(mine).values(asked_at=now))
    bulk.add(
        session,
        TrendTold,
        ("objective_id", "asked_at"),
        [(each, now) for each in objectives if each not in there],
    )


def _told(
    session: Session, runtime: Runtime, cycle_id: int, objectives: Sequence[int]
) -> Mapping[int, Days]:
    """The days of each of these on which its score changed, before they were kept."""
    cycle = session.get(Cycle, cycle_id)
    if cycle is None:
        return {}
    made = made_of(session, snapshot(session, cycle, runtime.clock()), runtime.settings)
    rows = {each.id: each for each in made.snapshot.objectives}
    ways = {
        each: course(session, made, rows[each], whole=True) for each in objectives if each in rows
    }
    return {each: dict(_changes(way)) for each, way in ways.items() if way and way.rebuilt_until}


def _changes(way: ObjectiveCourse) -> Iterator[tuple[date, tuple[datetime, float | None]]]:
    before: float | None = None
    for point in way.points:
        if point.score != before:
            yield point.at.astimezone(UTC).date(), (point.at, point.score)
        before = point.score


def _keep(session: Session, objective_id: int, days: Days, now: datetime) -> bool:
    """Keep what was told, unless a past was told anew meanwhile: then all of it is."""
    mine = update(TrendTold).where(
        TrendTold.objective_id == objective_id, TrendTold.asked_at == now
    )
    if session.execute(mine.values(told_at=now)).rowcount != 1:  # type: ignore[attr-defined]
        return False
    of = ScoreDay.objective_id == objective_id
    session.execute(
        delete(ScoreDay).where(of, ScoreDay.rebuilt),
        execution_options={"synchronize_session": False},
    )
    first = session.scalar(select(func.min(ScoreDay.day)).where(of))
    rows = [
        (objective_id, day, at, score, True)
        for day, (at, score) in days.items()
        if first is not None and day < first
    ]
    bulk.add(session, ScoreDay, _COLUMNS, rows)
    return True
