"""Sentences that lower layers made in English, told in the language of the page."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Final, NamedTuple, Self

from babel.dates import format_skeleton
from markupsafe import Markup

from web.language.catalogues import translations
from web.language.choosing import ENGLISH, current
from web.language.figures import figures, share
from web.language.patterns import DIGITS, LONGEST, PLACE, bare, book, own
from web.language.times import DAY_AND_YEAR

DEEPEST: Final = 4
_DAY: Final = re.compile(
    r"\d{1,2} (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4}", re.ASCII
)
_ENDS: Final = frozenset({"low", "high"})
_SHARE: Final = re.compile(r"[\d.,]*[ \N{NARROW NO-BREAK SPACE}]%")
_NEXT: Final = re.compile(r"(?<=[.!?])\s+(?=[A-Z\d“‘(])")


class Part(NamedTuple):
    """A stretch of what is told; ``known`` says that it is in the language of the page."""

    text: str
    known: bool


class Told(str):
    """What is told, of which a part stays English; its element says so to those who listen."""

    __slots__ = ("parts",)
    parts: tuple[Part, ...]

    def __new__(cls, parts: tuple[Part, ...]) -> Self:
        """Made of its parts."""
        made = super().__new__(cls, "".join(each.text for each in parts))
        made.parts = parts
        return made

    def __html__(self) -> Markup:
        english = Markup('<span lang="en">{}</span>')
        texts = (each.text if each.known else english.format(each.text) for each in self.parts)
        return Markup("").join(texts)

    def shaped(self, shape: Callable[[str], str]) -> "Told":
        """The same with its first letter and its end as ``shape`` makes them."""
        first, last = self.parts[0], self.parts[-1]
        end = shape(last.text)[len(last.text.strip()) :]
        made = [*self.parts]
        made[0] = first._replace(text=shape(first.text)[:1] + first.text[1:])
        made[-1] = made[-1]._replace(text=made[-1].text + end)
        return Told(tuple(made))


def told(text: object) -> str:
    """A sentence in the language of the page; what nobody knows stays English and says so."""
    english = "" if text is None else str(text)
    language = current()
    if language == ENGLISH or not english.strip() or isinstance(text, Told):
        return text if isinstance(text, Told) else english
    return Told(_parts(language, english))


def told_plainly(text: object) -> str:
    """The same as text alone, for attributes, which cannot say their language."""
    return "".join(told(text))


def knows(language: str, text: str) -> bool:
    """Whether a sentence can be told in a language from its first word to its last."""
    return all(each.known for each in _parts(language, text))


@lru_cache(4096)
def _parts(language: str, text: str) -> tuple[Part, ...]:
    whole = meaning(language, text)
    if whole is None and own(language).holds(text):
        whole = text
    if whole is not None:
        return (Part(whole, known=True),)
    sentences = _NEXT.split(text)
    if len(sentences) > 1:
        parts = [part for each in sentences for part in (*_parts(language, each), Part(" ", True))]
        return tuple(parts[:-1])
    head, colon, tail = text.partition(": ")
    after = meaning(language, tail) if colon else None
    if after is not None:  # a name before a sentence
        return (Part(f"{meaning(language, head) or head}: {after}", known=True),)
    field, blank, what = text.partition(" ")
    of_field = meaning(language, what) if blank else None
    if of_field is not None:  # ``state is not a whole number``
        return (Part(f"{field} {of_field}", known=True),)
    return (Part(text, known=False),)


@lru_cache(8192)
def meaning(language: str, text: str, depth: int = 0) -> str | None:
    """What a language says for one English sentence; None where it is not known."""
    inner = text.strip()
    if not inner or len(inner) > LONGEST or depth > DEEPEST:
        return None
    word = translations(language).gettext(inner)
    plain = bare(inner)
    found = word if word != inner else book(language).exact.get(plain)
    if found is None:
        found = _by_pattern(language, plain, depth)
    return None if found is None else _placed(text, inner, found)


def _by_pattern(language: str, plain: str, depth: int) -> str | None:
    pattern, values = next(book(language).matches(plain), (None, {}))
    if pattern is None:
        return None
    said = {name: _value(language, name, each, depth) for name, each in values.items()}
    return _filled(pattern.meaning, said)


def _value(language: str, name: str, value: str, depth: int) -> str:
    if name == DIGITS:
        return figures(value)
    if _DAY.fullmatch(value):
        day = datetime.strptime(value, "%d %b %Y").date()  # noqa: DTZ007
        return format_skeleton(DAY_AND_YEAR, day, locale=language)
    if _SHARE.fullmatch(value) or (name in _ENDS and value.replace(".", "").isdecimal()):
        return share(language, value)
    return meaning(language, value, depth + 1) or value


def _filled(pattern: str, values: Mapping[str, str]) -> str:
    return PLACE.sub(lambda place: values[place[1]], pattern)


def _placed(text: str, inner: str, found: str) -> str:
    """With the capital, the full stop and the blanks that the English had."""
    start = text[: len(text) - len(text.lstrip())]
    end = text[len(text.rstrip()) :]
    stop = "." if inner.endswith(".") and not found.endswith(".") else ""
    if inner[0].isupper():
        found = f"{found[:1].upper()}{found[1:]}"
    return f"{start}{found}{stop}{end}"
