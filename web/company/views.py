"""Company: are we getting where we said we would, and what needs me?"""

from flask import Blueprint, abort, request
from werkzeug.wrappers import Response

from sync import reports
from web import cycles, live, moments, purpose, tree
from web.broken import broken_of
from web.current import runtime
from web.trouble import own_reason, troubles

blueprint = Blueprint("company", __name__, template_folder="templates")


@blueprint.get("/<cycle>")
def overview(cycle: str) -> Response:
    """A cycle from the company down to its key results; ``?health=`` lists one health."""
    asked = moments.asked()
    with runtime().store.read() as session:
        report = cycles.report_or_404(session, cycle, asked)
        every = reports.cycles(session)
        shown = () if asked else (each.key_result for each in tree.places(report))
        found = troubles(session, shown)
        astray = () if asked else broken_of(session, report)
    wanted = request.args.get("health")
    if wanted is not None and wanted not in tree.ORDER:
        abort(404)
    roots = tree.nodes(report)
    tops = [row for root in roots for row in root.team.objectives]
    return live.page(
        "company/overview.html",
        live=asked is None,
        report=report,
        at_moment=asked,
        cycles=every,
        roots=roots,
        counts=tree.counts(report),
        known=tree.known(report),
        attention=tree.attention(report),
        day=cycles.day_of(report),
        wanted=wanted,
        troubles=found,
        broken=astray,
        own_reason=own_reason,
        listed=[each for each in tree.places(report) if each.key_result.health == wanted],
        supporters={each.key: purpose.supporters(report, purpose.own(each)) for each in tops},
    )
