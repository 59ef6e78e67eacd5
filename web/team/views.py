"""Team: what did we promise, what moved, what is in the way?"""

from flask import Blueprint
from werkzeug.wrappers import Response

from sync.reports import objectives
from web import access, cycles, live, moments, purpose, tree, words
from web.current import runtime
from web.links import unlinked
from web.paging import paged
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
        found = troubles(report, rows)
        moved = this_week(session, shown, report.as_of)
        uncounted = [] if asked else objectives.uncounted(session, cycle, team)
    here = tree.Node(shown, tree.nodes(report, team))
    promises, drafts = shown.objectives, access.sees_drafts_of(team)
    may = asked is None and report.state != "closed" and access.may_edit_team(team)
    return live.page(
        "team/page.html",
        live=asked is None,
        report=report,
        at_moment=asked,
        team=shown,
        above=tree.ancestors(report, team),
        here=here,
        below=here.below,
        branches=paged(here.below, "branches", tree.BRANCHES),
        whole=here.size <= tree.WHOLE,
        troubles=found,
        own_reason=own_reason,
        moved=moved,
        may=may,
        without=0 if asked else unlinked.unknown(report, team),
        uncounted_words=words.OBJECTIVE_STATES,
        objective_kinds=words.OBJECTIVE_KINDS,
        grades=words.GRADES,
        uncounted=[each for each in uncounted if drafts or each[2] not in objectives.DRAFTS],
        serves={each.key: purpose.served(report, each) for each in promises},
        supporters={each.key: purpose.supporters(report, purpose.own(each)) for each in promises},
    )
