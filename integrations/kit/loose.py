"""Small answers read with care: what is not of the shape expected counts as nothing."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

Json = Mapping[str, Any]


def objects(values: object) -> list[Json]:
    """The objects of a list; anything else is left out."""
    return [each for each in values if isinstance(each, dict)] if isinstance(values, list) else []


def text(values: Json, name: str) -> str:
    """A text or number of an object as text, '' for anything else."""
    value = values.get(name)
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return value if isinstance(value, str) else ""


def within(values: Json, name: str) -> Json:
    """An object of an object; an empty one for anything else."""
    value = values.get(name)
    return value if isinstance(value, dict) else {}


def words_of(asked: str) -> list[str]:
    """The words to search by; signs mean something to searches and are left out."""
    return re.findall(r"\w+", asked)[:6]


def fitting(words: Sequence[str], *names: str) -> bool:
    """Whether each word begins a word of the names, or lies within them."""
    whole = " ".join(names).casefold()
    return all(word.casefold() in whole for word in words)
