"""A cycle as it stands or stood: teams, objectives, key results and links, in few queries."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from connector import okr, pace, rollup, scoring
from connector.errors import Refused
from connector.garbage import uncollected
from connector.report import (
    CycleReport,
    Failing,
    KeyResultReport,
    LinkReport,
    ObjectiveReport,
    TeamReport,
)
from connector.settings import Settings
from connector.store.tables import Cycle, Objective, Person, Team
from sync import bulk, values
from sync.reports.key_results import Beside, Frame, days_of, key_result_report, old
from sync.reports.links import Places, link_report, places
from sync.reports.past import snapshot_at
from sync.reports.past_plan import mappings_at
from sync.reports.snapshot import Snapshot, cycles_and_policy, snapshot
from sync.standings import Standing, tree

NOTHING = Standing()


@dataclass(frozen=True, slots=True)
class Made:
    """What a cycle's report is made of."""

    frame: Frame
    snapshot: Snapshot
    people: Mapping[int, str]
    key_results: Mapping[int, Sequence[tuple[int, KeyResultReport]]]
    conditions: rollup.Conditions
    supports: Mapping[int, Sequence[str]]
    active: Mapping[int, Sequence[Objective]]
    teams: Mapping[int, str]
    failing: tuple[Failing, ...] = ()


def cycle_report(
    session: Session,
    cycle_key: str,
    now: datetime,
    settings: Settings,
    *,
    at: datetime | None = None,
) -> CycleReport:
    """The whole cycle now, or as it stood at ``at``; raises ``Refused`` where there is none."""
    every, policy = cycles_and_policy(session)
    cycle = next((each for each in every if each.key == cycle_key), None)
    if cycle is None:
        raise Refused(f"there is no cycle {cycle_key!r}")
    with uncollected():
        if at is None:
            found = snapshot(session, cycle, now, policy=policy)
        else:
            found = snapshot_at(session, cycle, at)
        report = whole_report(made_of(session, found, settings))
    return replace(report, cycles=tuple(map(values.cycle, every)))


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
    shown = _links(found, where, settings)
    aged = {key for key, links in shown.items() if old(links)}
    if any(row.progress_from == "supports" for row in found.key_results):
        # They are as old as what supports them, which may be any other key result of the cycle.
        aged |= stale(snapshot(session, cycle, now), where, settings)
    frame = frame_of(session, found, where, settings)
    rows = _key_results(frame, found, {}, shown, aged=aged)
    return {key: report for mine in rows.values() for key, report in mine}


def _links(found: Snapshot, where: Places, settings: Settings) -> dict[int, tuple[LinkReport, ...]]:
    """The links of every key result."""
    return {
        row.id: tuple(
            link_report(link, found, where, settings) for link in found.links.get(row.id, ())
        )
        for row in found.key_results
    }


def made_of(session: Session, found: Snapshot, settings: Settings) -> Made:
    """A whole snapshot made ready for its reports."""
    where = places(session)
    people = _people(session) if found.is_past else found.people
    shown = _links(found, where, settings)
    frame, nodes = frame_of(session, found, where, settings), nodes_of(found)
    aged = rollup.stale(nodes, {key for key, links in shown.items() if old(links)})
    rows = _key_results(frame, found, people, shown, aged=aged)
    healths = {key: each.health for mine in rows.values() for key, each in mine}
    active: dict[int, list[Objective]] = defaultdict(list)
    for objective in found.objectives:
        if objective.state == "active":
            active[objective.team_id].append(objective)
    return Made(
        frame=frame,
        snapshot=found,
        people=people,
        key_results=rows,
        conditions=rollup.conditions(nodes, healths),
        supports=_supports(found),
        active=active,
        teams={team.id: team.key for team in found.teams},
        failing=() if found.is_past else where.failing,
    )


def _people(session: Session) -> dict[int, str]:
    return {row.id: row.name for row in bulk.rows(session, select(Person.id, Person.name))}


def _key_results(
    frame: Frame,
    found: Snapshot,
    people: Mapping[int, str],
    shown: Mapping[int, tuple[LinkReport, ...]],
    *,
    aged: Collection[int],
) -> dict[int, list[tuple[int, KeyResultReport]]]:
    """(id, report) of every key result, by objective; ``shown`` are their links, ``aged`` those
    whose numbers are old."""
    kinds = {row.id: cast("okr.ObjectiveKind", row.kind) for row in found.objectives}
    rows: dict[int, list[tuple[int, KeyResultReport]]] = defaultdict(list)
    for row in found.key_results:
        links = found.links.get(row.id, ())
        beside = Beside(
            kind=kinds.get(row.objective_id, "committed"),
            owner=people.get(row.owner_id or 0),
            links=shown[row.id],
            override=found.overrides.get(row.id),
            confidence=found.confidence.get(row.id),
            days=days_of(frame, (link.connection_id for link in links)),
            stale=row.id in aged,
            blockers=found.blockers.get(row.id, ""),
            changed=max(
                (found.changed[each.id] for each in links if each.id in found.changed), default=None
            ),
        )
        number = found.numbers.get(("key_result", row.id))
        rows[row.objective_id].append((row.id, key_result_report(frame, row, number, beside)))
    return rows


def _supports(found: Snapshot) -> dict[int, list[str]]:
    """The keys of what each objective supports."""
    keys = {("objective", row.id): row.key for row in found.objectives}
    keys |= {("key_result", row.id): row.key for row in found.key_results}
    named: dict[int, list[str]] = defaultdict(list)
    for each in found.supports:
        if (each.target_kind, each.target_id) in keys:
            named[each.objective_id].append(keys[each.target_kind, each.target_id])
    return named


def stale(found: Snapshot, where: Places, settings: Settings) -> frozenset[int]:
    """The key results of a whole snapshot whose numbers are old."""
    own = {
        key
        for key, links in found.links.items()
        if old(link_report(link, found, where, settings) for link in links)
    }
    return rollup.stale(nodes_of(found), own)


def nodes_of(found: Snapshot) -> rollup.Tree:
    """A snapshot's plan as the values that are rolled up, without scores."""
    known = {row.id for row in found.objectives}
    rows = [row for row in found.key_results if row.objective_id in known]
    return tree(rows, found.objectives, found.supports, found.teams, scores={})


def frame_of(session: Session, found: Snapshot, where: Places, settings: Settings) -> Frame:
    """The frame of a snapshot, with the working days that field mappings give or gave."""
    bodies = {key: row.options.get("mapping", {}) for key, row in where.connections.items()}
    if found.is_past:
        bodies = mappings_at(session, found.at)
    given = {
        key: days for key, body in bodies.items() if (days := values.working_days(body)) is not None
    }
    return Frame(values.cycle(found.cycle), found.at, settings, found.policy, given)


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
    kind = cast("okr.ObjectiveKind", row.kind)
    number = made.snapshot.numbers.get(("objective", row.id), NOTHING)
    mark = pace.pass_mark(kind, made.frame.policy)
    return ObjectiveReport(
        key=row.key,
        title=row.title,
        kind=row.kind,
        owner=made.people.get(row.owner_id or 0),
        supports=tuple(made.supports.get(row.id, ())),
        weight=row.weight,
        score=number.score,
        known=number.known,
        grade=scoring.grade(number.score),
        health=made.conditions.objectives[row.id].health,
        expected=pace.expected(made.frame.elapsed(), mark),
        key_results=tuple(each for _, each in made.key_results.get(row.id, ())),
        takes=row.takes,
        some_unknown=made.conditions.objectives[row.id].unknown,
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
