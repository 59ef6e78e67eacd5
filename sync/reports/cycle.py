"""A cycle as it stands or stood: teams, objectives, key results and links, in few queries."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple, cast

from sqlalchemy.orm import Session

from connector import okr, pace, scoring
from connector.errors import Refused
from connector.garbage import uncollected
from connector.report import CycleReport, KeyResultReport, ObjectiveReport, TeamReport
from connector.rollup import Condition
from connector.settings import Settings
from connector.store.tables import Cycle, Objective, Team
from sync import values
from sync.reports.key_results import Frame, old
from sync.reports.links import places
from sync.reports.made import Made, frame_of, key_results, link_reports, made_of, stale
from sync.reports.memory import Memory
from sync.reports.past import snapshot_at
from sync.reports.snapshot import Snapshot, cycles_and_policy, snapshot
from sync.standings import Standing

NOTHING = Standing()


def cycle_report(
    session: Session,
    cycle_key: str,
    now: datetime,
    settings: Settings,
    *,
    at: datetime | None = None,
) -> CycleReport:
    """The whole cycle now, or as it stood at ``at``; raises ``Refused`` where there is none."""
    if at is None:
        return made_now(session, cycle_key, now, settings, Memory(), paced=now)[1]
    every, _ = cycles_and_policy(session)
    with uncollected():
        found = snapshot_at(session, _named(every, cycle_key), at)
        report = whole_report(made_of(session, found, settings))
    return replace(report, cycles=tuple(map(values.cycle, every)))


def made_now(
    session: Session,
    cycle_key: str,
    now: datetime,
    settings: Settings,
    memory: Memory,
    *,
    paced: datetime,
) -> tuple[Made, CycleReport]:
    """The whole cycle now: what did not change since the last report of a ``memory`` is that one's.

    What is expected is that of the instant ``paced``. Raises ``Refused`` where there is no cycle.
    """
    every, policy = cycles_and_policy(session)
    cycle = _named(every, cycle_key)
    with uncollected():
        memory.begin()
        found = snapshot(session, cycle, now, policy=policy, memory=memory)
        made = made_of(session, found, settings, memory=memory, paced=paced)
        report = whole_report(made)
    return made, replace(report, cycles=tuple(map(values.cycle, every)))


def _named(every: Sequence[Cycle], key: str) -> Cycle:
    cycle = next((each for each in every if each.key == key), None)
    if cycle is None:
        raise Refused(f"there is no cycle {key!r}")
    return cycle


def whole_report(made: Made) -> CycleReport:
    """The report of a cycle made ready for it."""
    found = made.snapshot
    shown = tuple(_team(made, team) for team in _parents_first(found.teams))
    return CycleReport(
        as_of=found.at,
        cycle=found.cycle.key,
        start=found.cycle.start,
        end=found.cycle.end,
        elapsed=made.frame.elapsed(),
        teams=shown,
        state=found.cycle.state,
        verdict=_verdict(found, shown),
        failing=made.failing,
    )


def key_result_reports(
    session: Session, cycle: Cycle, ids: Collection[int], now: datetime, settings: Settings
) -> dict[int, KeyResultReport]:
    """These key results of a cycle now, by id, without their owners."""
    found, where = snapshot(session, cycle, now, only=ids), places(session)
    shown = link_reports(found, where, settings, Memory())
    aged = {key for key, links in shown.items() if old(links)}
    if any(row.progress_from == "supports" for row in found.key_results):
        # They are as old as what supports them, which may be any other key result of the cycle.
        aged |= stale(snapshot(session, cycle, now), where, settings)
    frame = frame_of(session, found, where, settings)
    rows = key_results(frame, found, shown, aged, Memory())
    return {key: report for mine in rows.values() for key, report in mine}


def _parents_first(teams: Sequence[Team]) -> list[Team]:
    below: dict[int | None, list[Team]] = defaultdict(list)
    for team in teams:
        below[team.parent_id].append(team)
    ordered: list[Team] = []
    waiting = list(reversed(below[None]))
    while waiting:
        team = waiting.pop()
        ordered.append(team)
        waiting.extend(reversed(below[team.id]))
    return ordered


def _team(made: Made, team: Team) -> TeamReport:
    number = made.snapshot.numbers.get(("team", team.id), NOTHING)
    active = made.active.get(team.id, ())
    return TeamReport(
        key=team.key,
        name=team.name,
        kind=team.kind,
        parent=made.teams.get(team.parent_id or 0),
        score=number.score,
        known=number.known,
        subtree_score=number.subtree_score,
        subtree_known=number.subtree_known,
        grade=scoring.grade(number.score),
        health=made.conditions.teams[team.id].health,
        objectives=tuple(objective_report(made, row) for row in active),
        lead=made.people.get(team.lead_id or 0),
        some_unknown=bool(active) and made.conditions.teams[team.id].unknown,
    )


def objective_report(made: Made, row: Objective) -> ObjectiveReport:
    """One objective in any state."""
    stands = _Stands(
        made.frame,
        row,
        made.snapshot.numbers.get(("objective", row.id), NOTHING),
        tuple(made.supports.get(row.id, ())),
        tuple(each for _, each in made.key_results.get(row.id, ())),
        made.people.get(row.owner_id or 0),
        made.conditions.objectives[row.id],
    )
    return made.memory.objectives.take(row.id, stands, lambda: _objective(stands))


class _Stands(NamedTuple):
    """All that the report of an objective is made of."""

    frame: Frame
    row: Objective
    number: Standing
    supports: tuple[str, ...]
    key_results: tuple[KeyResultReport, ...]
    owner: str | None
    condition: Condition


def _objective(stands: _Stands) -> ObjectiveReport:
    row, number = stands.row, stands.number
    kind = cast("okr.ObjectiveKind", row.kind)
    mark = pace.pass_mark(kind, stands.frame.policy)
    return ObjectiveReport(
        key=row.key,
        title=row.title,
        kind=row.kind,
        owner=stands.owner,
        supports=stands.supports,
        weight=row.weight,
        score=number.score,
        known=number.known,
        grade=scoring.grade(number.score),
        health=stands.condition.health,
        expected=pace.expected(stands.frame.elapsed(), mark),
        key_results=stands.key_results,
        takes=row.takes,
        some_unknown=stands.condition.unknown,
        passed=scoring.passes(number.score, kind),
    )


def _verdict(found: Snapshot, teams: Sequence[TeamReport]) -> str | None:
    """What a closed cycle is told of its ambition."""
    if found.cycle.state != "closed":
        return None
    objectives = (each for team in teams for each in team.objectives)
    return scoring.verdict(
        (cast("okr.ObjectiveKind", each.kind), scoring.Part(each.weight, each.score))
        for each in objectives
    )
