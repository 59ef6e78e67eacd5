"""Conditions on an item's fields, judged by what the mirror holds: its tags and numbers.

A field's value is a tag, ``value:<place>/<field>=<name>``; an iteration one of five parts,
``span:<place>/<field>=<start>/<end>/<start of the one before>/<end of the one after>/<title>``
(days, the neighbours' empty at the ends); a date ``day:<place>/<field>=<day>``. Numbers are in
``numbers`` under ``project:<place>/<field>``. Fields are compared as ``plain``, values folded.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

Side = float | date
"""An end of a range: of numbers, or of days."""


@dataclass(frozen=True, slots=True)
class Named:
    """The value of that name (an option, a text, the title of an iteration) or number."""

    name: str


@dataclass(frozen=True, slots=True)
class Around:
    """The iteration that is under way (0), the next one (1) or the last one that ended (-1)."""

    offset: int


@dataclass(frozen=True, slots=True)
class Between:
    """A number or day between two ends, which may be open; ``strict`` leaves the ends out."""

    low: Side | None
    high: Side | None
    strict: bool = False

    def holds(self, value: Side) -> bool:
        """Whether a value of the same kind lies in it."""
        above = self.low is None or _ordered(self.low, value, strict=self.strict)
        return above and (self.high is None or _ordered(value, self.high, strict=self.strict))


@dataclass(frozen=True, slots=True)
class Empty:
    """No value at all."""


Wanted = Named | Around | Between | Empty


@dataclass(frozen=True, slots=True)
class Condition:
    """What a field is to hold: any of ``wanted``; where ``negated``, none of them.

    ``words`` are the tags' beginnings of the field's named values, iterations and days, and
    ``number`` the plain name of its number.
    """

    words: tuple[str, ...]
    number: str
    wanted: tuple[Wanted, ...]
    negated: bool = False

    @property
    def follows_days(self) -> bool:
        """Whether it may hold tomorrow of what it does not hold of today."""
        return any(isinstance(each, Around) for each in self.wanted)

    def holds(self, tags: Collection[str], numbers: Mapping[str, float], day: date) -> bool:
        """Whether an item with these tags and numbers meets it on a day."""
        shown = [tag for tag in tags if tag.startswith(self.words)]
        sizes = [size for name, size in numbers.items() if plain(name) == self.number]
        found = any(_meets(each, self._values(shown), sizes, day) for each in self.wanted)
        return found != self.negated

    def _values(self, tags: Collection[str]) -> list[tuple[str, str]]:
        """Kind and value of each of the field's tags."""
        return [
            (tag.partition(":")[0], tag.removeprefix(head))
            for tag in tags
            for head in self.words
            if tag.startswith(head)
        ]


def plain(name: str) -> str:
    """A field's name as it is compared: case does not matter, nor spaces from hyphens."""
    return "-".join(name.casefold().split())


def span(start: date, end: date, before: date | None, after: date | None, title: str) -> str:
    """What follows ``=`` in the tag of an iteration; ``end`` is its last day."""
    days = (each.isoformat() if each else "" for each in (start, end, before, after))
    return "/".join((*days, title.strip().casefold()))


def _meets(
    wanted: Wanted, values: Collection[tuple[str, str]], sizes: Collection[float], day: date
) -> bool:
    match wanted:
        case Empty():
            return not values and not sizes
        case Named(name):
            return any(_named(*each) == name for each in values) or _number(name) in sizes
        case Around(offset):
            return any(kind == "span" and _around(value, offset, day) for kind, value in values)
        case Between():
            days = [date.fromisoformat(value) for kind, value in values if kind == "day"]
            return any(map(wanted.holds, days)) or any(map(wanted.holds, sizes))


def _named(kind: str, value: str) -> str:
    return value.split("/", 4)[-1] if kind == "span" else value


def _number(name: str) -> float | None:
    try:
        return float(name)
    except ValueError:
        return None


def _around(value: str, offset: int, day: date) -> bool:
    """Whether an iteration is the current, next or last one on a day."""
    start, end, before, after = (
        date.fromisoformat(each) if each else None for each in value.split("/", 4)[:4]
    )
    if start is None or end is None:
        return False
    if offset > 0:
        return day < start and (before is None or before <= day)
    if offset < 0:
        return end < day and (after is None or day <= after)
    return start <= day <= end


def _ordered(one: Side, other: Side, *, strict: bool) -> bool:
    """Whether one comes before the other; a number and a day never do."""
    if isinstance(one, date) and isinstance(other, date):
        return one < other or (one == other and not strict)
    if isinstance(one, date) or isinstance(other, date):
        return False
    return one < other or (one == other and not strict)
