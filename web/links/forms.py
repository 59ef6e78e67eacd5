"""The link form: what was typed, read by the rules of plan files, each problem at its field."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from werkzeug.datastructures import MultiDict

from connector.errors import Refused
from connector.okr import LinkRule
from connector.plans import PlanLink
from connector.plans.links import links
from connector.plans.problems import Place, Problems, quoted
from connector.plans.tree import Items, Node, Pairs, Scalar
from web.language import _

NAMES = (
    "scope measure size field dropped unestimated default depth types labels subtasks pull_requests"
    " statuses weight write_back"
).split()
"""The fields, in the order they stand; a problem tells its field by its place here."""
_ASKED = ("field", "default")
"""Fields that another one asks for."""
_PROBLEM = re.compile(r"link:(\d+): link: (.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Read:
    """A form as it was typed; ``link`` is None while there are problems, by field."""

    typed: Mapping[str, Any]
    link: PlanLink | None = None
    problems: Mapping[str, Sequence[str]] = field(default_factory=dict)

    @property
    def is_unusual(self) -> bool:
        """Whether anything under “More” is set or wrong, so that it stands open."""
        wrong = any(name in self.problems for name in ("default", *_USUAL))
        return wrong or any(self.typed[name] != usual for name, usual in _USUAL.items())


def read(form: MultiDict[str, str]) -> Read:
    """Read the form; what is wrong is told at its field and nothing is lost."""
    typed = typed_of(form)
    problems = Problems("link")
    for row in typed["statuses"].splitlines():
        if row.strip() and ":" not in row:
            said = _("%(row)s says no share; write it as In Review: 0.8", row=quoted(row.strip()))
            problems.add(NAMES.index("statuses") + 1, "link", said)
    found = links(Items((Pairs(tuple(_pairs(typed)), 1),), 1), Place(problems, "link"))
    try:
        problems.refuse()
    except Refused as refused:
        told = _by_field(refused.problems)
        empty = {name: [_("fill this in")] for name in _ASKED if name in told and not typed[name]}
        return Read(typed, None, {**told, **empty})
    return Read(typed, found[0])


def refused(read: Read, problem: Refused) -> Read:
    """The form with what saving refuses; it tells its field by how it begins, else the scope's."""
    of_notes = all(each.startswith("write_back: ") for each in problem.problems)
    told = tuple(each.removeprefix("write_back: ") for each in problem.problems)
    return Read(read.typed, None, {"write_back" if of_notes else "scope": told})


def sent(typed: Mapping[str, Any]) -> MultiDict[str, str]:
    """What a form shows, as the browser would send it."""
    texts = {name: each for name, each in typed.items() if isinstance(each, str)}
    ticks = {name: "1" for name, each in typed.items() if each is True}
    return MultiDict([*texts.items(), *ticks.items(),
                      *(("write_back", each) for each in typed["write_back"])])  # fmt: skip


def typed_of(form: MultiDict[str, str]) -> dict[str, Any]:
    """What was typed, with the defaults of what was not sent."""
    texts = {name: form.get(name, default).strip() for name, default in _EMPTY.items()}
    ticks = {name: name in form for name in ("subtasks",)}
    return {**texts, **ticks, "write_back": form.getlist("write_back")}


def shown(scope: str, rule: LinkRule, write_back: Sequence[str] = ()) -> dict[str, Any]:
    """A link as the form shows it."""
    measure = rule.measure
    head, _, field_id = measure.of.partition(":")
    kind, _, default = rule.unestimated.partition(":")
    weights = rule.statuses.items() if rule.statuses is not None else ()
    return {
        **_EMPTY,
        "scope": scope,
        "measure": "share" if measure.is_share else f"{measure.aggregate}:{measure.over}",
        "size": head if head in {"points", "field"} else "count",
        "field": field_id,
        "dropped": rule.dropped,
        "unestimated": kind,
        "default": default,
        "depth": str(rule.depth),
        "types": ", ".join(rule.types),
        "labels": ", ".join(rule.labels),
        "subtasks": rule.subtasks,
        "pull_requests": str(rule.pull_requests).lower(),
        "statuses": "\n".join(f"{name}: {part:g}" for name, part in weights),
        "weight": f"{rule.weight:g}",
        "write_back": list(write_back),
    }


def _pairs(typed: Mapping[str, Any]) -> list[tuple[Scalar, Node]]:
    """The link as a plan file would have it, each field on a line of its own."""
    made = []
    for name, build in _NODES.items():
        line = NAMES.index(name) + 1
        node = build(typed, line)
        if node is not None:
            made.append((Scalar(name, plain=True, line=line), node))
    return made


def _by_field(problems: Sequence[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for problem in problems:
        told = _PROBLEM.fullmatch(problem)
        name, sentence = (NAMES[int(told[1]) - 1], told[2]) if told else ("scope", problem)
        found.setdefault(name, []).append(sentence)
    return found


def _measure(typed: Mapping[str, Any], line: int) -> Node:
    how, _, over = str(typed["measure"]).partition(":")
    at = NAMES.index("size") + 1
    size = typed["size"]
    if size == "field":
        size, at = f"field:{typed['field']}", NAMES.index("field") + 1
    if how == "share":
        return _mapping(line, share=(size, at))
    if how == "count":
        return _mapping(line, number=(how, line), over=(over, line))
    return _mapping(line, number=(how, line), of=(size, at), over=(over, line))


def _mapping(line: int, **values: tuple[str, int]) -> Pairs:
    return Pairs(
        tuple(
            (Scalar(name, plain=True, line=line), Scalar(text, plain=True, line=at))
            for name, (text, at) in values.items()
        ),
        line,
    )


def _unestimated(typed: Mapping[str, Any], line: int) -> Node:
    if typed["unestimated"] != "default":
        return Scalar(typed["unestimated"], plain=True, line=line)
    at = NAMES.index("default") + 1
    return Scalar(f"default:{typed['default']}", plain=True, line=at)


def _statuses(typed: Mapping[str, Any], line: int) -> Node | None:
    """One a line, ``In Review: 0.8``."""
    rows = [row for row in typed["statuses"].splitlines() if ":" in row]
    if not rows:
        return None
    pairs = (row.rpartition(":") for row in rows)
    return Pairs(
        tuple(
            (Scalar(name.strip(), plain=True, line=line), Scalar(part.strip(), True, line))
            for name, _, part in pairs
        ),
        line,
    )


def _text(name: str) -> Callable[[Mapping[str, Any], int], Node | None]:
    def build(typed: Mapping[str, Any], line: int) -> Node | None:
        given = typed[name]
        return Scalar(given, plain=True, line=line) if given or name == "scope" else None

    return build


def _many(name: str) -> Callable[[Mapping[str, Any], int], Node]:
    def build(typed: Mapping[str, Any], line: int) -> Node:
        given = typed[name] if isinstance(typed[name], list) else typed[name].split(",")
        parts = (part.strip() for part in given)
        return Items(tuple(Scalar(part, plain=True, line=line) for part in parts if part), line)

    return build


def _tick(name: str) -> Callable[[Mapping[str, Any], int], Node]:
    return lambda typed, line: Scalar("true" if typed[name] else "false", plain=True, line=line)


_NODES: Mapping[str, Callable[[Mapping[str, Any], int], Node | None]] = {
    "scope": _text("scope"),
    "measure": _measure,
    "dropped": _text("dropped"),
    "unestimated": _unestimated,
    "depth": _text("depth"),
    "types": _many("types"),
    "labels": _many("labels"),
    "subtasks": _tick("subtasks"),
    "pull_requests": _text("pull_requests"),
    "statuses": _statuses,
    "weight": _text("weight"),
    "write_back": _many("write_back"),
}
_EMPTY = {
    "scope": "",
    "measure": "share",
    "size": "count",
    "field": "",
    "dropped": "exclude",
    "unestimated": "exclude",
    "default": "",
    "depth": "1",
    "types": "",
    "labels": "",
    "pull_requests": "false",
    "statuses": "",
    "weight": "1",
}
_USUAL = {
    "types": "",
    "labels": "",
    "statuses": "",
    "weight": "1",
    "subtasks": False,
    "pull_requests": "false",
    "write_back": [],
    "field": "",
}
"""What stands under “More”, as it usually is."""
