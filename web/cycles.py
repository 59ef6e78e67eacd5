"""One cycle for a page: its report, or 404."""

from datetime import datetime

from flask import abort, g
from sqlalchemy.orm import Session

from connector.errors import Refused
from connector.report import CycleReport, TeamReport
from sync import reports
from sync.reports.kept import kept_made
from sync.reports.made import Made
from web import access
from web.current import runtime


def report_or_404(session: Session, cycle: str, at: datetime | None = None) -> CycleReport:
    """The cycle as it stands now, or as it stood at ``at``, with what may be seen of it."""
    if at is None:
        return made_or_404(session, cycle)[1]
    try:
        report = reports.cycle_report(session, cycle, g.now, runtime().settings, at=at)
    except Refused:
        abort(404)
    return _seen(report)


def made_or_404(session: Session, cycle: str) -> tuple[Made, CycleReport]:
    """What the report of now was made of, for what is told beside it, and the report."""
    try:
        made, report = kept_made(runtime().store, session, cycle, g.now, runtime().settings)
    except Refused:
        abort(404)
    return made, _seen(report)


def _seen(report: CycleReport) -> CycleReport:
    seen = access.seen_cycle(report)
    return seen if seen is not None else abort(404)


def team_or_404(report: CycleReport, key: str) -> TeamReport:
    """The team of that key."""
    team = next((each for each in report.teams if each.key == key), None)
    return team if team is not None else abort(404)


def day_of(report: CycleReport) -> tuple[int, int]:
    """(the day of the cycle it is told for, its days): before it 0, after it the last."""
    days = (report.end - report.start).days + 1
    today = report.as_of.astimezone(runtime().settings.zone).date()
    return min(max((today - report.start).days + 1, 0), days), days
