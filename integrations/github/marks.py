"""The marks around our lines in texts that people write: pure."""

import re
from dataclasses import dataclass

_AUTHOR = r"worklift-[0-9a-f]{32}"


@dataclass(frozen=True, slots=True)
class Marks:
    """What stands before our lines, and after them; nobody sees it.

    ``alone`` stands before them where there was no other text: an empty line before it, unlike one
    before ``begin``, is not ours.
    """

    begin: str
    alone: str
    end: str

    @property
    def whole(self) -> re.Pattern[str]:
        """Our lines with both marks and no further mark between them, and our empty line."""
        begin, alone, end = map(re.escape, (self.begin, self.alone, self.end))
        return _between(begin, alone, end)

    def bare(self, text: str) -> str:
        """A text without marks that lost their other half."""
        for mark in (self.begin, self.alone, self.end):
            text = text.replace(mark, "")
        return text


def marks(marker: str) -> Marks:
    """The marks of an author."""
    return Marks(f"<!-- {marker} -->", f"<!-- {marker} alone -->", f"<!-- /{marker} -->")


def by_people(text: str) -> str:
    """A text without the lines of any installation."""
    return _ANY.sub("", text)


def _between(begin: str, alone: str, end: str) -> re.Pattern[str]:
    inner = f"(?:(?!{begin}|{alone}|{end}).)*"
    apart = f"(?:(?:\r\n\r\n|\n\n)(?={begin}))?"
    return re.compile(f"{apart}(?P<block>(?:{begin}|{alone}){inner}{end})", re.DOTALL)


_ANY = _between(f"<!-- {_AUTHOR} -->", f"<!-- {_AUTHOR} alone -->", f"<!-- /{_AUTHOR} -->")
