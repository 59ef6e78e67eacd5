"""Team: what did we promise, what moved, what is in the way?"""

from flask import Blueprint
from werkzeug.wrappers import Response

from web import cycles, live, moments, purpose, tree
from web.current import runtime
from web.team.moved import this_week
from web.trouble import own_reason, troubles

blueprint = Blueprint("team", __name__, template_folder="templates")


@blueprint.get("/<cycle>/<team>")
def page(cycle: str, team: str) -> Response:
    """A team's objectives with their key results, and the teams below it."""
    asked = moments.asked()
    with runtime().store.read() as session:
        report = cycles.report_or_404(session, cycle, asked)
        shown = cycles.team_or_404(report, team)
        rows = [row for objective in shown.objectives for row in objective.key_results]
        found = () if asked else troubles(session, rows)
        moved = this_week(session, shown, report.as_of)
    here = tree.Node(shown, tree.nodes(report, team))
    promises = shown.objectives
    return live.page(
        "team/page.html",
        live=asked is None,
        report=report,
        at_moment=asked,
        team=shown,
        above=tree.ancestors(report, team),
        here=here,
        below=here.below,
        troubles=found,
        own_reason=own_reason,
        moved=moved,
        serves={each.key: purpose.served(report, each) for each in promises},
        supporters={each.key: purpose.supporters(report, purpose.own(each)) for each in promises},
    )
