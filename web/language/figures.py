"""Digits as a language writes them: its decimal sign and what parts thousands, by Babel."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from babel import Locale

from web.language.choosing import ENGLISH, current


def figures(text: str) -> str:
    """An English number such as ``1,234.5`` in the language of the page."""
    language = current()
    return text if language == ENGLISH else text.translate(_signs(language))


def counted(variables: Mapping[str, Any]) -> dict[str, Any]:
    """The values of a message: bare numbers become text people read."""
    return {name: _figure(value) for name, value in variables.items()}


def percent_gap(language: str) -> str:
    """What stands between a number and its per cent sign, in a language other than English."""
    before = str(Locale.parse(language).percent_formats[None].pattern).partition("%")[0]
    return before[len(before.rstrip("\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}")) :]


def share(language: str, text: str) -> str:
    """A number of an English sentence, with its per cent sign where it has one."""
    number = text.rstrip("%").rstrip(" \N{NARROW NO-BREAK SPACE}").translate(_signs(language))
    return f"{number}{percent_gap(language)}%" if text.endswith("%") else number


def _figure(value: object) -> object:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    return figures(f"{value:,}")


@cache
def _signs(language: str) -> dict[int, str]:
    symbols = Locale.parse(language).number_symbols["latn"]
    return str.maketrans({".": symbols["decimal"], ",": symbols["group"]})
