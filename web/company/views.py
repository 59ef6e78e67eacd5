"""Company: are we getting where we said we would, and what needs me?"""

from datetime import datetime

from flask import Blueprint, abort, request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from connector.report import CycleReport
from sync.reports.beside import once
from sync.reports.trend import Trend, trends
from sync.reports.week import Told, moved_most, ranks_of
from web import cycles, live, moments, purpose, tree
from web.broken import Broken, broken_of
from web.company import attention, lists
from web.company.heat import heat, leading, supporting
from web.company.moved import moved, widest
from web.company.sparkline import sparkline
from web.current import runtime
from web.key_result.stories import WEEK
from web.paging import paged
from web.tree import Node
from web.trouble import own_reason, troubles

blueprint = Blueprint("company", __name__, template_folder="templates")
HELD = 50
"""How many objectives of a team are shown beside each other."""


@blueprint.get("/<cycle>")
def overview(cycle: str) -> Response:
    """A cycle from the company down: ``?health=`` and ``?needs=`` list key results, ``?wall=1`` is
    for a screen on a wall."""
    asked = moments.asked()
    with runtime().store.read() as session:
        report = cycles.report_or_404(session, cycle, asked)
        told, ways, astray = _beside(session, report, asked)
    roots = tree.nodes(report)
    tops = [row for root in roots for row in root.team.objectives]
    needs = attention.needs(report, is_past=asked is not None)
    moves = once(report, "moved", lambda: moved(report, told))
    shown = [each.key_result for each in tree.places(report)]
    known = tree.known(report)
    return live.page(
        "company/wall.html" if request.args.get("wall") else "company/overview.html",
        live=asked is None,
        report=report,
        at_moment=asked,
        roots=roots,
        counts=tree.counts(report),
        known=known,
        keeps=tree.keeps(report),
        day=cycles.day_of(report),
        listed=lists.asked_for(report, needs),
        needs=attention.pressing(needs),
        needed=attention.counted(needs),
        need_words=attention.KINDS,
        moves=moves,
        widest=widest(moves),
        troubles=troubles(report, shown),
        broken=astray,
        own_reason=own_reason,
        trends={each.key: sparkline(report, each, ways.get(each.key, [])) for each in tops},
        supporters={each.key: purpose.supporters(report, purpose.own(each)) for each in tops},
        heats={each.team.key: heat(report, each.team, each.below) for each in roots if each.below},
        whole=known[1] <= tree.WHOLE,
        owns={each.team.key: Node(each.team, ()) for each in roots if each.team.objectives},
        branches={each.team.key: paged(each.below, "branches", tree.BRANCHES) for each in roots},
    )


@blueprint.get("/<cycle>/-/below/<team>")
def below(cycle: str, team: str) -> Response:
    """What a team promised and who is below it: one level of the tree, down to the links.

    ``?own=1`` leaves out who is below.
    """
    report, here = _branch(cycle, team)
    if request.args.get("own"):
        here = Node(here.team, ())
    return live.page(
        "company/below.html",
        live=moments.asked() is None,
        report=report,
        at_moment=moments.asked(),
        here=here,
        above=tree.ancestors(report, team),
        promised=paged(here.team.objectives, "objectives", HELD),
        branches=paged(here.below, "branches", tree.BRANCHES),
    )


@blueprint.get("/<cycle>/-/heat/<team>")
def heated(cycle: str, team: str) -> Response:
    """The teams below one by the objectives at the top."""
    report, here = _branch(cycle, team)
    trail = (*tree.ancestors(report, team), here.team)
    return live.page(
        "company/heated.html",
        live=moments.asked() is None,
        report=report,
        at_moment=moments.asked(),
        here=here,
        trail=trail,
        heat=heat(report, trail[0], here.below),
    )


@blueprint.get("/<cycle>/-/stands/<team>")
def stands(cycle: str, team: str) -> Response:
    """The objectives of a team and of all below it that lead up to ``?up_to=``, or to nothing."""
    report, here = _branch(cycle, team)
    trail = (*tree.ancestors(report, team), here.team)
    key = request.args.get("up_to", "")
    target = next((each for each in trail[0].objectives if each.key == key), None)
    if key and target is None:
        abort(404)
    found = supporting(here, key, leading(report, trail[0]))
    return live.page(
        "company/stands.html",
        live=moments.asked() is None,
        report=report,
        at_moment=moments.asked(),
        here=here,
        trail=trail,
        top=trail[0],
        target=target,
        page=paged(found, "objectives", HELD),
    )


def _branch(cycle: str, team: str) -> tuple[CycleReport, Node]:
    with runtime().store.read() as session:
        report = cycles.report_or_404(session, cycle, moments.asked())
    return report, Node(cycles.team_or_404(report, team), tree.nodes(report, team))


def _beside(
    session: Session, report: CycleReport, asked: datetime | None
) -> tuple[dict[int, Told], dict[str, Trend], tuple[Broken, ...]]:
    """What the page shows beside the report: the week, trends, and links that cannot be read."""
    tops = [row.key for each in report.teams if each.parent is None for row in each.objectives]
    return (
        once(report, "week", lambda: _week(session, report, asked)),
        trends(session, report.cycle, tops, report.as_of),
        () if asked else broken_of(session, report),
    )


def _week(session: Session, report: CycleReport, asked: datetime | None) -> dict[int, Told]:
    ranks = ranks_of(runtime().store, report.cycle) if asked is None else None
    return dict(moved_most(session, report, report.as_of - WEEK, ranks))
