"""A key result is moved to another objective, with its links, values and history."""

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from connector.errors import Refused
from connector.plans import Entry
from connector.store.folding import Folded, fold
from connector.store.tables import Cycle, Objective, Team
from sync.planning import editing
from sync.planning.trial import Shift
from web import access
from web.current import runtime
from web.language import _
from web.planning import pages, rights, trying
from web.planning.key_results import held
from web.planning.place import Place, held_or_404, place_of, refuse_closed
from web.planning.supporting import MOST, Option


def to(cycle: str, key: str) -> ResponseReturnValue:
    """Choose the objective it is to be of; look what that does to the scores, or move it."""
    place, record = held(cycle, key)
    access.refuse(access.why_not_edit_key_result(cycle, key))
    refuse_closed(place)
    chosen, words = request.form.get("objective", ""), request.args.get("words", "")
    shifts: tuple[Shift, ...] | None = None
    problems: list[str] = []
    if request.method == "POST":
        try:
            entry = _entry(cycle, key, chosen)
            if request.form.get("do") != "look":
                return _moved(entry, chosen)
            shown = [("objective", record["objective"]), ("objective", chosen)]
            shifts = trying.effect(entry, *shown)
        except Refused as refused:
            problems = [str(each) for each in pages.sentences(refused)]
    with runtime().store.read() as session:
        options = _options(session, place, record["objective"], words)
    page = render_template(
        "planning/move_to.html",
        place=place,
        key=key,
        record=record,
        options=options,
        chosen=chosen,
        words=words,
        shifts=shifts,
        problems=problems,
    )
    return page, 400 if problems else 200


def _entry(cycle: str, key: str, chosen: str) -> Entry:
    if not chosen:
        raise Refused(_("choose an objective"))
    with runtime().store.read() as session:
        held_or_404(session, "objective", cycle, chosen)
    access.refuse(access.why_not_edit_objective(cycle, chosen))
    return Entry("key_result", key, cycle, {"objective": chosen}, 0)


def _moved(entry: Entry, chosen: str) -> ResponseReturnValue:
    editing.change(runtime(), [entry], author=pages.author())
    cycle = entry.cycle or ""
    with runtime().store.read() as session:
        place = place_of(session, cycle, held_or_404(session, "objective", cycle, chosen)["team"])
    flash(_("%(key)s is a key result of %(objective)s now.", key=entry.key, objective=chosen))
    return redirect(place.url(chosen), 303)


def _options(session: Session, place: Place, but: str, words: str) -> list[Option]:
    """Objectives of the teams somebody may edit, those of the same team first."""
    query = (
        select(Objective.key, Objective.title, Team.name)
        .join(Cycle, Cycle.id == Objective.cycle_id)
        .join(Team, Team.id == Objective.team_id)
        .where(Cycle.key == place.cycle, Objective.key != but, Objective.state != "cancelled")
    )
    teams = rights.edited_teams()
    if teams is not None:
        query = query.where(Team.key.in_(teams))
    for word in fold(words).split():
        texts = (Objective.key, Objective.title, Team.name)
        query = query.where(or_(*(Folded(each).contains(word, autoescape=True) for each in texts)))
    near = Team.id != place.team.id
    rows = session.execute(query.order_by(near, Team.position, Objective.position).limit(MOST))
    return [Option("objective", *row) for row in rows]


ROUTES = (("/key-results/<cycle>/<key>/objective", "move_to", to, pages.BOTH),)
