"""The next cycle begun from this one: choose which objectives of a team are taken over."""

from dataclasses import dataclass

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from connector.errors import Refused
from connector.store.tables import Cycle, KeyResult, Objective, Team
from sync.planning.copying import Wanted, copy
from web import access
from web.current import runtime
from web.language import _n
from web.planning import pages
from web.planning.place import Place, place_of

LEFT_OUT = ("cancelled",)


@dataclass(frozen=True, slots=True)
class Offered:
    """An objective that may be taken over, and how many key results it has."""

    key: str
    title: str
    state: str
    key_results: int


def choose(cycle: str, team: str) -> ResponseReturnValue:
    """Choose objectives and the cycle they are taken over into."""
    with runtime().store.read() as session:
        place = place_of(session, cycle, team)
        offered, into = _offered(session, place), _cycles(session, place)
    access.refuse(access.why_not_edit_team(team))
    problems: list[str] = []
    if request.method == "POST":
        try:
            return _copied(place, [each.key for each in offered])
        except Refused as refused:
            problems = pages.sentences(refused)
    page = render_template(
        "planning/copy.html",
        place=place,
        offered=offered,
        into=into,
        problems=problems,
        chosen=request.form.getlist("objective") or [each.key for each in offered],
        target=request.form.get("into", into[0][0] if into else ""),
    )
    return page, 400 if problems else 200


def _copied(place: Place, offered: list[str]) -> ResponseReturnValue:
    chosen = request.form.getlist("objective")
    wanted = Wanted(
        source=place.cycle,
        target=request.form.get("into", ""),
        keys=tuple(key for key in offered if key in chosen),
        with_links="links" in request.form,
    )
    copy(runtime(), wanted, author=pages.author())
    number = len(wanted.keys)
    flash(
        _n(
            "%(num)s objective is a draft in %(cycle)s now.",
            "%(num)s objectives are drafts in %(cycle)s now.",
            number,
            cycle=wanted.target,
        )
    )
    return redirect(url_for("team.page", cycle=wanted.target, team=place.team.key), 303)


def _offered(session: Session, place: Place) -> list[Offered]:
    number = func.count(KeyResult.id)
    query = (
        select(Objective.key, Objective.title, Objective.state, number)
        .join(Cycle, Cycle.id == Objective.cycle_id)
        .join(Team, Team.id == Objective.team_id)
        .outerjoin(KeyResult, (KeyResult.objective_id == Objective.id) & ~KeyResult.retired)
        .where(Cycle.key == place.cycle, Team.key == place.team.key)
        .where(Objective.state.not_in(LEFT_OUT))
        .group_by(Objective.id)
        .order_by(Objective.position, Objective.id)
    )
    return [Offered(*row) for row in session.execute(query)]


def _cycles(session: Session, place: Place) -> list[tuple[str, str]]:
    """(key, words) of the cycles it may go into, the one that begins next first."""
    here = select(Cycle.start).where(Cycle.key == place.cycle).scalar_subquery()
    query = select(Cycle.key).where(Cycle.key != place.cycle, Cycle.state != "closed")
    ordered = query.order_by(Cycle.start <= here, Cycle.start, Cycle.key)
    return [(key, key) for key in session.scalars(ordered)]


ROUTES = (("/copy/<cycle>/<team>", "copy", choose, pages.BOTH),)
