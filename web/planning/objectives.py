"""Objectives: made, worded, put in order, retired and brought back."""

from collections.abc import Sequence
from typing import Any

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue

from connector.plans import Entry, Identity, Record
from connector.store.tables import Team
from sync.planning import editing, ordering
from sync.reports.objectives import DRAFTS
from web import access
from web.current import runtime
from web.language import _, lazy
from web.planning import forms, keys, listing, pages, rights, supporting, trying
from web.planning.fields import KEY, Field, Form
from web.planning.forms import Read
from web.planning.inputs import CHOICE, NUMBER, single
from web.planning.place import Place, held_or_404, owners, place_of, refuse_closed
from web.planning.saving import Saved
from web.planning.supporting import SUPPORTS
from web.planning.trying import Looked

PAGE = "planning/objective.html"
KINDS = (
    ("committed", lazy("committed: we promise all of it, 1.00 passes")),
    ("aspirational", lazy("aspirational: we reach for it, 0.70 passes")),
)
STATES = (
    ("active", lazy("active: it counts")),
    ("draft", lazy("draft: being written, it counts for nothing")),
    ("candidate", lazy("candidate: offered for the cycle, it counts for nothing")),
    ("postponed", lazy("postponed: not in this cycle after all, it counts for nothing")),
    ("cancelled", lazy("cancelled: given up, it counts for nothing")),
)
TAKES = (
    ("key_results", lazy("its own key results")),
    ("children", lazy("the objectives that support it")),
    ("both", lazy("its key results and the objectives that support it")),
)


def new(cycle: str, team: str) -> ResponseReturnValue:
    """Make an objective of a team."""
    with runtime().store.read() as session:
        place = place_of(session, cycle, team)
        known = keys.of(session, cycle)
    access.refuse(access.why_not_edit_team(team))
    refuse_closed(place)
    form = _form(place, None, taken=keys.taken(known))
    if request.method == "POST":
        return _answer(place, form, then=lambda saved: _made(cycle, saved))
    proposed = keys.proposed(known, "objective")
    return _show(place, form, Looked(forms.blank(form, key=proposed, team=team)))


def one(cycle: str, key: str) -> ResponseReturnValue:
    """An objective's words, state, supports and weight."""
    place, record = _held(cycle, key)
    form = _form(place, key, record=record)
    access.refuse(access.why_not_edit_objective(cycle, key))
    refuse_closed(place)
    if request.method == "POST":
        return _answer(place, form, then=lambda saved: _saved(cycle, saved))
    return _show(place, form, Looked(forms.shown(form, record)))


def move(cycle: str, key: str) -> ResponseReturnValue:
    """Move an objective one place up or down among those of its team."""
    place, _record = _held(cycle, key)
    access.refuse(access.why_not_edit_objective(cycle, key))
    refuse_closed(place)
    ordering.move(runtime(), _identity(cycle, key), up=request.form.get("to") == "up")
    return redirect(f"{place.team_url()}#{key}", 303)


def retire(cycle: str, key: str) -> ResponseReturnValue:
    """Say what leaving an objective out does to the scores; then leave it out."""
    place, record = _held(cycle, key)
    access.refuse(access.why_not_edit_objective(cycle, key))
    refuse_closed(place)
    if request.method == "POST":
        state = "cancelled" if request.form.get("state") == "cancelled" else "postponed"
        said = _("%(key)s counts no more. It can be brought back.", key=key)
        return _put(place, key, state, said)
    shifts = trying.effect(_entry(cycle, key, "postponed"))
    return render_template(
        "planning/retire_objective.html", place=place, key=key, record=record, shifts=shifts
    )


def restore(cycle: str, key: str) -> ResponseReturnValue:
    """Say what an objective does to the scores once it is active (again); then make it so."""
    place, record = _held(cycle, key)
    access.refuse(access.why_not_edit_objective(cycle, key))
    refuse_closed(place)
    is_draft = record["state"] in DRAFTS
    if request.method == "POST":
        said = (
            _("%(key)s counts now.", key=key) if is_draft else _("%(key)s counts again.", key=key)
        )
        return _put(place, key, "active", said)
    shifts = trying.effect(_entry(cycle, key, "active"))
    return render_template(
        "planning/restore.html",
        place=place,
        key=key,
        record=record,
        shifts=shifts,
        is_draft=is_draft,
        back=place.url(key),
    )


def _put(place: Place, key: str, state: str, said: str) -> ResponseReturnValue:
    entry = _entry(place.cycle, key, state)
    return pages.do(
        lambda: editing.change(runtime(), [entry], author=pages.author()),
        said=said,
        url=place.url(key),
    )


def _answer(place: Place, form: Form, then: Any) -> ResponseReturnValue:
    read = forms.read(form, supporting.gathered(request.form))
    team = single(read.typed["team"])
    is_placed = form.is_new or "team" in read.changed
    if is_placed and not rights.may_edit(team, rights.edited_teams()):
        problems = {"team": [_("choose a team that you lead, or one below it")]}
        return _show(place, form, Looked(Read(read.typed, read.was, read.version, problems))), 400
    if supporting.seeks():
        return _show(place, form, Looked(read))
    if request.form.get("do") == "look":
        shown = [("objective", form.key)] if form.key else []
        found: Any = trying.look(form, read, *shown)
    else:
        found = trying.save(form, read, then=then)
    if isinstance(found, Looked):
        return _show(place, form, found), 400 if found.read.problems else 200
    answer: ResponseReturnValue = found
    return answer


def _show(place: Place, form: Form, looked: Looked) -> str:
    read = looked.read
    team = single(read.typed["team"]) or place.team.key
    with runtime().store.read() as session:
        options = supporting.options(
            session, place.cycle, read.typed["supports"], team=team, but=form.key
        )
    back = place.url(form.key) if form.key else place.team_url()
    return render_template(
        PAGE, place=place, form=form, read=read, shifts=looked.shifts, options=options, back=back
    )


def _form(
    place: Place,
    key: str | None,
    *,
    record: Record | None = None,
    taken: frozenset[str] = frozenset(),
) -> Form:
    teams = rights.edited_teams()
    with runtime().store.read() as session:
        every = listing.names(session, Team)
    mine = [each for each in every if rights.may_edit(each[0], teams) or each[0] == place.team.key]
    people = owners(record["owner"] if record else None)
    fields = (*_named(key), *_placed(people, mine, STATES if key else STATES[:3]))
    return Form(
        kind="objective", fields=fields, key=key, cycle=place.cycle, named_by="title", taken=taken
    )


def _named(key: str | None) -> tuple[Field, ...]:
    title = Field(
        name="title",
        label=lazy("Title"),
        required=True,
        hint=lazy(
            "What will be true at the end of the cycle, in one sentence; numbers come below."
        ),
    )
    return (title,) if key else (title, _KEY)


def _placed(
    people: list[tuple[str, str]], teams: list[tuple[str, str]], states: Sequence[tuple[str, Any]]
) -> tuple[Field, ...]:
    return (
        Field(name="kind", label=lazy("Kind"), input=CHOICE, choices=KINDS),
        Field(name="state", label=lazy("State"), input=CHOICE, choices=states),
        Field(name="owner", label=lazy("Owner"), input=CHOICE, choices=people),
        Field(name="supports", label=lazy("What it supports"), input=SUPPORTS),
        Field(name="takes", label=lazy("It is scored by"), input=CHOICE, choices=TAKES),
        Field(
            name="weight",
            label=lazy("Weight"),
            input=NUMBER,
            needed=True,
            hint=lazy("How much it counts in its team’s score beside the others; 0 leaves it out."),
        ),
        Field(name="team", label=lazy("Team"), input=CHOICE, choices=teams, required=True),
    )


_KEY = Field(
    name=KEY,
    label=lazy("Key"),
    required=True,
    hint=lazy("Short, for addresses, plan files and links from work items; it stays."),
)


def _held(cycle: str, key: str) -> tuple[Place, Record]:
    with runtime().store.read() as session:
        record = held_or_404(session, "objective", cycle, key)
        return place_of(session, cycle, record["team"]), record


def _identity(cycle: str, key: str) -> Identity:
    return ("objective", cycle, key)


def _entry(cycle: str, key: str, state: str) -> Entry:
    return Entry("objective", key, cycle, {"state": state}, 0)


def _made(cycle: str, saved: Saved) -> tuple[str, str]:
    said = _("%(key)s is there. Now give it key results: the numbers that tell.", key=saved.key)
    return said, _held(cycle, saved.key)[0].url(saved.key)


def _saved(cycle: str, saved: Saved) -> tuple[str, str]:
    return _("%(key)s is saved.", key=saved.key), _held(cycle, saved.key)[0].url(saved.key)


ROUTES = (
    ("/new-objective/<cycle>/<team>", "new_objective", new, pages.BOTH),
    ("/objectives/<cycle>/<key>", "objective", one, pages.BOTH),
    ("/objectives/<cycle>/<key>/move", "move_objective", move, pages.POST),
    ("/objectives/<cycle>/<key>/retire", "retire_objective", retire, pages.BOTH),
    ("/objectives/<cycle>/<key>/restore", "restore_objective", restore, pages.BOTH),
)
