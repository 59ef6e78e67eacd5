"""Key results without links, with what may belong to them."""

from collections.abc import Iterator
from dataclasses import dataclass

from flask import render_template

from connector.report import CycleReport, KeyResultReport, TeamReport
from sync import linking
from sync.linking import Suggestion
from web import access, cycles, tree
from web.current import runtime
from web.paging import paged


@dataclass(frozen=True, slots=True)
class Bare:
    """A key result that no work is linked to, and whose it is."""

    team: TeamReport
    key_result: KeyResultReport

    @property
    def is_typed(self) -> bool:
        """Whether people type its value, so that it needs no link."""
        return self.key_result.value is not None


def bare(report: CycleReport, team: str = "") -> list[Bare]:
    """Those of a cycle, or of one team and all below it: first those of which nothing is known."""
    found = list(_bare(report, team))
    return sorted(found, key=lambda each: each.is_typed)


def unknown(report: CycleReport, team: str) -> int:
    """How many of a team's key results, and of those below, have neither a link nor a value."""
    return sum(not each.is_typed for each in bare(report, team))


def suggested(cycle: str, key: str) -> tuple[Suggestion, ...]:
    """What may belong to one key result, as far as the mirror knows; nothing where it has links."""
    return _suggested(cycle, [key]).get(key, ())


def show(cycle: str, team: str) -> str:
    """The page of them; 404 for a cycle or team that is not there."""
    with runtime().store.read() as session:
        report = cycles.report_or_404(session, cycle)
    of = cycles.team_or_404(report, team) if team else None
    page = paged(bare(report, team), "page", 25)
    keys = [each.key_result.key for each in page.items] if report.state != "closed" else []
    mine = [key for key in keys if access.may_edit_key_result(cycle, key)]
    return render_template(
        "links/unlinked.html",
        report=report,
        of=of,
        above=[*tree.ancestors(report, team), of] if of else [],
        page=page,
        found=_suggested(cycle, mine),
        mine=mine,
    )


def _suggested(cycle: str, keys: list[str]) -> dict[str, tuple[Suggestion, ...]]:
    if not keys:
        return {}
    with runtime().store.read() as session:
        return linking.unlinked(runtime(), session, (cycle, keys), sees=access.sight().sees)


def _bare(report: CycleReport, team: str) -> Iterator[Bare]:
    for each in report.teams if not team else _and_below(report, team):
        for objective in each.objectives:
            for row in objective.key_results:
                if not row.links and row.progress_from != "supports":
                    yield Bare(each, row)


def _and_below(report: CycleReport, team: str) -> Iterator[TeamReport]:
    """A team and all below it, in the order of the report: parents first."""
    within = {team}
    for each in report.teams:
        if each.key in within or each.parent in within:
            within.add(each.key)
            yield each
