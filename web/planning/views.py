"""The way into planning: the cycles, the teams and the people there are, and what comes first."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask import Blueprint, g, render_template, request

from connector.store.tables import Person, User
from web import access
from web.current import runtime
from web.planning import (
    copying,
    cycles,
    files,
    key_results,
    listing,
    moving,
    objectives,
    people,
    rights,
    scoring,
    teams,
    users,
)

blueprint = Blueprint("plan", __name__, url_prefix="/plan", template_folder="templates")


@blueprint.get("")
def overview() -> str:
    """Everything there is to plan with, and the one step that comes next."""
    with runtime().store.read() as session:
        found: dict[str, Any] = {
            "cycles": [row for row in listing.cycles(session) if access.sees_cycle(row.state)],
            "teams": listing.teams(session),
            "retired": listing.retired_teams(session),
            "people": listing.number(session, Person, Person.retired.is_(False)),
            "users": listing.number(session, User, User.disabled_at.is_(None)),
        }
    edited = rights.edited_teams()
    today = g.now.astimezone(runtime().settings.zone).date()
    may = {each.key for each in found["teams"] if rights.may_edit(each.key, edited)}
    promised = sum(each.objectives for each in found["cycles"])
    return render_template(
        "planning/overview.html",
        **found,
        may=may,
        admin=g.principal.role == "admin",
        begun=bool(found["cycles"] and found["teams"] and promised),
        current=_current(found["cycles"], today),
        today=today,
        states=cycles.NAMES,
        kinds=teams.NAMES,
        moved=request.args.get("moved", ""),
    )


_OBJECTS = (objectives, key_results, moving, copying)


def _current(found: Sequence[Any], today: date) -> str:
    """The cycle that objectives are added to: the one today lies in, else the newest; "" for
    none that is open."""
    still = [each for each in found if each.state != "closed"]
    lying_in = [each for each in still if each.start <= today <= each.end]
    return next((each.key for each in [*lying_in, *still]), "")


for module in (cycles, teams, people, users, scoring, files, *_OBJECTS):
    for path, name, view, methods in module.ROUTES:
        blueprint.add_url_rule(path, name, view, methods=list(methods))
