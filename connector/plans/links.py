"""The links of a key result, read: scope, measure and policies."""

from collections.abc import Callable, Mapping
from typing import Any

from connector import notes, scopes
from connector.errors import Refused
from connector.okr import LinkRule, Measure
from connector.plans import readers
from connector.plans.entries import PlanLink
from connector.plans.problems import Place, quoted
from connector.plans.tree import Node, Pairs
from connector.scopes import Scope
from connector.work import LARGEST

_MEASURES = "a measure is {share: count} or {number: count}"
_over = readers.one_of("done", "open", "all")
_aggregate = readers.one_of("count", "sum", "avg", "min", "max")
_scope_text = readers.text(10_000)
_name = readers.text(200)
_origin = readers.one_of("plan", "person")
_note_kinds = readers.many(readers.one_of(*notes.KINDS))


def links(node: Node, place: Place) -> tuple[PlanLink, ...]:
    """The whole list of links; the same scope with the same rule is refused the second time."""
    read = [link for each in readers.items(node, place) if (link := _link(each, place))]
    first: dict[object, PlanLink] = {}
    for link in read:
        same = first.setdefault(_sameness(link), link)
        if same is not link:
            where = f"is linked twice by the same rule, first on line {same.line}"
            place.wrong(link.line, f"{quoted(link.scope.text)} {where}; keep one")
    return tuple(read)


def _link(node: Node, place: Place) -> PlanLink | None:
    given = readers.known_members(node, place, ("scope", *_RULES, "write_back", "origin"), "a link")
    if "scope" not in given:
        if isinstance(node, Pairs):
            place.wrong(
                node.line, "a link has no scope; add one such as scope: 'jira:epic:PLAT-42'"
            )
        return None
    scope = _scope(given["scope"][1], place)
    rule: dict[str, Any] = {}
    for name, (_, value) in given.items():
        if name in _RULES:
            rule[name] = _RULES[name](value, place)
    asked = _write_back(given["write_back"][1], place) if "write_back" in given else ()
    origin = (_origin(given["origin"][1], place) if "origin" in given else None) or "plan"
    return None if scope is None else PlanLink(scope, LinkRule(**rule), node.line, asked, origin)


def _scope(node: Node, place: Place) -> Scope | None:
    text = _scope_text(node, place)
    if not text:
        return None
    try:
        return scopes.parse(text)
    except Refused as refused:
        for problem in refused.problems:
            place.wrong(node.line, problem)
        return None


def _measure(node: Node, place: Place) -> Measure:
    if not isinstance(node, Pairs):
        place.wrong(node.line, f"{_MEASURES}; write one of them")
        return Measure()
    names = _measure_names(node)
    given = {
        name: value
        for name, (_, value) in readers.known_members(node, place, names, "this measure").items()
    }
    if "share" in given:
        return Measure(of=_size(given["share"], place, "count") or "count")
    if "number" not in given:
        place.wrong(node.line, f"{_MEASURES}; write one of them")
        return Measure()
    aggregate = _aggregate(given["number"], place)
    default = "count" if aggregate == "count" else "points"
    of = _size(given["of"], place) if "of" in given else default
    over = _over(given["over"], place) if "over" in given else None
    return Measure(of=of or default, aggregate=aggregate, over=over or "all")


def _measure_names(node: Pairs) -> tuple[str, ...]:
    given = {name.text: value for name, value in node.pairs}
    if "number" not in given:
        return ("share",) if "share" in given else ("share", "number", "of", "over")
    counted = getattr(given["number"], "text", "") == "count"
    return ("number", "over") if counted else ("number", "of", "over")


def _size(node: Node, place: Place, *others: str) -> str | None:
    """``points``, ``field:<id>`` or one of the others."""
    found = _name(node, place)
    if found is None or found in {"points", *others}:
        return found
    head, _, field = found.partition(":")
    if head != "field" or not field.strip():
        choices = ", ".join((*others, "points", "field:<id>"))
        place.wrong(node.line, f"{quoted(found)} is not a size; choose {choices}")
        return None
    return f"field:{field.strip()}"


def _unestimated(node: Node, place: Place) -> str | None:
    found = _name(node, place)
    if found is None or found in {"exclude", "zero", "median"}:
        return found
    head, _, default = found.partition(":")
    amount = readers.as_number(default.strip()) if head == "default" else None
    if amount is None or not 0 <= amount <= LARGEST:
        choices = "exclude, zero, median or default:<n>"
        place.wrong(node.line, f"{quoted(found)} is not possible; choose {choices}")
    return found


def _statuses(node: Node, place: Place) -> Mapping[str, float] | None:
    if readers.is_null(node):
        return None
    weights: dict[str, float] = {}
    folded: dict[str, str] = {}
    for name, (key, value) in readers.members(node, place).items():
        same = folded.setdefault(name.strip().casefold(), name)
        if same != name:
            place.wrong(key.line, f"{quoted(name)} and {quoted(same)} are the same; keep one")
        part = readers.number(value, place)
        if part is not None and not 0 <= part <= 1:
            place.wrong(value.line, f"{quoted(name)} weighs {part:g}; give a number from 0 to 1")
        if name.strip().casefold() == "dropped":
            place.wrong(key.line, "what is dropped has no weight: dropped: says what becomes of it")
        weights[name] = part or 0.0
    return weights


def _write_back(node: Node, place: Place) -> tuple[str, ...]:
    """The kinds of notes asked for, each once and in their order."""
    found = _note_kinds(node, place) or ()
    return tuple(name for name in notes.KINDS if name in found)


def _sameness(link: PlanLink) -> object:
    statuses = link.rule.statuses
    rule = [getattr(link.rule, name) for name in _RULES if name != "statuses"]
    weights = {name.strip().casefold(): part for name, part in (statuses or {}).items()}
    return (link.scope, *rule, statuses is None, frozenset(weights.items()))


_RULES: Mapping[str, Callable[[Node, Place], Any]] = {
    "measure": _measure,
    "weight": readers.weight,
    "dropped": readers.one_of("exclude", "as_done", "as_open"),
    "unestimated": _unestimated,
    "types": readers.many(_name),
    "labels": readers.many(_name),
    "subtasks": readers.boolean,
    "pull_requests": readers.boolean_or("only"),
    "depth": readers.whole(1, 100),
    "statuses": _statuses,
}
