"""Objective: what does it stand on and whom does it serve?"""

from dataclasses import replace
from datetime import datetime
from typing import Any

from flask import Blueprint, abort, g, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from connector.errors import Refused
from connector.objectives import ObjectiveExplanation
from sync.reports import objectives
from web import access, live, moments, purpose, tree, words
from web.current import runtime
from web.language import _
from web.objective import drawing, told
from web.paging import paged
from web.team.moved import of_rows

blueprint = Blueprint("objective", __name__, template_folder="templates")


def page(cycle: str, team: str, key: str) -> Response:
    """What its score is made of, whom it serves and how it went; ``?at=`` shows a past day."""
    asked = moments.asked()
    with runtime().store.read() as session:
        whole = _explain(session, cycle, key, asked)
        explained = _seen(session, whole, team)
        unseen = len(whole.grounds) - len(explained.grounds)
        moved = of_rows(session, explained.objective.key_results, explained.report.as_of)
    report = explained.report
    may = asked is None and report.state != "closed" and access.may_edit_objective(cycle, key)
    return live.page(
        "objective/page.html",
        live=asked is None,
        report=report,
        team=explained.team,
        above=(*tree.ancestors(report, team), explained.team),
        explained=explained,
        row=explained.objective,
        at_moment=asked,
        may=may,
        told=told,
        grades=words.GRADES,
        moved=access.sight().blurred(moved),
        unseen=unseen,
        reasons=told.reasons(explained, unseen=unseen),
        rewordings=paged(explained.rewordings, "wordings", 5),
        **_serving(explained),
        **_drawn(explained),
    )


# Objectives and key results share one set of keys, hence one address: the key says which it is.
blueprint.add_url_rule("/<cycle>/<team>/<key>", "page", page, build_only=True)


@blueprint.before_app_request
def instead() -> ResponseReturnValue | None:
    """Answer at the address of a key result where its key names an objective."""
    if request.endpoint != "key_result.page":
        return None
    asked = request.view_args or {}
    with runtime().store.read() as session:
        found = objectives.is_objective(session, asked["cycle"], asked["key"])
    return page(**asked) if found else None


def _seen(session: Session, explained: ObjectiveExplanation, team: str) -> ObjectiveExplanation:
    """As whoever is signed in may see it; 404 where that is not at all."""
    cycle, key = explained.report.cycle, explained.objective.key
    report = access.seen_cycle(explained.report)
    now = access.sees_objective(session, cycle, key, explained.team.key)
    then = access.sees_state(explained.team.key, explained.state)
    if report is None or explained.team.key != team or not (now and then):
        abort(404)
    if not any(each.key == team for each in report.teams):
        abort(404)
    seen: ObjectiveExplanation = access.sight().blurred(explained)
    unseen = access.unseen_keys(session, cycle)
    return replace(
        seen,
        report=report,
        grounds=tuple(each for each in seen.grounds if each.row.key not in unseen),
        serves=tuple(each for each in seen.serves if each.key not in unseen),
        rewordings=told.without(seen.rewordings, unseen),
    )


def _serving(explained: ObjectiveExplanation) -> dict[str, Any]:
    """The way up, what it serves besides, and what else supports it."""
    report, row = explained.report, explained.objective
    serves = [each.key for each in explained.serves]
    counted = {each.row.key for each in explained.grounds}
    supporters = purpose.supporters(report, purpose.own(row))
    return {
        "purpose": purpose.steps(report, serves[0]) if serves else (),
        "besides": purpose.named(report, serves[1:]),
        "supporters": [each for each in supporters if each.objective.key not in counted],
    }


def _drawn(explained: ObjectiveExplanation) -> dict[str, Any]:
    """The chart, the same as rows, and the week's change."""
    course, zone = explained.course, runtime().settings.zone
    if course is None:
        return {"way": None, "days": [], "week": None}
    score, before = explained.objective.score, course.week_ago
    known = score is not None and before is not None
    return {
        "way": drawing.way(explained.objective.key, course, zone),
        "days": drawing.days(course, zone),
        "week": (before, score) if known else None,
    }


def _explain(
    session: Session, cycle: str, key: str, asked: datetime | None
) -> ObjectiveExplanation:
    try:
        now, running = g.now, runtime()
        if asked is None:
            return objectives.objective_now(
                running.store, session, (cycle, key), now, running.settings
            )
        return objectives.objective(session, cycle, key, now, running.settings, at=asked)
    except Refused:
        not_yet = _("Nothing was written down under this address yet at that time.")
        abort(404, not_yet if asked else None)
