"""The key result whose links are edited, and who may."""

from dataclasses import dataclass
from functools import cached_property

from flask import abort, g, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from connector.errors import Refused
from connector.report import CycleReport, KeyResultReport, TeamReport
from connector.store.tables import Cycle, KeyResult
from sync.reports import explanation
from sync.said import Subject
from web import access, cycles
from web.current import runtime


@dataclass(frozen=True)
class Place:
    """A key result, with the cycle and the team it is in."""

    report: CycleReport
    team: TeamReport
    key_result: KeyResultReport

    @property
    def subject(self) -> Subject:
        """The key result, and who edits it."""
        return Subject(self.report.cycle, self.key_result.key, g.principal.name)

    @cached_property
    def refusal(self) -> str | None:
        """Why who is signed in may not edit them; None where they may."""
        return access.why_not_edit_key_result(self.report.cycle, self.key_result.key)

    @property
    def is_open(self) -> bool:
        """Whether who is signed in may change something now."""
        return self.refusal is None and self.report.state != "closed"

    @property
    def url(self) -> str:
        """The editor's address."""
        return self._url("links.page")

    @property
    def key_result_url(self) -> str:
        """The address of the key result itself."""
        return self._url("key_result.page")

    def _url(self, endpoint: str) -> str:
        cycle, team, key = self.report.cycle, self.team.key, self.key_result.key
        return url_for(endpoint, cycle=cycle, team=team, key=key)


def find(cycle: str, team: str, key: str) -> Place:
    """The key result, or 404."""
    with runtime().store.read() as session:
        report = cycles.report_or_404(session, cycle)
        owner = cycles.team_or_404(report, team)
        rows = (row for each in owner.objectives for row in each.key_results if row.key == key)
        row = next(rows, None)
        return Place(report, owner, row or _uncounted(session, owner, cycle, key))


def _uncounted(session: Session, owner: TeamReport, cycle: str, key: str) -> KeyResultReport:
    """A key result of an objective that does not count now, such as a draft; or 404."""
    try:
        found = explanation(session, cycle, key, g.now, runtime().settings)
    except Refused:
        abort(404)
    query = select(KeyResult.retired).join(Cycle, Cycle.id == KeyResult.cycle_id)
    retired = session.scalar(query.where(Cycle.key == cycle, KeyResult.key == key))
    seen = access.sees_objective(session, cycle, found.objective, found.team)
    if retired or not seen or found.team != owner.key:
        abort(404)
    return access.sight().blurred(found.key_result)
