"""Team: what did we promise, what moved, what is in the way?"""

from flask import Blueprint
from werkzeug.wrappers import Response

from web import cycles, live, purpose, tree
from web.current import runtime

blueprint = Blueprint("team", __name__, template_folder="templates")


@blueprint.get("/<cycle>/<team>")
def page(cycle: str, team: str) -> Response:
    """A team's objectives with their key results, and the teams below it."""
    with runtime().store.read() as session:
        report = cycles.report_or_404(session, cycle)
    shown = cycles.team_or_404(report, team)
    here = tree.Node(shown, tree.nodes(report, team))
    return live.page(
        "team/page.html",
        report=report,
        team=shown,
        above=tree.ancestors(report, team),
        here=here,
        below=here.below,
        serves={each.key: purpose.step(report, each.supports) for each in shown.objectives},
        supporters={each.key: purpose.supporters(report, each) for each in shown.objectives},
    )
