"""A cycle as it stands: teams, objectives, key results and links, in a fixed number of queries."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from connector import okr, pace, scoring
from connector.errors import Refused
from connector.report import CycleReport, LinkReport, ObjectiveReport, TeamReport
from connector.settings import Settings
from connector.store.tables import Cycle, KeyResult, Link, Objective, Person, Score, Team
from sync import values
from sync.reports.key_results import Frame, key_result_report
from sync.reports.links import link_report, places, readings


def cycles(session: Session) -> tuple[okr.Cycle, ...]:
    """All cycles, newest first."""
    rows = session.scalars(select(Cycle).order_by(Cycle.start.desc(), Cycle.key))
    return tuple(okr.Cycle(row.key, row.start, row.end) for row in rows)


def current_cycle(session: Session, today: date) -> okr.Cycle | None:
    """The cycle today lies in; else the one that begins next; else the last one."""
    found = cycles(session)
    lying_in = [each for each in found if each.start <= today <= each.end]
    coming = [each for each in reversed(found) if each.start > today]
    return next(iter([*lying_in, *coming, *found]), None)


def pick_cycle(session: Session, key: str | None, today: date) -> okr.Cycle:
    """The cycle of that key, or the current one for None; raises ``Refused`` without one."""
    if key is None:
        current = current_cycle(session, today)
        if current is None:
            raise Refused("there is no cycle yet: apply a plan file with one first")
        return current
    found = {each.key: each for each in cycles(session)}
    if key not in found:
        raise Refused(f"there is no cycle {key!r}; there are: {', '.join(found) or 'none'}")
    return found[key]


@dataclass(frozen=True, slots=True)
class _Rows:
    """Everything a cycle's report is made of, by the id of what holds it."""

    frame: Frame
    teams: Sequence[Team]
    people: dict[int, str]
    objectives: dict[int, list[Objective]]
    key_results: dict[int, list[KeyResult]]
    links: dict[int, list[LinkReport]]
    scores: dict[tuple[str, int], Score]


def cycle_report(
    session: Session, cycle_key: str, now: datetime, settings: Settings
) -> CycleReport:
    """The whole cycle now; raises ``Refused`` for a cycle that is not there."""
    cycle = session.scalars(select(Cycle).where(Cycle.key == cycle_key)).one_or_none()
    if cycle is None:
        raise Refused(f"there is no cycle {cycle_key!r}")
    rows = _load(session, cycle, now, settings)
    return CycleReport(
        as_of=now,
        cycle=cycle.key,
        start=cycle.start,
        end=cycle.end,
        elapsed=pace.elapsed(cycle.start, cycle.end, now, settings.zone),
        teams=tuple(_team(rows, team) for team in _parents_first(rows.teams)),
    )


def _load(session: Session, cycle: Cycle, now: datetime, settings: Settings) -> _Rows:
    objectives: dict[int, list[Objective]] = defaultdict(list)
    query = select(Objective).where(Objective.cycle_id == cycle.id, Objective.state == "active")
    for objective in session.scalars(query.order_by(Objective.position, Objective.id)):
        objectives[objective.team_id].append(objective)
    key_results: dict[int, list[KeyResult]] = defaultdict(list)
    mine = select(KeyResult).where(KeyResult.cycle_id == cycle.id)
    for row in session.scalars(mine.order_by(KeyResult.position, KeyResult.id)):
        key_results[row.objective_id].append(row)
    scores = session.scalars(select(Score).where(Score.cycle_id == cycle.id))
    return _Rows(
        frame=Frame(okr.Cycle(cycle.key, cycle.start, cycle.end), now, settings),
        teams=session.scalars(select(Team).order_by(Team.position, Team.id)).all(),
        people={row.id: row.name for row in session.scalars(select(Person))},
        objectives=objectives,
        key_results=key_results,
        links=_links(session, cycle, now, settings),
        scores={(row.kind, row.subject_id): row for row in scores},
    )


def _links(
    session: Session, cycle: Cycle, now: datetime, settings: Settings
) -> dict[int, list[LinkReport]]:
    query = (
        select(Link)
        .join(KeyResult, KeyResult.id == Link.key_result_id)
        .where(KeyResult.cycle_id == cycle.id, Link.ended_at.is_(None))
        .order_by(Link.position, Link.id)
    )
    links = session.scalars(query).all()
    known, where = readings(session, [link.id for link in links]), places(session)
    found: dict[int, list[LinkReport]] = defaultdict(list)
    for link in links:
        reading = values.link_reading(known.get(link.id))
        report = link_report(link, reading, where, now=now, settings=settings)
        found[link.key_result_id].append(report)
    return found


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


def _team(rows: _Rows, team: Team) -> TeamReport:
    objectives = tuple(_objective(rows, each) for each in rows.objectives.get(team.id, []))
    score = rows.scores.get(("team", team.id))
    number = score.score if score else None
    keys = {each.id: each.key for each in rows.teams}
    return TeamReport(
        key=team.key,
        name=team.name,
        kind=team.kind,
        parent=keys.get(team.parent_id or 0),
        score=number,
        known=score.known if score else None,
        subtree_score=score.subtree_score if score else None,
        grade=scoring.grade(number),
        health=pace.weakest(each.health for each in objectives),
        objectives=objectives,
    )


def _objective(rows: _Rows, row: Objective) -> ObjectiveReport:
    kind = cast("okr.ObjectiveKind", row.kind)
    found = tuple(
        key_result_report(
            rows.frame,
            each,
            rows.scores.get(("key_result", each.id)),
            kind=kind,
            owner=rows.people.get(each.owner_id or 0),
            links=tuple(rows.links.get(each.id, [])),
        )
        for each in rows.key_results.get(row.id, [])
    )
    score = rows.scores.get(("objective", row.id))
    number = score.score if score else None
    passed = pace.pass_mark(kind)
    return ObjectiveReport(
        key=row.key,
        title=row.title,
        kind=row.kind,
        owner=rows.people.get(row.owner_id or 0),
        supports=row.supports,
        weight=row.weight,
        score=number,
        known=score.known if score else None,
        grade=scoring.grade(number),
        health=pace.weakest(each.health for each in found if each.guardrail or each.weight > 0),
        expected=pace.expected(rows.frame.elapsed(), passed),
        key_results=found,
    )
