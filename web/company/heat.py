"""Teams by the objectives of the company: where what each one rests on is healthy."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from flask import url_for

from connector import pace
from connector.report import CycleReport, Health, ObjectiveReport, TeamReport
from sync.reports.beside import once
from web import tree
from web.paging import Paged, paged
from web.tree import Node

COLUMNS = 8
"""More would not be read beside each other: they turn like pages."""
Leads = Mapping[str, frozenset[str]]
Held = tuple[TeamReport, ObjectiveReport]


@dataclass(frozen=True, slots=True)
class Cell:
    """What a team (with all below it) does for an objective: ``bad`` of ``total`` objectives have
    the weakest ``health``; ``score`` is that of a single one."""

    health: Health
    bad: int
    total: int
    score: float | None
    url: str


@dataclass(frozen=True, slots=True)
class Row:
    """A team with a cell for each column, the last for what leads up to none of them."""

    team: TeamReport
    below: int
    cells: tuple[Cell | None, ...]


@dataclass(frozen=True, slots=True)
class Heat:
    """The table; ``columns`` are objectives of the team at the top."""

    columns: Paged[ObjectiveReport]
    rows: Paged[Row]


def heat(report: CycleReport, top: TeamReport, shown: Sequence[Node]) -> Heat:
    """The teams ``shown`` by the objectives of the one at the top."""
    columns = paged(top.objectives, "objectives", COLUMNS)
    leads = leading(report, top)
    page = paged(shown, "teams")
    rows = [_row(report, each, columns.items, leads) for each in page.items]
    return Heat(columns, Paged(rows, page.total, page.first, page.number, page.pages, "teams"))


def leading(report: CycleReport, top: TeamReport) -> Leads:
    """By key: the objectives at the top that an objective leads up to."""
    return once(report, ("leading", top.key), lambda: _leading(report, top))


def _leading(report: CycleReport, top: TeamReport) -> Leads:
    above = {row.key: row.supports for team in report.teams for row in team.objectives}
    owners = {each.key_result.key: each.objective.key for each in tree.places(report)}
    found = {each.key: frozenset({each.key}) for each in top.objectives}

    def up(key: str) -> frozenset[str]:
        if key not in found:
            targets = (owners.get(each, each) for each in above.get(key, ()))
            found[key] = frozenset().union(*map(up, targets))
        return found[key]

    for key in above:
        up(key)
    return found


def supporting(node: Node, objective: str, leads: Leads) -> list[Held]:
    """The objectives of a team, and of all below it, that lead up to one ('': to none)."""
    return [
        (team, row)
        for team, row in held(node)
        if (objective in leads[row.key] if objective else not leads[row.key])
    ]


def held(node: Node) -> Iterator[Held]:
    """Every objective of a team and of all below it."""
    for row in node.team.objectives:
        yield node.team, row
    for each in node.below:
        yield from held(each)


def _row(report: CycleReport, node: Node, columns: Sequence[ObjectiveReport], leads: Leads) -> Row:
    keys = [*(each.key for each in columns), ""]
    cells = (_cell(report, node, key, supporting(node, key, leads)) for key in keys)
    return Row(node.team, len(node.below), tuple(cells))


def _cell(report: CycleReport, node: Node, key: str, found: Sequence[Held]) -> Cell | None:
    if not found:
        return None
    health = pace.weakest(row.health for _, row in found)
    bad = sum(row.health == health for _, row in found)
    team, row = found[0]
    if len(found) == 1:
        url = url_for("objective.page", cycle=report.cycle, team=team.key, key=row.key)
        return Cell(health, 1, 1, row.score, url)
    url = url_for("company.stands", cycle=report.cycle, team=node.team.key, up_to=key or None)
    return Cell(health, bad, len(found), None, url)
