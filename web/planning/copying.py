"""The next cycle begun from this one: choose which objectives of a team are taken over."""

from dataclasses import dataclass

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from connector.errors import Refused
from connector.store.tables import Cycle, KeyResult, Objective, Team
from sync.planning.copying import Draft, Wanted, copy, draft
from web import access
from web.current import runtime
from web.language import _, _n
from web.planning import left_behind, pages
from web.planning.place import Place, place_of

LEFT_OUT = ("cancelled",)
TOLD = 12
"""So many sentences are told once it is done; all were shown before."""


@dataclass(frozen=True, slots=True)
class Offered:
    """An objective that may be taken over, how many key results it has, and whether the other
    cycle has it already, by its key and title."""

    key: str
    title: str
    key_results: int
    is_there: bool = False


def choose(cycle: str, team: str) -> ResponseReturnValue:
    """Choose objectives and the cycle they are taken over into; see what stays behind; do it."""
    with runtime().store.read() as session:
        place = place_of(session, cycle, team)
        into = _cycles(session, place)
        target = request.form.get("into", into[0] if into else "")
        offered = _offered(session, place, target)
    access.refuse(access.why_not_edit_team(team))
    chosen = [each.key for each in offered if not each.is_there]
    if request.method == "POST":
        chosen = [each.key for each in offered if each.key in request.form.getlist("objective")]
    found, problems = _drafted(place, target, chosen)
    if request.method == "POST" and request.form.get("do") != "look" and found is not None:
        problems = _changed(found, target) or _taken(found)
        if not problems:
            return _told(place, found, target)
    page = render_template(
        "planning/copy.html",
        place=place,
        offered=offered,
        into=into,
        problems=problems if request.method == "POST" else (),
        chosen=chosen,
        target=target,
        found=found,
        notes=[left_behind.sentence(each, place.cycle, target) for each in found.notes]
        if found
        else (),
    )
    return page, 400 if problems and request.method == "POST" else 200


def _drafted(place: Place, target: str, chosen: list[str]) -> tuple[Draft | None, list[str]]:
    """What taking these over would make, or why it cannot be."""
    wanted = Wanted(
        source=place.cycle,
        target=target,
        keys=tuple(chosen),
        with_links="links" in request.form,
        sees=access.sight().sees,
    )
    try:
        return draft(runtime(), wanted), []
    except Refused as refused:
        return None, pages.sentences(refused)


def _changed(found: Draft, target: str) -> list[str]:
    """What is to be read first: something else stays behind than was shown."""
    seen = request.form.get("seen", found.version)
    said = _(
        "Nothing is taken over yet: read what will be different in %(cycle)s, and confirm it.",
        cycle=target,
    )
    return [said] if found.notes and seen != found.version else []


def _taken(found: Draft) -> list[str]:
    try:
        copy(runtime(), found, author=pages.author())
    except Refused as refused:
        return pages.sentences(refused)
    return []


def _told(place: Place, found: Draft, target: str) -> ResponseReturnValue:
    flash(
        _n(
            "%(num)s objective is a draft in %(cycle)s now.",
            "%(num)s objectives are drafts in %(cycle)s now.",
            found.objectives,
            cycle=target,
        )
    )
    for each in found.notes[:TOLD]:
        flash(left_behind.sentence(each, place.cycle, target), "note")
    more = len(found.notes) - TOLD
    if more > 0:
        flash(
            _n("%(num)s more thing is different.", "%(num)s more things are different.", more),
            "note",
        )
    return redirect(url_for("team.page", cycle=target, team=place.team.key), 303)


def _offered(session: Session, place: Place, target: str) -> list[Offered]:
    number = func.count(KeyResult.id)
    query = (
        select(Objective.key, Objective.title, number)
        .join(Cycle, Cycle.id == Objective.cycle_id)
        .join(Team, Team.id == Objective.team_id)
        .outerjoin(KeyResult, (KeyResult.objective_id == Objective.id) & ~KeyResult.retired)
        .where(Cycle.key == place.cycle, Team.key == place.team.key)
        .where(Objective.state.not_in(LEFT_OUT))
        .group_by(Objective.id)
        .order_by(Objective.position, Objective.id)
    )
    held = select(Objective.key, Objective.title).join(Cycle, Cycle.id == Objective.cycle_id)
    there = {(row.key, row.title) for row in session.execute(held.where(Cycle.key == target))}
    return [
        Offered(key, title, many, (key, title) in there)
        for key, title, many in session.execute(query)
    ]


def _cycles(session: Session, place: Place) -> list[str]:
    """The cycles it may go into, the one that begins next first."""
    here = select(Cycle.start).where(Cycle.key == place.cycle).scalar_subquery()
    query = select(Cycle.key).where(Cycle.key != place.cycle, Cycle.state != "closed")
    return list(session.scalars(query.order_by(Cycle.start <= here, Cycle.start, Cycle.key)))


ROUTES = (("/copy/<cycle>/<team>", "copy", choose, pages.BOTH),)
