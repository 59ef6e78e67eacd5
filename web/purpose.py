"""The breadcrumb of purpose: what a piece of work serves, up to the company."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from flask import request, url_for

from connector.report import CycleReport, KeyResultReport, ObjectiveReport, TeamReport
from sync.reports.beside import once
from web import tree


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the way up; ``kind`` is objective or key_result."""

    kind: str
    key: str
    title: str
    team: str
    url: str


@dataclass(frozen=True, slots=True)
class Supporter:
    """An objective that supports another, and where it is."""

    step: Step
    objective: ObjectiveReport


def steps(report: CycleReport, lowest: str) -> tuple[Step, ...]:
    """From the highest objective it supports down to the objective (or key result) itself."""
    found = _index(report)
    way: list[_Place] = []
    key: str | None = lowest
    while key in found and found[key] not in way:
        way.insert(0, found[key])
        key = found[key].above
    return tuple(_step(report, each) for each in way)


def named(report: CycleReport, keys: Iterable[str]) -> tuple[Step, ...]:
    """The active objectives and key results of these keys, in their order."""
    found = _index(report)
    return tuple(_step(report, found[key]) for key in keys if key in found)


def served(report: CycleReport, objective: ObjectiveReport) -> tuple[Step, ...]:
    """The objectives and key results that an objective supports."""
    return named(report, objective.supports)


def besides(report: CycleReport, objective: str) -> tuple[Step, ...]:
    """What an objective supports besides the first, which leads the way up."""
    found = _index(report)
    for team in report.teams:
        for each in team.objectives:
            if each.key == objective:
                return tuple(_step(report, found[key]) for key in each.supports[1:] if key in found)
    return ()


def own(objective: ObjectiveReport) -> set[str]:
    """The keys that others may support: the objective's and its key results'."""
    return {objective.key, *(each.key for each in objective.key_results)}


def supporters(report: CycleReport, keys: set[str]) -> tuple[Supporter, ...]:
    """The objectives that support any of these."""
    supporting = once(report, "supporting", lambda: _supporting(report))
    # In the order of the report, each once.
    found = sorted({place for key in keys for place in supporting.get(key, ())})
    teams = report.teams
    both = ((teams[team], teams[team].objectives[number]) for team, number in found)
    return tuple(Supporter(_objective(report, team, each), each) for team, each in both)


def _supporting(report: CycleReport) -> dict[str, list[tuple[int, int]]]:
    """Where the objectives that support something are, by its key."""
    found: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for place, team in enumerate(report.teams):
        for number, each in enumerate(team.objectives):
            for key in each.supports:
                found[key].append((place, number))
    return found


class _Place(NamedTuple):
    """Where a key is; ``above`` is the key of what is above it."""

    kind: str
    key: str
    title: str
    team: TeamReport
    above: str | None


def _index(report: CycleReport) -> dict[str, _Place]:
    """Every key result and active objective by its key: of most no page is asked for."""
    return once(report, "purpose", lambda: _indexed(report))


def _indexed(report: CycleReport) -> dict[str, _Place]:
    found: dict[str, _Place] = {}
    for team, objective, row in map(_parts, tree.places(report)):
        found[row.key] = _Place("key_result", row.key, row.title, team, objective.key)
    for team in report.teams:
        for each in team.objectives:
            above = next(iter(each.supports), None)  # the first is the main one
            found[each.key] = _Place("objective", each.key, each.title, team, above)
    return found


def _parts(place: tree.Place) -> tuple[TeamReport, ObjectiveReport, KeyResultReport]:
    return place.team, place.objective, place.key_result


def _step(report: CycleReport, place: _Place) -> Step:
    page = f"{place.kind}.page"
    at = request.args.get("at")  # a past day leads on to that day
    url = url_for(page, cycle=report.cycle, team=place.team.key, key=place.key, at=at)
    return Step(place.kind, place.key, place.title, place.team.name, url)


def _objective(report: CycleReport, team: TeamReport, row: ObjectiveReport) -> Step:
    at = request.args.get("at")
    url = url_for("objective.page", cycle=report.cycle, team=team.key, key=row.key, at=at)
    return Step("objective", row.key, row.title, team.name, url)
