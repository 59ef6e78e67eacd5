"""The form of a key result: what it measures in plain words, and only the fields that takes."""

from collections.abc import Mapping
from typing import Any, Final

from werkzeug.datastructures import MultiDict

from connector.plans import Record
from web.language import lazy
from web.planning.fields import KEY, Field, Form
from web.planning.inputs import CHOICE, DAY, LIMITS, NUMBER, STEPS, TEXT, TICK
from web.planning.place import Place, owners

KINDS: Final = (
    ("increase", lazy("It goes up to a target"), lazy("such as from 40 to 100 %")),
    ("decrease", lazy("It goes down to a target"), lazy("such as open bugs from 120 to 40")),
    (
        "reach",
        lazy("It reaches a target, and what is less counts nothing"),
        lazy("such as 3 pilots"),
    ),
    ("at_least", lazy("It stays at or above a limit"), lazy("such as uptime of 99.9 %")),
    ("at_most", lazy("It stays at or below a limit"), lazy("such as 2 incidents")),
    ("between", lazy("It stays between two limits"), lazy("such as 10 to 14 people")),
    ("done", lazy("It is done or not"), lazy("such as a certificate")),
)
"""(kind, words, example)"""
TAKEN: Final[Mapping[str, frozenset[str]]] = {
    "increase": frozenset({"start", "target", "unit", "curve"}),
    "decrease": frozenset({"start", "target", "unit", "curve"}),
    "reach": frozenset({"target", "unit", "lower_is_better", "curve"}),
    "at_least": frozenset({"target", "unit"}),
    "at_most": frozenset({"target", "unit"}),
    "between": frozenset({"limits", "unit"}),
    "done": frozenset({"curve"}),
}
"""The fields that a kind takes of those that not all do."""
_UNTAKEN: Final[Mapping[str, Any]] = {
    "start": "",
    "target": "",
    "unit": "",
    "limits": [],
    "lower_is_better": "false",
    "curve": "linear",
}
SOURCES: Final = (
    ("work", lazy("Linked work: its epics, milestones or queries count by themselves")),
    ("value", lazy("A value that somebody types, or a program pushes")),
    ("supports", lazy("The objectives that support it: their mean is its progress")),
)
CURVES: Final = (
    ("linear", lazy("evenly")),
    ("early", lazy("most of it early")),
    ("late", lazy("most of it late")),
    ("steps", lazy("by dated steps, as written below")),
)
COMBINE: Final = (
    ("", lazy("as usual: shares pooled, numbers added up")),
    ("pooled", lazy("shares: all their work together")),
    ("weighted", lazy("shares: each link by its weight")),
    ("sum", lazy("numbers: their sum")),
    ("avg", lazy("numbers: their average")),
    ("min", lazy("numbers: the least")),
    ("max", lazy("numbers: the most")),
)
DONE: Final = (("", lazy("not said yet")), ("false", lazy("not done")), ("true", lazy("done")))
FROM: Final = (("links", ""), ("supports", ""))


def form_of(
    place: Place,
    key: str | None,
    *,
    objective: str | None = None,
    record: Record | None = None,
    taken: frozenset[str] = frozenset(),
) -> Form:
    """The form of a key result; a new one is of an objective."""
    people = owners(record["owner"] if record else None)
    return Form(
        kind="key_result",
        fields=(*_named(key), *_measured(), *_weighed(people), *_timed(), *_computed()),
        key=key,
        cycle=place.cycle,
        objective=objective,
        named_by="title",
        taken=taken,
    )


def gathered(form: MultiDict[str, str]) -> MultiDict[str, str]:
    """A form as its fields are read: without what the kind, curve and source have no use for."""
    found = MultiDict(form)
    kind, source = form.get("kind", ""), form.get("source", "work")
    for name, nothing in _UNTAKEN.items():
        if name not in TAKEN.get(kind, _UNTAKEN):
            found.setlist(name, nothing if isinstance(nothing, list) else [nothing])
    if found.get("curve") != "steps":
        found["steps"] = ""
    if kind == "done":
        found["value"] = form.get("done", "")
    if source != "value":
        found["value"] = ""
    found["progress_from"] = "supports" if source == "supports" else "links"
    return found


def source_of(record: Record) -> str:
    """Where the number of a stored key result comes from."""
    if record["progress_from"] == "supports":
        return "supports"
    return "value" if record["value"] is not None or not record["links"] else "work"


def _named(key: str | None) -> tuple[Field, ...]:
    title = Field(
        name="title",
        label=lazy("Title"),
        required=True,
        hint=lazy("The number in words, such as: payments that arrive within a minute."),
    )
    given = Field(
        name=KEY,
        label=lazy("Key"),
        required=True,
        hint=lazy("Short, for addresses, plan files and links from work items; it stays."),
    )
    return (title,) if key else (title, given)


def _measured() -> tuple[Field, ...]:
    kinds = [(kind, words) for kind, words, _example in KINDS]
    return (
        Field(name="kind", label=lazy("What is measured"), input=CHOICE, choices=kinds),
        Field(name="start", label=lazy("Start"), input=NUMBER, needed=True),
        Field(name="target", label=lazy("Target"), input=NUMBER, needed=True),
        Field(name="limits", label=lazy("Limits"), input=LIMITS),
        Field(
            name="unit",
            label=lazy("Unit"),
            hint=lazy("Such as %, days or bugs. With %, a share of work is told from 0 to 100."),
        ),
        Field(name="lower_is_better", label=lazy("Lower is better"), input=TICK),
        Field(
            name="progress_from", label=lazy("Its number comes from"), input=CHOICE, choices=FROM
        ),
        Field(name="value", label=lazy("Value now"), input=TEXT, value=_value),
    )


def _weighed(people: list[tuple[str, str]]) -> tuple[Field, ...]:
    return (
        Field(name="owner", label=lazy("Owner"), input=CHOICE, choices=people),
        Field(
            name="weight",
            label=lazy("Weight"),
            input=NUMBER,
            needed=True,
            hint=lazy("How much it counts in the objective’s score beside the others."),
        ),
        Field(
            name="guardrail",
            label=lazy("It is a guardrail"),
            input=TICK,
            hint=lazy("It must hold while the others move: it tells health, and adds no score."),
        ),
    )


def _timed() -> tuple[Field, ...]:
    return (
        Field(
            name="start_date",
            label=lazy("Begins on"),
            input=DAY,
            hint=lazy("Where it is not the cycle’s first day."),
        ),
        Field(
            name="end_date",
            label=lazy("Ends on"),
            input=DAY,
            hint=lazy("Where it is not the cycle’s last day."),
        ),
        Field(
            name="curve",
            label=lazy("It is expected to move"),
            input=CHOICE,
            choices=CURVES,
            hint=lazy("What is expected by a day decides whether it is on track."),
        ),
        Field(
            name="steps",
            label=lazy("Steps"),
            input=STEPS,
            hint=lazy("One a line: a day and the value expected by then, 2026-11-01: 30"),
        ),
    )


def _computed() -> tuple[Field, ...]:
    return (
        Field(
            name="needs_confirmation",
            label=lazy("A person confirms the outcome"),
            input=TICK,
            hint=lazy("Until then linked work brings it to 95 % at most."),
        ),
        Field(
            name="combine",
            label=lazy("Several links count together"),
            input=CHOICE,
            choices=COMBINE,
        ),
    )


def _value(record: Record) -> str:
    value = record["value"]
    if value is None:
        return ""
    if record["kind"] == "done":
        return "true" if value >= 1 else "false"
    return f"{value:.15g}"
