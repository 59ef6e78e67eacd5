"""Cycles: begun, dated, closed and opened again."""

from typing import Any

from flask import abort, g, render_template, request, url_for
from flask.typing import ResponseReturnValue

from connector.plans import Entry, Record
from sync import reports
from sync.planning import editing
from web.current import runtime
from web.language import _, lazy
from web.planning import forms, pages, quarters
from web.planning.fields import KEY, Field, Form
from web.planning.inputs import CHOICE, DAY
from web.planning.saving import Saved

PAGE = "planning/cycle.html"
STATES = (
    ("draft", lazy("draft: being prepared, nothing is promised yet")),
    ("active", lazy("active: it runs, and work is followed")),
    ("review", lazy("in review: it is over and looked back on; work is still followed")),
)
NAMES = {
    "draft": lazy("draft"),
    "active": lazy("active"),
    "review": lazy("in review"),
    "closed": lazy("closed"),
}
"""What the states are called in lists."""
_KEY = Field(
    name=KEY,
    label=lazy("Key"),
    hint=lazy("What it is called everywhere, such as 2026-Q4. It stays as it is."),
    required=True,
)
_DATES = (
    Field(name="start", label=lazy("First day"), input=DAY, required=True),
    Field(name="end", label=lazy("Last day"), input=DAY, required=True),
)


def _state(choices: Any) -> Field:
    return Field(name="state", label=lazy("State"), input=CHOICE, choices=choices)


def new() -> ResponseReturnValue:
    """Begin a cycle."""
    form = Form(kind="cycle", fields=(_KEY, *_DATES, _state(STATES)))
    if request.method == "POST":
        return pages.save(form, template=PAGE, then=_begun)
    with runtime().store.read() as session:
        found = reports.cycles(session)
    today = g.now.astimezone(runtime().settings.zone).date()
    next_one = quarters.following(found, today)
    proposed = {
        "key": next_one.key,
        "start": next_one.start.isoformat(),
        "end": next_one.end.isoformat(),
    }
    return render_template(PAGE, form=form, read=forms.blank(form, **proposed))


def one(cycle: str) -> ResponseReturnValue:
    """A cycle's dates and state; closing it, or opening it again."""
    record = _held(cycle)
    is_closed = record["state"] == "closed"
    fields = _DATES if is_closed else (*_DATES, _state(STATES))
    form = Form(kind="cycle", fields=fields, key=cycle)
    if request.method == "POST":
        return pages.save(form, template=PAGE, then=_saved, is_closed=is_closed)
    return render_template(PAGE, form=form, read=forms.shown(form, record), is_closed=is_closed)


def close(cycle: str) -> ResponseReturnValue:
    """Close a cycle: its numbers stay as they are."""
    said = _("%(cycle)s is closed: its numbers stay as they are.", cycle=cycle)
    return _set(cycle, "closed", said)


def reopen(cycle: str) -> ResponseReturnValue:
    """Open a closed cycle again."""
    said = _("%(cycle)s is open again; its links are read anew now.", cycle=cycle)
    return _set(cycle, "review", said)


def _set(cycle: str, state: str, said: str) -> ResponseReturnValue:
    _held(cycle)
    entry = Entry("cycle", cycle, None, {"state": state}, 0)

    def act() -> object:
        return editing.change(runtime(), [entry], author=pages.author())

    return pages.do(act, said=said, url=url_for("plan.cycle", cycle=cycle))


def _held(cycle: str) -> Record:
    with runtime().store.read() as session:
        record = editing.held(session, "cycle", cycle)
    return record if record is not None else abort(404)


def _begun(saved: Saved) -> tuple[str, str]:
    return _("Cycle %(cycle)s is there.", cycle=saved.key), url_for("plan.overview")


def _saved(saved: Saved) -> tuple[str, str]:
    return _("Cycle %(cycle)s is saved.", cycle=saved.key), url_for("plan.cycle", cycle=saved.key)


ROUTES = (
    ("/cycles/new", "new_cycle", new, pages.BOTH),
    ("/cycles/<cycle>", "cycle", one, pages.BOTH),
    ("/cycles/<cycle>/close", "close_cycle", close, pages.POST),
    ("/cycles/<cycle>/reopen", "reopen_cycle", reopen, pages.POST),
)
