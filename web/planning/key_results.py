"""Key results: made, measured, put in order, retired and brought back."""

from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from connector.plans import Entry, Identity, Record
from sync.planning import editing, ordering
from web import access
from web.current import runtime
from web.language import _
from web.planning import forms, keys, measuring, pages, trying
from web.planning.fields import Form
from web.planning.inputs import single
from web.planning.place import Place, held_or_404, place_of, refuse_closed
from web.planning.saving import Saved
from web.planning.trying import Looked

PAGE = "planning/key_result.html"


def new(cycle: str, objective: str) -> ResponseReturnValue:
    """Make a key result of an objective."""
    with runtime().store.read() as session:
        above = held_or_404(session, "objective", cycle, objective)
        place = place_of(session, cycle, above["team"])
        known = keys.of(session, cycle)
    access.refuse(access.why_not_edit_objective(cycle, objective))
    refuse_closed(place)
    form = measuring.form_of(place, None, objective=objective, taken=keys.taken(known))
    shown = {"place": place, "objective": (objective, above), "back": place.url(objective)}
    if request.method == "POST":
        return _answer(form, shown, then=lambda saved: _made(place, objective, saved))
    proposed = keys.proposed(known, "key_result")
    return _show(form, Looked(forms.blank(form, key=proposed)), **shown)


def one(cycle: str, key: str) -> ResponseReturnValue:
    """What a key result measures, its weight, owner, dates and value."""
    place, record = held(cycle, key)
    access.refuse(access.why_not_edit_key_result(cycle, key))
    refuse_closed(place)
    form = measuring.form_of(place, key, record=record)
    with runtime().store.read() as session:
        above = held_or_404(session, "objective", cycle, record["objective"])
    back = place.url(key, "key_result")
    shown = {
        "place": place,
        "objective": (record["objective"], above),
        "record": record,
        "back": back,
    }
    if request.method == "POST":
        said = _("%(key)s is saved.", key=key)
        return _answer(form, shown, then=lambda _saved: (said, back))
    return _show(form, Looked(forms.shown(form, record)), **shown)


def move(cycle: str, key: str) -> ResponseReturnValue:
    """Move a key result one place up or down among those of its objective."""
    place, record = held(cycle, key)
    access.refuse(access.why_not_edit_objective(cycle, record["objective"]))
    refuse_closed(place)
    ordering.move(runtime(), _identity(cycle, key), up=request.form.get("to") == "up")
    return redirect(f"{place.url(record['objective'])}#row-{key}", 303)


def retire(cycle: str, key: str) -> ResponseReturnValue:
    """Say what leaving a key result out does to the scores; then leave it out."""
    place, record = held(cycle, key)
    access.refuse(access.why_not_edit_key_result(cycle, key))
    refuse_closed(place)
    if request.method == "POST":
        return pages.do(
            lambda: editing.retire(runtime(), _identity(cycle, key), author=pages.author()),
            said=_("%(key)s counts no more. It can be brought back.", key=key),
            url=place.url(record["objective"]),
        )
    return _leaving("planning/retire_key_result.html", place, (key, record), retired=True)


def restore(cycle: str, key: str) -> ResponseReturnValue:
    """Say what bringing a key result back does to the scores; then bring it back."""
    place, record = held(cycle, key)
    access.refuse(access.why_not_edit_key_result(cycle, key))
    refuse_closed(place)
    if request.method == "POST":
        return pages.do(
            lambda: editing.restore(runtime(), _identity(cycle, key), author=pages.author()),
            said=_("%(key)s counts again.", key=key),
            url=place.url(record["objective"]),
        )
    return _leaving("planning/restore.html", place, (key, record), retired=False)


def held(cycle: str, key: str) -> tuple[Place, Record]:
    """A stored key result and where it belongs."""
    with runtime().store.read() as session:
        record = held_or_404(session, "key_result", cycle, key)
        above = held_or_404(session, "objective", cycle, record["objective"])
        return place_of(session, cycle, above["team"]), record


def _leaving(
    template: str, place: Place, named: tuple[str, Record], *, retired: bool
) -> ResponseReturnValue:
    key, record = named
    entry = Entry("key_result", key, place.cycle, {"retired": retired}, 0)
    shifts = trying.effect(entry, ("objective", record["objective"]))
    back = place.url(record["objective"])
    return render_template(template, place=place, key=key, record=record, shifts=shifts, back=back)


def _answer(form: Form, shown: dict[str, Any], then: Any) -> ResponseReturnValue:
    read = forms.read(form, measuring.gathered(request.form))
    do = request.form.get("do")
    if do == "kind":
        return _show(form, Looked(read), **shown)
    if do == "look":
        found: Any = trying.look(form, read, ("objective", shown["objective"][0]))
    else:
        found = trying.save(form, read, then=then)
    if isinstance(found, Looked):
        return _show(form, found, **shown), 400 if found.read.problems else 200
    answer: ResponseReturnValue = found
    return answer


def _show(form: Form, looked: Looked, **shown: Any) -> str:
    record: Record | None = shown.get("record")
    source = request.form.get("source") or (measuring.source_of(record) if record else "work")
    return render_template(
        PAGE,
        form=form,
        read=looked.read,
        shifts=looked.shifts,
        source=source,
        measuring=measuring,
        **shown,
    )


def _made(place: Place, objective: str, saved: Saved) -> tuple[str, str]:
    """Straight on to where its number comes from."""
    source, key = request.form.get("source", "work"), saved.key
    typed = single(measuring.gathered(request.form).get("value", ""))
    if source == "work":
        said = _("%(key)s is there. Now link the work that it counts.", key=key)
        url = url_for("links.page", cycle=place.cycle, team=place.team.key, key=key)
        return said, url
    if source == "value" and not typed:
        said = _("%(key)s is there. Now type its value.", key=key)
        return said, f"{place.url(key, 'key_result')}#check-in"
    return _("%(key)s is there.", key=key), place.url(objective)


def _identity(cycle: str, key: str) -> Identity:
    return ("key_result", cycle, key)


ROUTES = (
    ("/new-key-result/<cycle>/<objective>", "new_key_result", new, pages.BOTH),
    ("/key-results/<cycle>/<key>", "key_result", one, pages.BOTH),
    ("/key-results/<cycle>/<key>/move", "move_key_result", move, pages.POST),
    ("/key-results/<cycle>/<key>/retire", "retire_key_result", retire, pages.BOTH),
    ("/key-results/<cycle>/<key>/restore", "restore_key_result", restore, pages.BOTH),
)
