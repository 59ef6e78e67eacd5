"""Scoring rules: when something is on track, what passes, which days are worked."""

from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from connector.plans import Record, defaults
from connector.plans.readers import DAYS
from sync.planning import editing
from web.current import runtime
from web.language import _, lazy
from web.planning import forms, pages, rules
from web.planning.fields import Field, Form
from web.planning.inputs import CHOICE, LINES, NUMBER, SEVERAL
from web.planning.rules import WORDS
from web.planning.saving import Saved

PAGE = "planning/scoring.html"
RULES = (
    ("gap", lazy("by the gap to what is expected today")),
    ("ratio", lazy("by the share of what is expected today")),
)


def _of_health(name: str) -> Any:
    return lambda record: getattr(record["health"], name)


def _of_pass(name: str) -> Any:
    return lambda record: record["pass"][name]


def _worked(record: Record) -> list[str]:
    days = record["working_days"]
    return list(DAYS) if days is None else [DAYS[each] for each in sorted(days)]


FORM = Form(
    kind="scoring",
    key="scoring",
    fields=(
        Field(
            name="health.by",
            label=lazy("Health is told"),
            input=CHOICE,
            choices=RULES,
            value=_of_health("by"),
        ),
        Field(
            name="health.on_track",
            label=lazy("On track limit"),
            input=NUMBER,
            hint=lazy("By the gap: the widest still on track. By the share: the least."),
            value=_of_health("on_track"),
            required=True,
        ),
        Field(
            name="health.at_risk",
            label=lazy("At risk limit"),
            input=NUMBER,
            hint=lazy("Beyond it something is off track."),
            value=_of_health("at_risk"),
            required=True,
        ),
        Field(
            name="pass.committed",
            label=lazy("A committed one passes at"),
            input=NUMBER,
            hint=lazy("A score from 0 to 1: what is expected on the last day."),
            value=_of_pass("committed"),
            required=True,
        ),
        Field(
            name="pass.aspirational",
            label=lazy("An aspirational one passes at"),
            input=NUMBER,
            hint=lazy("A score from 0 to 1; aiming high, 0.7 is usual."),
            value=_of_pass("aspirational"),
            required=True,
        ),
        Field(
            name="working_days",
            label=lazy("Days that are worked"),
            input=SEVERAL,
            needed=True,
            choices=tuple(zip(DAYS, WORDS, strict=True)),
            hint=lazy("On other days nothing more is expected."),
            value=_worked,
        ),
        Field(
            name="holidays",
            label=lazy("Holidays"),
            input=LINES,
            hint=lazy("One day a line, such as 2026-12-25; nothing more is expected on them."),
        ),
    ),
)


def page() -> ResponseReturnValue:
    """The rules, said in words, and a form to change them."""
    with runtime().store.read() as session:
        stored = editing.held(session, "scoring", "scoring")
    record = stored or defaults("scoring")
    if request.method == "POST":
        return pages.save(FORM, template=PAGE, then=_saved, rules=rules.sentences(record))
    read = forms.shown(FORM, record)
    if stored is None:
        read = forms.Read(read.typed, read.was)
    return render_template(PAGE, form=FORM, read=read, rules=rules.sentences(record))


def _saved(_saved: Saved) -> tuple[str, str]:
    said = _("The scoring rules are saved; every page tells by them from now on.")
    return said, url_for("plan.scoring")


ROUTES = (("/scoring", "scoring", page, pages.BOTH),)
