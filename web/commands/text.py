"""Lines for people: columns that stand under each other, amounts and changes in words."""

import unicodedata
from collections.abc import Iterable, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from web import words

WIDEST = 72
"""Characters of the first column; a longer text pushes its own line aside, not all others."""
GAP = "  "
Row = Sequence[str]


def columns(rows: Iterable[Row]) -> list[str]:
    """The first column to the left, numbers to the right, the last one as it is.

    A row of one text is a line of its own and widens nothing.
    """
    found = [tuple(row) for row in rows]
    widths: dict[int, int] = {}
    for row in found:
        for place, cell in enumerate(row[:-1]):
            most = WIDEST if place == 0 else 1000
            widths[place] = max(widths.get(place, 0), min(most, width(cell)))
    return [_line(row, widths) for row in found]


def _line(row: Row, widths: dict[int, int]) -> str:
    cells = []
    for place, cell in enumerate(row[:-1]):
        blanks = " " * (widths[place] - width(cell))
        cells.append(f"{cell}{blanks}" if place == 0 else f"{blanks}{cell}")
    return GAP.join([*cells, row[-1]]).rstrip()


def width(text: str) -> int:
    """How many places of a terminal a text takes."""
    wide = sum(unicodedata.east_asian_width(each) in "WF" for each in text)
    return len(text) + wide - sum(unicodedata.combining(each) > 0 for each in text)


def some(keys: Sequence[str], number: int) -> str:
    """The first of some keys, and how many more there are."""
    shown = list(keys[:5])
    more = [f"{number - len(shown)} more"] if number > len(shown) else []
    return ", ".join([*shown, *more])


def part(done: float, total: float) -> str:
    """How much of an amount is done."""
    return f"{words.number(done)} of {words.number(total)}"


def on(moment: datetime, zone: ZoneInfo) -> str:
    """A day and time of the organisation."""
    return moment.astimezone(zone).strftime("%Y-%m-%d %H:%M")
