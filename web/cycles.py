"""One cycle for a page: its report, or 404."""

from flask import abort, g
from sqlalchemy.orm import Session

from connector.errors import Refused
from connector.report import CycleReport, TeamReport
from sync import reports
from web.current import runtime


def report_or_404(session: Session, cycle: str) -> CycleReport:
    """The cycle as it stands now."""
    try:
        return reports.cycle_report(session, cycle, g.now, runtime().settings)
    except Refused:
        abort(404)


def team_or_404(report: CycleReport, key: str) -> TeamReport:
    """The team of that key."""
    team = next((each for each in report.teams if each.key == key), None)
    return team if team is not None else abort(404)


def day_of(report: CycleReport) -> tuple[int, int]:
    """(today's day of the cycle, its days): before it 0, after it the last."""
    days = (report.end - report.start).days + 1
    today = g.now.astimezone(runtime().settings.zone).date()
    return min(max((today - report.start).days + 1, 0), days), days
