"""The forms by which people speak of a key result: read, each problem at its field."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from werkzeug.datastructures import MultiDict

from connector.errors import Refused
from sync.said import Word
from web.language import _
from web.language.figures import figures

_GROUPED = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_COMMA = re.compile(r"[+-]?\d+,\d{1,2}")
_FIELDS = frozenset("value confidence note blockers confirm reason until".split())


@dataclass(frozen=True, slots=True)
class Typed:
    """A form as it was typed; ``problems`` by field, "form" is the form as a whole."""

    texts: Mapping[str, str] = field(default_factory=dict)
    problems: Mapping[str, str] = field(default_factory=dict)

    def __getitem__(self, name: str) -> str:
        """What was typed into a field."""
        return self.texts.get(name, "")


NOTHING = Typed()


def word(form: MultiDict[str, str], unit: str) -> tuple[Typed, Word]:
    """A check-in as it was typed; it holds only where there are no problems."""
    texts = _texts(form, "value", "confidence", "note", "blockers", "confirm")
    problems: dict[str, str] = {}
    given = Word(
        value=_number(texts["value"], unit, problems) if texts["value"] else None,
        confidence=_confidence(texts["confidence"], problems),
        note=texts["note"],
        blockers=texts["blockers"],
        confirms=bool(texts["confirm"]),
    )
    return Typed(texts, problems), given


@dataclass(frozen=True, slots=True)
class Instead:
    """An override as it was typed; ``until`` None lasts until the next check-in."""

    value: float = 0.0
    reason: str = ""
    until: date | None = None


def instead(form: MultiDict[str, str], unit: str) -> tuple[Typed, Instead]:
    """An override as it was typed; it holds only where there are no problems."""
    texts = _texts(form, "value", "reason", "lasts", "until")
    problems: dict[str, str] = {}
    value = _number(texts["value"], unit, problems)
    if not texts["reason"]:
        problems["reason"] = _("Say why, so that others can follow.")
    until = _day(texts["until"], problems) if texts["lasts"] == "until" else None
    return Typed(texts, problems), Instead(value or 0.0, texts["reason"], until)


def refused(typed: Typed, problem: Refused) -> Typed:
    """The form with what saving refuses: its sentences begin with the name of their field."""
    found = dict(typed.problems)
    for sentence in problem.problems:
        name, colon, rest = sentence.partition(": ")
        at = name if colon and name in _FIELDS else "form"
        found[at] = rest if at == name else sentence
    return Typed(typed.texts, found)


def _texts(form: MultiDict[str, str], *names: str) -> dict[str, str]:
    return {name: form.get(name, "").strip() for name in names}


def _number(text: str, unit: str, problems: dict[str, str]) -> float | None:
    """A number as people write it in the language of the page; the unit may follow."""
    try:
        return float(_plain(text, unit))
    except ValueError:
        problems["value"] = (
            _("%(typed)s is not a number; write one such as 12.5.", typed=f"“{text}”")
            if text
            else _("Give a number such as 12.5.")
        )
        return None


def _plain(text: str, unit: str) -> str:
    """The same as programs write it: no unit, no spaces, a point before the decimals."""
    bare = "".join(text.split()).removesuffix("".join(unit.split()) or "%").removesuffix("%")
    bare = bare.replace("\N{MINUS SIGN}", "-")
    point, group = figures("."), figures(",")
    told = bare.translate({ord(point): ".", ord(group): ","}) if point != "." else bare
    if _GROUPED.fullmatch(told):
        return told.replace(",", "")
    return bare.replace(",", ".") if _COMMA.fullmatch(bare) else bare


def _confidence(text: str, problems: dict[str, str]) -> int | None:
    if not text:
        return None
    if text.isascii() and text.isdigit() and 1 <= int(text) <= 10:
        return int(text)
    problems["confidence"] = _("Choose 1 (low) to 10 (high), or leave it out.")
    return None


def _day(text: str, problems: dict[str, str]) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        problems["until"] = _("Write a day such as 2026-11-30.")
        return None
