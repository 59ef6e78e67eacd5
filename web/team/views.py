"""Team: what did we promise, what moved, what is in the way?"""

from flask import Blueprint, g
from werkzeug.wrappers import Response

from web import cycles, live, purpose, tree
from web.current import runtime
from web.team.moved import this_week
from web.trouble import own_reason, troubles

blueprint = Blueprint("team", __name__, template_folder="templates")


@blueprint.get("/<cycle>/<team>")
def page(cycle: str, team: str) -> Response:
    """A team's objectives with their key results, and the teams below it."""
    with runtime().store.read() as session:
        report = cycles.report_or_404(session, cycle)
        shown = cycles.team_or_404(report, team)
        rows = [row for objective in shown.objectives for row in objective.key_results]
        found = troubles(session, rows)
        moved = this_week(session, shown, g.now)
    here = tree.Node(shown, tree.nodes(report, team))
    return live.page(
        "team/page.html",
        report=report,
        team=shown,
        above=tree.ancestors(report, team),
        here=here,
        below=here.below,
        troubles=found,
        own_reason=own_reason,
        moved=moved,
        serves={each.key: purpose.served(report, each) for each in shown.objectives},
        supporters={each.key: purpose.supporters(report, each) for each in shown.objectives},
    )
