"""Readers of single values: the field says what type its text is, never the text itself.

A reader notes what is wrong at its place and returns None; a plan with problems never leaves.
"""

import math
import re
from collections.abc import Callable, Collection
from datetime import date
from itertools import pairwise
from typing import Any, TypeVar

from connector.plans.problems import Place, quoted
from connector.plans.tree import Items, Node, Pairs, Scalar

T = TypeVar("T")
Reader = Callable[[Node, Place], T | None]

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
"""The days of the week as they are written, Monday first."""

_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_EMAIL = re.compile(r"[^@\s<>,;]{1,64}@[^@\s<>,;]{1,189}")
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""Also what turns the direction of all that follows on a page."""
_NOTHING = {"", "~", "null", "Null", "NULL"}
_BOOLEANS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False}
_BOOLEANS |= {"FALSE": False}


def is_null(node: Node) -> bool:
    """Whether nothing was written, or ``null`` or ``~`` without quotes."""
    return isinstance(node, Scalar) and node.text in (_NOTHING if node.plain else {""})


def text(limit: int = 500) -> Reader[str]:
    """A reader of texts up to a length, surrounding blanks left out."""

    def read(node: Node, place: Place) -> str | None:
        found = _single(node, place, "a text")
        if found is None:
            return None
        found = found.strip()
        if len(found) > limit:
            place.wrong(node.line, f"{quoted(found)} is longer than {limit} characters; shorten it")
        elif _UNPRINTABLE.search(found):
            place.wrong(node.line, f"{quoted(found)} holds a control character; remove it")
        elif not any(each.isprintable() and not each.isspace() for each in found):
            place.wrong(node.line, "an empty text is of no use here; write one")
        return found

    return read


def key(node: Node, place: Place) -> str | None:
    """A key: what objects are called by."""
    found = _single(node, place, "a key")
    if found is None or is_key(found):
        return found
    rule = "keys have 1 to 64 letters, digits, '.', '_' or '-', the first a letter or digit"
    place.wrong(node.line, f"{quoted(found)} is not a key; {rule}")
    return None


def is_key(text: str) -> bool:
    """Whether objects can be called by this text."""
    return _KEY.fullmatch(text) is not None


def number(node: Node, place: Place) -> float | None:
    """A finite number; a thousand is 1000, never 1_000 or 1,000."""
    found = _single(node, place, "a number")
    if found is None:
        return None
    value = as_number(found)
    if value is None:
        place.wrong(node.line, f"{quoted(found)} is not a finite number; write one such as 12.5")
    return value


def as_number(text: str) -> float | None:
    """The finite number a text writes, or None."""
    value = float(text) if _NUMBER.fullmatch(text) else math.nan
    return value if math.isfinite(value) else None


def weight(node: Node, place: Place) -> float | None:
    """A weight: a finite number, not negative; 0 leaves out."""
    value = number(node, place)
    if value is not None and value < 0:
        place.wrong(node.line, f"the weight {value:g} is negative; give 0 to leave it out")
    return value


def boolean(node: Node, place: Place) -> bool | None:
    """A yes or no, as ``true`` or ``false``."""
    found = _single(node, place, "true or false")
    if found is not None and found not in _BOOLEANS:
        place.wrong(node.line, f"{quoted(found)} is neither true nor false; write one of them")
    return _BOOLEANS.get(found or "")


def boolean_or(word: str) -> Reader[Any]:
    """A reader of a yes or no, or of one word more."""

    def read(node: Node, place: Place) -> bool | str | None:
        if isinstance(node, Scalar) and node.text == word:
            return word
        found = _single(node, place, f"true, false or {word}")
        if found is not None and found not in _BOOLEANS:
            place.wrong(node.line, f"{quoted(found)} is not possible; choose true, false, {word}")
        return _BOOLEANS.get(found or "")

    return read


def typed_value(node: Node, place: Place) -> float | bool | None:
    """The value of a key result: a number, or true or false where it is done or not."""
    if isinstance(node, Scalar) and node.text in _BOOLEANS:
        return _BOOLEANS[node.text]
    return number(node, place)


def whole(least: int, most: int) -> Reader[int]:
    """A reader of whole numbers within limits."""

    def read(node: Node, place: Place) -> int | None:
        found = _single(node, place, "a whole number")
        if found is None:
            return None
        if re.fullmatch(r"[0-9]{1,9}", found) and least <= int(found) <= most:
            return int(found)
        asked = f"write a whole number from {least} to {most}"
        place.wrong(node.line, f"{quoted(found)} is out of place; {asked}")
        return None

    return read


def day(node: Node, place: Place) -> date | None:
    """A date written as 2026-10-01."""
    found = _single(node, place, "a date")
    if found is None:
        return None
    try:
        value = date.fromisoformat(found) if _DAY.fullmatch(found) else None
    except ValueError:
        value = None
    if value is None or not 1970 <= value.year < 3000:
        place.wrong(node.line, f"{quoted(found)} is not a date; write it as 2026-10-01")
    return value


def holidays(node: Node, place: Place) -> frozenset[date]:
    """A list of dates."""
    return frozenset(many(day)(node, place) or ())


def working_days(node: Node, place: Place) -> frozenset[int]:
    """A list of days of the week, at least one; 0 is Monday."""
    found = many(one_of(*DAYS))(node, place) or ()
    if isinstance(node, Items) and not found:
        place.wrong(node.line, "at least one day is worked; name days such as [mon, tue]")
    return frozenset(DAYS.index(each) for each in found if each in DAYS)


def steps(node: Node, place: Place) -> tuple[tuple[date, float], ...]:
    """Values by the day on which they are expected, ``{2026-11-01: 30}``, earliest first."""
    found = []
    for name, value in members(node, place).values():
        on, aim = day(name, place), number(value, place)
        if on is not None and aim is not None:
            found.append((on, aim))
    for (one, _), (other, _) in pairwise(found):
        if other <= one:
            place.wrong(node.line, f"the step of {other} stands after that of {one}; order them")
    return tuple(found)


def email(node: Node, place: Place) -> str | None:
    """An e-mail address, in lower case."""
    found = _single(node, place, "an e-mail address")
    if found is None:
        return None
    if not _EMAIL.fullmatch(found.strip()) or _UNPRINTABLE.search(found):
        wrong = f"{quoted(found)} is not an e-mail address; write one such as lead@example.com"
        place.wrong(node.line, wrong)
    return found.strip().lower()


def one_of(*choices: str) -> Reader[Any]:
    """A reader of one of some words."""

    def read(node: Node, place: Place) -> str | None:
        found = _single(node, place, f"one of {', '.join(choices)}")
        if found is not None and found not in choices:
            hint = place.nearest(found, choices)
            wrong = f"{quoted(found)} is not possible; choose {', '.join(choices)}{hint}"
            place.wrong(node.line, wrong)
        return found

    return read


def many(reader: Reader[Any]) -> Reader[tuple[Any, ...]]:
    """A reader of lists of what another reader reads, each kept once."""

    def read(node: Node, place: Place) -> tuple[Any, ...]:
        return tuple(dict.fromkeys(reader(each, place) for each in items(node, place)))

    return read


def limits(node: Node, place: Place) -> tuple[float, float] | None:
    """Two numbers, ``[lowest, highest]``."""
    numbers = [number(each, place) for each in items(node, place)]
    if len(numbers) != 2:
        place.wrong(node.line, "limits are two numbers; write [lowest, highest]")
        return None
    low, high = numbers
    return None if low is None or high is None else (low, high)


def items(node: Node, place: Place) -> tuple[Node, ...]:
    """The members of a list; an empty one is written ``[]``."""
    if isinstance(node, Items):
        return node.items
    place.wrong(node.line, "a list is expected; write [ ] around it, or '-' before each member")
    return ()


def members(node: Node, place: Place) -> dict[str, tuple[Scalar, Node]]:
    """The members of a mapping by name, doubled ones refused."""
    if not isinstance(node, Pairs):
        place.wrong(node.line, "'name: value' pairs are expected here; write them as such")
        return {}
    found: dict[str, tuple[Scalar, Node]] = {}
    for name, value in node.pairs:
        if name.text in found:
            first = found[name.text][0].line
            wrong = f"{quoted(name.text)} is given twice, first on line {first}; keep one"
            place.wrong(name.line, wrong)
        else:
            found[name.text] = (name, value)
    return found


def known_members(
    node: Node, place: Place, names: Collection[str], what: str
) -> dict[str, tuple[Scalar, Node]]:
    """The members of a mapping that may hold only these names; others are refused."""
    found = members(node, place)
    for name in [each for each in found if each not in names]:
        line = found.pop(name)[0].line
        fix = place.nearest(name, names) or f"; possible are {', '.join(names)}"
        place.wrong(line, f"{quoted(name)} is not known in {what}{fix}")
    return found


def _single(node: Node, place: Place, wanted: str) -> str | None:
    if isinstance(node, Scalar):
        return node.text
    written = "a list" if isinstance(node, Items) else "a mapping"
    place.wrong(node.line, f"{wanted} is expected, not {written}; write a single value")
    return None
