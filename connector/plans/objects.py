"""The objects of a plan file: nodes in, typed entries out."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from connector.plans import readers
from connector.plans.entries import Entry, Kind
from connector.plans.fields import ACCOUNT, FIELDS, Field
from connector.plans.problems import Place, Problems
from connector.plans.supports import support_lines
from connector.plans.tree import Node, Pairs, Scalar

SECTIONS: Mapping[str, Kind] = {
    "cycles": "cycle",
    "teams": "team",
    "people": "person",
    "objectives": "objective",
}
"""The lists of a plan file, in the order their objects are written."""

WORDS: Mapping[Kind, str] = {
    "scoring": "the scoring",
    "cycle": "a cycle",
    "team": "a team",
    "person": "a person",
    "objective": "an objective",
    "key_result": "a key result",
}
"""Each kind of object in a sentence."""

Members = dict[str, tuple[Scalar, Node]]


def entries(
    sections: Mapping[str, Node], problems: Problems, trackers: Collection[str]
) -> Iterator[Entry]:
    """The entries of all sections, by kind, then in the order of the file."""
    if "scoring" in sections and not readers.is_null(sections["scoring"]):
        yield _scoring(sections["scoring"], Place(problems, "scoring"))
    for section, kind in SECTIONS.items():
        node = sections.get(section)
        if node is None or readers.is_null(node):
            continue
        for number, each in enumerate(readers.items(node, Place(problems, section)), 1):
            place = Place(problems, f"{section}[{number}]")
            if kind == "objective":
                yield from _objective(each, place)
            else:
                yield _entry(kind, each, place, trackers if kind == "person" else ())


def entry(kind: Kind, node: Node, place: Place, trackers: Collection[str] = ()) -> Entry:
    """The entry of one object by itself, as a form gives it: without the cycle it lives in, and a
    key result without its objective."""
    if kind == "scoring":
        return _scoring(node, place)
    return _entry(kind, node, place, trackers if kind == "person" else ())


def _scoring(node: Node, place: Place) -> Entry:
    table = FIELDS["scoring"]
    given = readers.known_members(node, place, tuple(table), WORDS["scoring"])
    fields, lines = _fields(table, given, place)
    return Entry("scoring", "scoring", None, fields, node.line, lines)


def _objective(node: Node, place: Place) -> Iterator[Entry]:
    place = _named(node, place)
    given = _given("objective", node, place, ("cycle", "key_results"))
    key, cycle = _key("key", given, node, place), _key("cycle", given, node, place)
    fields, lines = _fields(FIELDS["objective"], given, place)
    if "supports" in given:
        lines |= support_lines(given["supports"][1])
    yield Entry("objective", key, cycle, fields, node.line, lines)
    nested = given["key_results"][1] if "key_results" in given else None
    if nested is None or readers.is_null(nested):
        return
    for number, each in enumerate(readers.items(nested, place), 1):
        inner = Place(place.problems, f"{place.key}.key_results[{number}]")
        yield _key_result(each, inner, cycle=cycle, objective=key)


def _key_result(node: Node, place: Place, *, cycle: str, objective: str) -> Entry:
    entry = _entry("key_result", node, place, ())
    fields = {"objective": objective, **entry.fields}
    return Entry("key_result", entry.key, cycle, fields, entry.line, entry.lines)


def _entry(kind: Kind, node: Node, place: Place, trackers: Collection[str]) -> Entry:
    place = _named(node, place)
    given = _given(kind, node, place, tuple(trackers))
    key = _key("key", given, node, place)
    accounts = {name: given.pop(name) for name in trackers if name in given}
    fields, lines = _fields(FIELDS[kind], given, place)
    if accounts:
        found, at = _fields(dict.fromkeys(accounts, ACCOUNT), accounts, place)
        fields, lines = {**fields, "accounts": found}, {**lines, **at}
    return Entry(kind, key, None, fields, node.line, lines)


def _named(node: Node, place: Place) -> Place:
    """The place under the object's own key, once that is one."""
    pairs = node.pairs if isinstance(node, Pairs) else ()
    found = next((value for name, value in pairs if name.text == "key"), None)
    valid = isinstance(found, Scalar) and readers.is_key(found.text)
    return Place(place.problems, found.text) if isinstance(found, Scalar) and valid else place


def _given(kind: Kind, node: Node, place: Place, more: tuple[str, ...]) -> Members:
    return readers.known_members(node, place, ("key", *more, *FIELDS[kind]), WORDS[kind])


def _key(name: str, given: Members, node: Node, place: Place) -> str:
    """A key the object cannot do without, or '' with a problem noted."""
    if name in given:
        return readers.key(given[name][1], place) or ""
    if isinstance(node, Pairs):
        place.wrong(node.line, f"{name!r} is missing; add it")
    return ""


def _fields(
    table: Mapping[str, Field], given: Members, place: Place
) -> tuple[dict[str, Any], dict[str, int]]:
    """The fields given, typed, and their lines; ``null`` restores a default where it may."""
    found: dict[str, Any] = {}
    for name, (_, node) in given.items():
        field = table.get(name)
        if field is not None:
            cleared = field.clears and readers.is_null(node)
            found[name] = field.default if cleared else field.read(node, place)
    return found, {name: key.line for name, (key, _) in given.items()}
