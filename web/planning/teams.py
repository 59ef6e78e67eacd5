"""Teams: made, named, put in their place and order, retired and brought back."""

from dataclasses import replace
from typing import Any

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from connector.plans import Entry, Identity, Record
from connector.store.tables import Person, Team
from sync.planning import editing, ordering
from web import access
from web.current import runtime
from web.language import _, lazy
from web.planning import forms, listing, pages, rights
from web.planning.fields import KEY, Field, Form
from web.planning.inputs import CHOICE, single
from web.planning.saving import Saved

PAGE = "planning/team.html"
KINDS = (
    ("company", lazy("the company: the top of the tree")),
    ("department", lazy("a department: teams stand below it")),
    ("team", lazy("a team")),
)
NAMES = {"company": lazy("company"), "department": lazy("department"), "team": lazy("team")}
"""What the kinds are called in lists."""
NONE_LED = lazy(
    "A team is made by admins, and by who leads the team it is to stand below. Nobody has said yet"
    " that you lead one."
)
NOBODY = ("", lazy("nobody yet"))
TOP = ("", lazy("nothing: it stands at the top"))


def new() -> ResponseReturnValue:
    """Make a team; leads make some below their own."""
    teams = rights.edited_teams()
    with runtime().store.read() as session:
        is_first = not listing.taken(session, Team)
    form = _form(None, None)
    if request.method == "POST":
        read = forms.read(form, request.form)
        if not rights.may_edit(single(read.typed["parent"]), teams):
            said = _("choose a team that you lead, or one below it")
            wrong = replace(read, problems={"parent": [said]})
            return render_template(PAGE, form=form, read=wrong), 400
        return pages.save(form, template=PAGE, then=_made)
    kind = "company" if is_first else "team"
    proposed = request.args.get("parent", "") or _parent(form, teams)
    why_not = NONE_LED if teams is not None and not teams else None
    read = forms.blank(form, kind=kind, parent=proposed)
    return render_template(PAGE, form=form, read=read, why_not=why_not)


def one(team: str) -> ResponseReturnValue:
    """A team's name, kind, place, lead and people."""
    record = _held(team)
    form = _form(team, record)
    why_not = access.why_not_edit_team(team)
    if request.method == "POST":
        access.refuse(why_not)
        read = forms.read(form, request.form)
        teams = rights.edited_teams()
        if "parent" in read.changed and not rights.may_edit(single(read.typed["parent"]), teams):
            said = _("only an admin puts a team where you lead nothing")
            wrong = replace(read, problems={"parent": [said]})
            return render_template(PAGE, form=form, read=wrong, **_beside(team, record)), 400
        return pages.save(form, template=PAGE, then=_saved, **_beside(team, record))
    shown = forms.shown(form, record)
    return render_template(PAGE, form=form, read=shown, why_not=why_not, **_beside(team, record))


def move(team: str) -> ResponseReturnValue:
    """Move a team one place up or down among its siblings."""
    _held(team)
    access.refuse(access.why_not_edit_team(team))
    up = request.form.get("to") == "up"
    ordering.move(runtime(), _identity(team), up=up)
    # No fragment: with one, browsers do not give the focus to what was moved.
    return redirect(url_for("plan.overview", moved=team), 303)


def people(team: str) -> ResponseReturnValue:
    """Take somebody into a team, or out of it."""
    _held(team)
    access.refuse(access.why_not_edit_team(team))
    key, leaves = request.form.get("person", ""), request.form.get("do") == "leave"
    with runtime().store.read() as session:
        record = editing.held(session, "person", key) or abort(404)
    teams = [each for each in record["teams"] if each != team] + ([] if leaves else [team])
    entry = Entry("person", key, None, {"teams": tuple(teams)}, 0)
    name = record["name"]
    said = _("%(name)s is no longer in it.", name=name) if leaves else None

    def act() -> object:
        return editing.change(runtime(), [entry], author=pages.author())

    said = said or _("%(name)s is in it now.", name=name)
    return pages.do(act, said=said, url=url_for("plan.team", team=team, _anchor="people"))


def retire(team: str) -> ResponseReturnValue:
    """Retire a team that nothing is left of."""
    name = _held(team)["name"]
    access.refuse(access.why_not_edit_team(team))
    return pages.do(
        lambda: editing.retire(runtime(), _identity(team), author=pages.author()),
        said=_("%(name)s is retired. It can be brought back.", name=name),
        url=url_for("plan.team", team=team),
    )


def restore(team: str) -> ResponseReturnValue:
    """Bring a retired team back."""
    name = _held(team)["name"]
    access.refuse(access.why_not_edit_team(team))
    return pages.do(
        lambda: editing.restore(runtime(), _identity(team), author=pages.author()),
        said=_("%(name)s is back.", name=name),
        url=url_for("plan.team", team=team),
    )


def _form(key: str | None, record: Record | None) -> Form:
    with runtime().store.read() as session:
        teams = [each for each in listing.names(session, Team) if each[0] != key]
        leads = listing.names(session, Person)
        taken = listing.taken(session, Team) if key is None else frozenset()
    fields = (
        Field(name="name", label=lazy("Name"), required=True),
        *(() if key else (_KEY,)),
        Field(name="kind", label=lazy("Kind"), input=CHOICE, choices=KINDS),
        Field(name="parent", label=lazy("Stands below"), input=CHOICE, choices=(TOP, *teams)),
        Field(
            name="lead",
            label=lazy("Lead"),
            input=CHOICE,
            choices=_with(leads, record["lead"] if record else None),
            hint=lazy("Who leads a team edits it and those below, where they may sign in as lead."),
        ),
    )
    return Form(kind="team", fields=fields, key=key, named_by="name", taken=taken)


_KEY = Field(
    name=KEY,
    label=lazy("Key"),
    hint=lazy("Short, for addresses and plan files; made of the name where it is empty."),
)


def _with(people: list[tuple[str, str]], chosen: str | None) -> tuple[tuple[str, Any], ...]:
    """Whom to choose from; who is chosen already stays to choose, although retired."""
    missing = chosen is not None and chosen not in dict(people)
    return (NOBODY, *people, *([(chosen, chosen)] if missing and chosen else []))


def _beside(team: str, record: Record) -> dict[str, Any]:
    """The people in it, and who else there is."""
    with runtime().store.read() as session:
        inside, everybody = listing.members(session, team), listing.names(session, Person)
    known = dict(inside)
    others = [each for each in everybody if each[0] not in known]
    return {"members": inside, "others": others, "record": record}


def _parent(form: Form, teams: frozenset[str] | None) -> str:
    """Where a new team most likely stands: below the only team somebody leads, or the company."""
    keys = [key for key, _name in form.field("parent").choices if key]
    mine = [key for key in keys if rights.may_edit(key, teams)]
    return mine[0] if len(mine) == 1 or (teams is not None and mine) else ""


def _held(team: str) -> Record:
    with runtime().store.read() as session:
        record = editing.held(session, "team", team)
    return record if record is not None else abort(404)


def _identity(team: str) -> Identity:
    return ("team", None, team)


def _made(saved: Saved) -> tuple[str, str]:
    url = url_for("plan.overview", _anchor=f"team-{saved.key}")
    return _("%(team)s is there.", team=saved.name), url


def _saved(saved: Saved) -> tuple[str, str]:
    return _("%(team)s is saved.", team=saved.name), url_for("plan.team", team=saved.key)


ROUTES = (
    ("/teams/new", "new_team", new, pages.BOTH),
    ("/teams/<team>", "team", one, pages.BOTH),
    ("/teams/<team>/move", "move_team", move, pages.POST),
    ("/teams/<team>/people", "team_people", people, pages.POST),
    ("/teams/<team>/retire", "retire_team", retire, pages.POST),
    ("/teams/<team>/restore", "restore_team", restore, pages.POST),
)
