"""The breadcrumb of purpose: what a piece of work serves, up to the company."""

from dataclasses import dataclass

from flask import url_for

from connector.report import CycleReport, ObjectiveReport, TeamReport
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


def steps(report: CycleReport, objective: str) -> tuple[Step, ...]:
    """From the highest objective it supports down to the objective itself."""
    found = _index(report)
    way: list[Step] = []
    key: str | None = objective
    while key in found and found[key][0] not in way:
        step, above = found[key]
        way.insert(0, step)
        key = above
    return tuple(way)


def served(report: CycleReport, objective: ObjectiveReport) -> tuple[Step, ...]:
    """The objectives and key results that an objective supports."""
    found = _index(report)
    return tuple(found[key][0] for key in objective.supports if key in found)


def besides(report: CycleReport, objective: str) -> tuple[Step, ...]:
    """What an objective supports besides the first, which leads the way up."""
    found = _index(report)
    for team in report.teams:
        for each in team.objectives:
            if each.key == objective:
                return tuple(found[key][0] for key in each.supports[1:] if key in found)
    return ()


def own(objective: ObjectiveReport) -> set[str]:
    """The keys that others may support: the objective's and its key results'."""
    return {objective.key, *(each.key for each in objective.key_results)}


def supporters(report: CycleReport, keys: set[str]) -> tuple[Supporter, ...]:
    """The objectives that support any of these."""
    return tuple(
        Supporter(_objective(report, team, each), each)
        for team in report.teams
        for each in team.objectives
        if not keys.isdisjoint(each.supports)
    )


def _index(report: CycleReport) -> dict[str, tuple[Step, str | None]]:
    """By key: the step, and the key of what is above it."""
    found: dict[str, tuple[Step, str | None]] = {}
    for place in tree.places(report):
        team, objective, row = place.team, place.objective, place.key_result
        url = url_for("key_result.page", cycle=report.cycle, team=team.key, key=row.key)
        found[row.key] = (Step("key_result", row.key, row.title, team.name, url), objective.key)
    for team in report.teams:
        for each in team.objectives:
            above = next(iter(each.supports), None)  # the first is the main one
            found[each.key] = (_objective(report, team, each), above)
    return found


def _objective(report: CycleReport, team: TeamReport, row: ObjectiveReport) -> Step:
    url = url_for("team.page", cycle=report.cycle, team=team.key, _anchor=row.key)
    return Step("objective", row.key, row.title, team.name, url)
