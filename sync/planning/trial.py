"""What a change would make of the scores: made in a write that is taken back, nothing is saved."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from connector.plans import Entry, Plan, diff
from connector.store.tables import Cycle, KeyResult, Objective, Score, Team
from sync import lease
from sync.planning.scopes import checker, note_checker
from sync.planning.stored import stored
from sync.planning.write import Writer
from sync.reckon import rescore
from sync.runtime import Runtime
from sync.scores import alone, rescore_cycle

FORM = "form"
_TABLES: Mapping[str, type[Any]] = {
    "key_result": KeyResult,
    "objective": Objective,
    "team": Team,
}
_Numbers = Mapping[tuple[str, int], tuple[float | None, float | None]]


@dataclass(frozen=True, slots=True)
class Shift:
    """What becomes of one score; ``kind`` is key_result, objective or team.

    Of a team it is that of its own objectives. ``before`` and ``after`` are (score, known share).
    """

    kind: str
    key: str
    title: str
    before: tuple[float | None, float | None]
    after: tuple[float | None, float | None]


def trial(
    runtime: Runtime, entries: Sequence[Entry], *, shown: Sequence[tuple[str, str]] = ()
) -> tuple[Shift, ...]:
    """What saving these entries of one cycle would make of its scores; raises as saving does.

    Told are all scores that change, and those of ``shown`` (kind, key) in any case: key results,
    then objectives, then teams.
    """
    with runtime.store.write() as session:
        found = _tried(runtime, session, entries, shown)
        session.rollback()
        return found


def _tried(
    runtime: Runtime, session: Session, entries: Sequence[Entry], shown: Sequence[tuple[str, str]]
) -> tuple[Shift, ...]:
    alone(session)
    lease.all_together(session)
    cycle = session.scalars(select(Cycle).where(Cycle.key == entries[0].cycle)).one()
    before = _numbers(session, cycle)
    check, offered = checker(session, runtime.trackers), note_checker(runtime.trackers)
    changes = diff(Plan(FORM, tuple(entries)), stored(session), check, offered)
    writer = Writer(session, runtime.clock(), "")
    for change in changes.changes:
        writer.write(change)
    session.flush()
    rescore(session, writer.key_results, writer.now)
    for cycle_id in writer.cycles:
        rescore_cycle(session, cycle_id, writer.now)
    session.flush()
    return tuple(_shifts(session, cycle, before, shown))


def _numbers(session: Session, cycle: Cycle) -> _Numbers:
    query = select(Score.kind, Score.subject_id, Score.score, Score.known)
    rows = session.execute(query.where(Score.cycle_id == cycle.id))
    return {(kind, subject): (score, known) for kind, subject, score, known in rows}


def _shifts(
    session: Session, cycle: Cycle, before: _Numbers, shown: Sequence[tuple[str, str]]
) -> list[Shift]:
    after, nothing = _numbers(session, cycle), (None, None)
    found = []
    for kind, table in _TABLES.items():
        keys = {key for each, key in shown if each == kind}
        ids = {n for each, n in after if each == kind and after[each, n] != before.get((each, n))}
        name = table.name if kind == "team" else table.title
        query = select(table.id, table.key, name).where(table.id.in_(ids) | table.key.in_(keys))
        if kind != "team":
            query = query.where(table.cycle_id == cycle.id)
        found += [
            Shift(kind, key, title, before.get((kind, n), nothing), after.get((kind, n), nothing))
            for n, key, title in session.execute(query.order_by(table.position, table.id))
        ]
    return found
