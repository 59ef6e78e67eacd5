"""A field mapping as its form gives it: texts in, one part of the document out."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from werkzeug.datastructures import MultiDict

from connector.errors import Refused
from connector.mapping import checked, fold
from connector.mapping.document import CATEGORIES, STATES
from web.connections.sentences import ours
from web.language import _

Form = MultiDict[str, str]
PAIRS = {"statuses": "s", "labels": "l", "boards": "b"}
"""Lists of names with their states, by what begins the names of their inputs."""
COUNTS = ("item", "parent", "subtask", "never")
POINTS = ("field", "label", "sizes")


_Twice = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Part:
    """What was typed of the whole connection, or of one place; ``twice`` are names typed twice, as
    (field, the name it is the same as, the name)."""

    body: dict[str, Any]
    twice: tuple[_Twice, ...] = ()


def part(form: Form) -> Part:
    """The part of the document that a form holds; what is not filled in is left out."""
    twice: list[_Twice] = []
    body: dict[str, Any] = {"points": _points(form)}
    for name, prefix in PAIRS.items():
        body[name] = _states(form, prefix, name, twice)
    body["categories"] = _filled({each: form.get(f"c_{each}", "") for each in CATEGORIES})
    body["types"] = _types(form, twice)
    body["dropped"] = _dropped(form)
    body["weights"] = _weights(form, twice)
    body["working_days"] = form.getlist("days") if form.get("days_how") == "own" else None
    meant = {name: value for name, value in body.items() if value not in ({}, None)}
    return Part(meant, tuple(twice))


def problems(typed: Part) -> dict[str, dict[str, list[str]]]:
    """What is wrong, in the words of the mapping's own checks: by field, and within it by entry
    ('' for the field as a whole)."""
    found: dict[str, dict[str, list[str]]] = {}
    for name, value in typed.body.items():
        mine: dict[str, list[str]] = {}
        for entry, single in _entries(value):
            if said := sentences({name: single}):
                mine[entry] = said
        if not mine and (said := sentences({name: value})):
            mine[""] = said
        if mine:
            found[name] = mine
    for name, entry, again in typed.twice:
        of_entry = found.setdefault(name, {}).setdefault(entry, [])
        of_entry.append(ours(_("'%(name)s' is typed twice; keep one", name=again)))
    return found


def sentences(document: Mapping[str, Any]) -> list[str]:
    """What the checks say of a document, without the name and line of a file that there is not."""
    try:
        checked(document, "mapping")
    except Refused as refused:
        return [each.split(": ", 2)[-1] for each in refused.problems]
    return []


def _entries(value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping):
        yield from ((name, {name: each}) for name, each in value.items())
    elif isinstance(value, list):
        yield from ((str(number), [each]) for number, each in enumerate(value))


def _filled(values: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in values.items() if value}


def _columns(form: Form, *names: str) -> Iterator[tuple[str, ...]]:
    """Inputs that stand in rows, row by row."""
    return zip(*([each.strip() for each in form.getlist(name)] for name in names), strict=False)


def _states(form: Form, prefix: str, field: str, twice: list[_Twice]) -> dict[str, str]:
    """Rows that were there, of which one without a state says nothing; then those added."""
    rows = _columns(form, f"{prefix}_name", f"{prefix}_state")
    found = {name: state for name, state in rows if name and state}
    for name, state in _columns(form, f"n{prefix}_name", f"n{prefix}_state"):
        if name:
            _add(found, name, state, field=field, twice=twice)
    return found


def _add(found: dict[str, Any], name: str, value: Any, *, field: str, twice: list[_Twice]) -> None:
    same = _same(found, name)
    if same in found:
        twice.append((field, same, name))
    else:
        found[name] = value


def _weights(form: Form, twice: list[_Twice]) -> dict[str, Any]:
    found: dict[str, Any] = _filled({each: form.get(f"w_{each}", "").strip() for each in STATES})
    for prefix in ("s", "ns"):
        for name, share in _columns(form, f"{prefix}_name", f"{prefix}_part"):
            if name and share:
                _add(found, name, share, field="weights", twice=twice)
    return found


def _types(form: Form, twice: list[_Twice]) -> dict[str, Any]:
    found: dict[str, Any] = {
        name: {"counts": counts}
        for name, counts in _columns(form, "t_name", "t_counts")
        if name and counts
    }
    for name, counts in _columns(form, "nt_name", "nt_counts"):
        if name:
            _add(found, name, {"counts": counts}, field="types", twice=twice)
    for prefix in ("o", "no"):
        names = (f"{prefix}_{each}" for each in ("type", "kind", "name", "state"))
        for kind, of, name, state in _columns(form, *names):
            if kind and name and (state or prefix == "no"):
                rule = found.setdefault(_same(found, kind), {})
                rule.setdefault(of, {})[name] = state
    return found


def _same(found: Mapping[str, Any], name: str) -> str:
    """The name as it is written already, where it is."""
    return next((each for each in found if fold(each) == fold(name)), name)


def _points(form: Form) -> list[Any] | None:
    if form.get("points_how") != "own":
        return None
    rows = [row for row in _columns(form, "p_place", "p_kind", "p_what") if row[1] and row[2]]
    order = sorted(enumerate(rows), key=lambda each: (_number(each[1][0]), each[0]))
    return [_point(kind, what) for _at, (_place, kind, what) in order]


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 5 else 9999


def _point(kind: str, what: str) -> Any:
    if kind != "sizes":
        return f"{kind}:{what}"
    pairs = (line.rpartition(":") for line in what.splitlines() if line.strip())
    found = ((name.strip(), size.strip()) for name, _colon, size in pairs)
    return {name or size: size if name else "" for name, size in found}


def _dropped(form: Form) -> list[str] | None:
    if form.get("dropped_how") != "own":
        return None
    more = (each.strip() for each in form.get("dropped_more", "").splitlines())
    given = [*form.getlist("dropped"), *(each for each in more if each)]
    return list({fold(each): each for each in given}.values())
