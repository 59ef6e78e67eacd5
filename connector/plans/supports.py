"""What an objective supports, read: one key, or several with weights."""

from collections.abc import Mapping

from connector.plans import readers
from connector.plans.problems import Place, quoted
from connector.plans.tree import Items, Node, Pairs, Scalar

Supports = tuple[tuple[str, float], ...]
"""(key, weight) of each objective or key result supported, in order."""


def supports(node: Node, place: Place) -> Supports:
    """One key or ``{key: …, weight: …}``, or a list of them; the same key twice is refused."""
    found: dict[str, float] = {}
    for each in _each(node):
        key, weight = _support(each, place)
        if key is not None and key in found:
            place.wrong(each.line, f"{quoted(key)} is supported twice; keep one")
        elif key is not None:
            found[key] = weight
    return tuple(found.items())


def support_lines(node: Node) -> Mapping[str, int]:
    """The line of each key supported, by the name it has in ``Entry.lines``."""
    return {line_name(key.text): key.line for each in _each(node) if (key := _key_of(each))}


def line_name(key: str) -> str:
    """The name of one support in ``Entry.lines``."""
    return f"supports {key}"


def _each(node: Node) -> tuple[Node, ...]:
    return node.items if isinstance(node, Items) else (node,)


def _support(node: Node, place: Place) -> tuple[str | None, float]:
    if not isinstance(node, Pairs):
        return readers.key(node, place), 1.0
    given = readers.known_members(node, place, ("key", "weight"), "a support")
    if "key" not in given:
        place.wrong(node.line, "a support has no key; add one, as in {key: O-1, weight: 2}")
        return None, 1.0
    weight = readers.weight(given["weight"][1], place) if "weight" in given else 1.0
    return readers.key(given["key"][1], place), weight or 0.0


def _key_of(node: Node) -> Scalar | None:
    if isinstance(node, Pairs):
        node = next((value for name, value in node.pairs if name.text == "key"), node)
    return node if isinstance(node, Scalar) else None
