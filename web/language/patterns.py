"""Sentences with values in them, found again by their pattern and told in another language."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Final

from babel.messages.catalog import Message

from web.language.catalogues import catalogue

CONTEXT: Final = "sentence"
"""Messages of this context are sentences of lower layers."""
PLACE: Final = re.compile(r"%\((\w+)\)s")
DIGITS: Final = "digits"
"""A placeholder of this name holds a number and nothing else."""
LONGEST: Final = 2000
_WORD: Final = re.compile(r"[^\W\d_]{2,}")


@dataclass(frozen=True)
class Pattern:
    """An English sentence with values, and how a language says it."""

    english: str
    meaning: str

    @property
    def literal(self) -> int:
        """How much of it are words of its own: the more, the surer a match."""
        return len(PLACE.sub("", self.english))

    @cached_property
    def anchor(self) -> str:
        """The longest piece that every sentence of this pattern holds, sought before all else."""
        return max(PLACE.sub("\0", self.english).split("\0"), key=len)

    @cached_property
    def form(self) -> re.Pattern[str]:
        """The regular expression of its sentences."""
        pieces = PLACE.split(self.english)
        made = [re.escape(pieces[0])]
        for name, piece in zip(pieces[1::2], pieces[2::2], strict=True):
            what = r"[\d.,]+" if name == DIGITS else ".*?"
            made += [f"(?P<{name}>{what})", re.escape(piece)]
        return re.compile("".join(made), re.DOTALL)

    def values(self, text: str) -> Mapping[str, str] | None:
        """What stands at its places, or None when this is another sentence."""
        found = self.form.fullmatch(text) if self.anchor in text else None
        if found is None:
            return None
        values = found.groupdict()
        several = any(". " in value for value in list(values.values())[:-1])
        return None if several else values


class Book:
    """All sentences of a language, indexed by their first word."""

    def __init__(self, pairs: Iterator[tuple[str, str]]) -> None:
        self.exact: dict[str, str] = {}
        by_word: dict[str, list[Pattern]] = defaultdict(list)
        for english, meaning in pairs:
            plain = bare(english)
            if PLACE.search(plain):
                by_word[_first(plain)].append(Pattern(plain, meaning.removesuffix(".")))
            else:
                self.exact.setdefault(plain, meaning.removesuffix("."))
        self._by_word = {
            word: tuple(sorted(found, key=lambda each: -each.literal))
            for word, found in by_word.items()
        }

    def holds(self, text: str) -> bool:
        """Whether it has this text, with a word of its own to know it by."""
        plain = bare(text)
        fitting = (each for each, _ in self.matches(plain) if _WORD.search(each.anchor))
        return plain in self.exact or next(fitting, None) is not None

    def matches(self, plain: str) -> Iterator[tuple[Pattern, Mapping[str, str]]]:
        """The patterns that a bare sentence fits, those with most words of their own first."""
        candidates = (*self._by_word.get(_first(plain), ()), *self._by_word.get("", ()))
        for each in sorted(candidates, key=lambda each: -each.literal):
            values = each.values(plain)
            if values is not None:
                yield each, values


def bare(text: str) -> str:
    """A sentence without what its place in a text gives it: a capital first, a full stop last."""
    text = text.strip().removesuffix(".")
    return f"{text[:1].lower()}{text[1:]}"


@cache
def book(language: str) -> Book:
    """The sentences of a language; read once."""
    return Book(
        (message.id, message.string)
        for message in catalogue(language)
        if message.context == CONTEXT
        and isinstance(message.id, str)
        and isinstance(message.string, str)
        and message.string
    )


@cache
def own(language: str) -> Book:
    """What a language itself says: texts that are in it already."""
    return Book(
        (string, string)
        for message in catalogue(language)
        for string in _strings(message)
        if message.id and string
    )


def _strings(message: Message) -> list[str]:
    held = message.string
    return list(held) if isinstance(held, tuple | list) else [str(held or "")]


def _first(plain: str) -> str:
    word = plain.partition(" ")[0]
    return "" if "%(" in word else word
