"""Key result: why is it this number?"""

from datetime import datetime
from typing import Any

from flask import Blueprint, abort, g
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from connector.errors import Refused
from connector.explained import ContributionReport, Explanation, LinkExplanation
from connector.outlook import Outlook
from connector.report import CycleReport
from sync import reports
from web import charts, cycles, live, moments, purpose, tree, words
from web.broken import broken
from web.current import runtime
from web.key_result import said, stories
from web.paging import Paged, paged

NOT_YET = "Nothing was written down under this address yet at that time."
blueprint = Blueprint("key_result", __name__, template_folder="templates")


@blueprint.get("/<cycle>/<team>/<key>")
def page(cycle: str, team: str, key: str) -> Response:
    """The number, its links, the items behind them and what moved it; ``?at=`` shows a past day."""
    asked = moments.asked()
    with runtime().store.read() as session:
        report = cycles.report_or_404(session, cycle)
        owner = cycles.team_or_404(report, team)
        explained = _explain(session, cycle, key, asked)
        outlook = reports.outlook(session, cycle, key, g.now, runtime().settings, at=asked)
        astray = () if asked else broken(session, cycle)
        then = cycles.report_or_404(session, cycle, asked) if asked else report
    if explained.team != team:
        abort(404)
    return live.page(
        "key_result/page.html",
        live=asked is None,
        report=report,
        team=owner,
        above=tree.ancestors(report, team),
        explained=explained,
        at_moment=asked,
        purpose=purpose.steps(report, explained.objective),
        besides=purpose.besides(report, explained.objective),
        broken=[each for each in astray if each.key == key],
        links=[(each, _page_of(each)) for each in explained.links],
        **_drawn(explained, outlook),
        **_told(explained, then),
    )


def _drawn(explained: Explanation, outlook: Outlook) -> dict[str, Any]:
    """The charts, and the same as rows."""
    kr, zone = explained.key_result, runtime().settings.zone
    of = next((link.measure.get("share", "") for link in kr.links), "")
    return {
        "outlook": outlook,
        "way": charts.way(outlook, kr, zone),
        "amounts": charts.amounts(outlook, zone, words.size(of)),
        "days": charts.days(outlook, kr, zone),
        "ahead": charts.ahead(outlook, zone),
    }


def _told(explained: Explanation, then: CycleReport) -> dict[str, Any]:
    """What moved it, and what it stands on."""
    links = explained.links
    return {
        "moves": paged(stories.moves(links), "moves", 15),
        "past": paged(stories.before(links), "past", 15),
        "beginnings": stories.beginnings(links),
        "week": stories.week(links, explained.at),
        "since_read": stories.sums(links),
        "since_begun": stories.sums(links, rebuilt=True),
        "said": paged(said.said(explained.changes), "said", 10),
        "supporters": purpose.supporters(then, {explained.key_result.key}),
    }


def _page_of(explained: LinkExplanation) -> Paged[ContributionReport]:
    return paged(stories.by_key(explained.contributions), f"items{explained.link.id}")


def _explain(session: Session, cycle: str, key: str, asked: datetime | None) -> Explanation:
    try:
        return reports.explanation(session, cycle, key, g.now, runtime().settings, at=asked)
    except Refused:
        abort(404, NOT_YET if asked else None)
