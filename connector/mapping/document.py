"""A field mapping as people write it: YAML in, a checked document out, and what it means.

The document is what is stored and versioned; ``as_words`` gives its meaning over the tracker's
defaults.
"""

from collections.abc import Callable, Mapping
from typing import Any, cast

from connector.errors import Refused
from connector.mapping.words import (
    FieldMapping,
    LabelPattern,
    LabelSizes,
    NumberField,
    PointSource,
    TypeRule,
    Words,
    fold,
)
from connector.plans import readers
from connector.plans.problems import Place, Problems, quoted
from connector.plans.tree import Node, Pairs, from_values, tree

DAYS = readers.DAYS
STATES = ("todo", "doing", "done", "dropped")
CATEGORIES = ("todo", "doing", "done", "unknown")

Reader = Callable[[Node, Place], Any]
_name = readers.text(200)
_state = readers.one_of(*STATES)


def read_mapping(text: str, name: str = "mapping") -> dict[str, Any]:
    """The document in a YAML text; raises ``Refused`` with all problems, one sentence each.

    A text with nothing in it is a mapping that changes nothing.
    """
    return _read(tree(text, name, start=None), name)


def checked(document: object, name: str = "mapping") -> dict[str, Any]:
    """A document given as values (a form, an API) by the same rules; raises ``Refused``."""
    if not isinstance(document, Mapping):
        raise Refused(f"{name}: a mapping is an object of names and values")
    return _read(from_values(document, name), name)


def _read(node: Node, name: str) -> dict[str, Any]:
    problems = Problems(name)
    document = _document(node, Place(problems, "mapping"), places=True)
    problems.refuse()
    return document


def as_words(
    document: Mapping[str, Any], *, dropped: frozenset[str], points: tuple[str, ...]
) -> FieldMapping:
    """What a checked document means over a tracker's default resolutions and point sources."""
    base: dict[str, Any] = {"dropped": sorted(dropped), "points": list(points)}
    whole = _over(base, {name: each for name, each in document.items() if name != "places"})
    places = {
        fold(place): _words(_over(whole, own)) for place, own in document.get("places", {}).items()
    }
    return FieldMapping(_words(whole), places)


def _over(base: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """One document laid over another: names, in any case, add up; lists replace."""
    merged = _folded(base)
    for name, value in _folded(own).items():
        held = merged.get(name)
        if isinstance(value, Mapping):
            merged[name] = _over(held if isinstance(held, Mapping) else {}, value)
        else:
            merged[name] = value
    return merged


def _words(document: Mapping[str, Any]) -> Words:
    """The words of a document whose names are folded."""
    days = document.get("working_days")
    return Words(
        points=tuple(_source(each) for each in document.get("points", ())),
        statuses=document.get("statuses", {}),
        categories=document.get("categories", {}),
        labels=document.get("labels", {}),
        boards=document.get("boards", {}),
        types={name: TypeRule(**rule) for name, rule in document.get("types", {}).items()},
        dropped=frozenset(map(fold, document.get("dropped", ()))),
        weights=document.get("weights", {}),
        working_days=None if days is None else frozenset(map(readers.DAYS.index, days)),
    )


def _folded(names: Mapping[str, Any]) -> dict[str, Any]:
    return {fold(name): value for name, value in names.items()}


def _source(written: str | Mapping[str, float]) -> PointSource:
    if isinstance(written, Mapping):
        return LabelSizes(_folded(written))
    kind, _, rest = written.partition(":")
    return NumberField(rest.strip()) if kind == "field" else LabelPattern(rest)


def _document(node: Node, place: Place, *, places: bool) -> dict[str, Any]:
    if readers.is_null(node):
        return {}
    names = (*_READERS, "places") if places else tuple(_READERS)
    given = readers.known_members(node, place, names, "a field mapping")
    found = {
        name: _READERS[name](value, place) for name, (_, value) in given.items() if name != "places"
    }
    if not places and "working_days" in given:
        whole = "working days hold for the whole connection: one key result may count many places"
        place.wrong(given["working_days"][0].line, f"{whole}; move them up")
    if "places" in given:
        found["places"] = {
            name: _document(value, Place(place.problems, f"places.{name}"), places=False)
            for name, value in _distinct(given["places"][1], place).items()
        }
    return found


def _distinct(node: Node, place: Place) -> dict[str, Node]:
    """The members of a mapping whose names differ in any case."""
    found: dict[str, Node] = {}
    folded: dict[str, str] = {}
    for key, value in readers.members(node, place).values():
        name = _name(key, place)
        if not name:
            continue
        same = folded.setdefault(fold(name), name)
        if same != name or name in found:
            place.wrong(key.line, f"{quoted(name)} and {quoted(same)} are the same; keep one")
        found[name] = value
    return found


def _names(reader: Reader, choices: tuple[str, ...] = ()) -> Reader:
    """A reader of ``name: value`` pairs."""

    def read(node: Node, place: Place) -> dict[str, Any]:
        found = _distinct(node, place)
        for name in found:
            if choices and name not in choices:
                asked = f"choose {', '.join(choices)}"
                place.wrong(found[name].line, f"{quoted(name)} is no category; {asked}")
        return {name: reader(value, place) for name, value in found.items()}

    return read


def _weight(node: Node, place: Place) -> float | None:
    value = readers.number(node, place)
    if value is not None and not 0 <= value <= 1:
        place.wrong(node.line, f"the weight {value:g} is out of place; give a number from 0 to 1")
    return value


def _type(node: Node, place: Place) -> dict[str, Any]:
    given = readers.known_members(node, place, tuple(_TYPE_READERS), "the rule of a type")
    return {name: _TYPE_READERS[name](value, place) for name, (_, value) in given.items()}


def _points(node: Node, place: Place) -> list[Any]:
    return [_point(each, place) for each in readers.items(node, place)]


def _point(node: Node, place: Place) -> str | dict[str, float] | None:
    if isinstance(node, Pairs):
        return cast("dict[str, float]", _names(_size)(node, place))
    found = _name(node, place)
    kind, _, rest = (found or "").partition(":")
    fits = kind == "field" and rest.strip()
    if found and not (fits or (kind == "label" and rest.count("*") == 1)):
        forms = "field:<id>, 'label:points: *' with one *, or {label: points}"
        place.wrong(node.line, f"{quoted(found)} does not say where points are; write {forms}")
    return found


def _size(node: Node, place: Place) -> float | None:
    value = readers.number(node, place)
    if value is not None and value < 0:
        place.wrong(node.line, f"the size {value:g} is negative; give 0 or more")
    return value


def _days(node: Node, place: Place) -> list[str]:
    return [readers.DAYS[each] for each in sorted(readers.working_days(node, place))]


def _listed(reader: Reader) -> Reader:
    return lambda node, place: list(readers.many(reader)(node, place) or ())


def _weights(node: Node, place: Place) -> Mapping[str, float]:
    found: Mapping[str, float] = _names(_weight)(node, place)
    if "dropped" in map(fold, found):
        place.wrong(node.line, "what is dropped has no weight; a link's dropped: says what of it")
    return found


_states: Reader = _names(_state)
_by_category: Reader = _names(_state, CATEGORIES)
_TYPE_READERS: Mapping[str, Reader] = {
    "counts": readers.one_of("item", "parent", "subtask", "never"),
    "statuses": _states,
    "categories": _by_category,
}
_READERS: Mapping[str, Reader] = {
    "points": _points,
    "statuses": _states,
    "categories": _by_category,
    "labels": _states,
    "boards": _states,
    "types": _names(_type),
    "dropped": _listed(_name),
    "weights": _weights,
    "working_days": _days,
}
