"""Key result: why is it this number?"""

from datetime import datetime

from flask import Blueprint, abort, g, request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from connector.errors import Refused
from connector.report import ContributionReport, Explanation, LinkExplanation
from sync import reports
from web import cycles, live, purpose, tree
from web.current import runtime
from web.key_result import stories
from web.key_result.moments import moment
from web.paging import Paged, paged

NOT_YET = "Nothing was written down under this address yet at that time."
blueprint = Blueprint("key_result", __name__, template_folder="templates")


@blueprint.get("/<cycle>/<team>/<key>")
def page(cycle: str, team: str, key: str) -> Response:
    """The number, its links, the items behind them and what moved it; ``?at=`` shows a past day."""
    asked = moment(request.args.get("at"), g.now, runtime().settings.zone)
    with runtime().store.read() as session:
        report = cycles.report_or_404(session, cycle)
        owner = cycles.team_or_404(report, team)
        explained = _explain(session, cycle, key, asked)
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
        links=[(each, _page_of(each)) for each in explained.links],
        moves=paged(stories.moves(explained.links), "moves", 15),
        beginnings=stories.beginnings(explained.links),
        week=stories.week(explained.links, explained.at),
    )


def _page_of(explained: LinkExplanation) -> Paged[ContributionReport]:
    return paged(stories.by_key(explained.contributions), f"items{explained.link.id}")


def _explain(session: Session, cycle: str, key: str, asked: datetime | None) -> Explanation:
    try:
        return reports.explanation(session, cycle, key, g.now, runtime().settings, at=asked)
    except Refused:
        abort(404, NOT_YET if asked else None)
