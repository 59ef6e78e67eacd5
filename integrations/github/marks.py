"""The marks around our lines in texts that people write: pure."""

import hashlib
import re
from dataclasses import dataclass

_SIGNED = re.compile(r"<!-- lines((?: [0-9a-f]{8})*) -->")
_SHAPE = re.compile(r"- (?:Serves \[.*\]\(.*\): .*|and \d+ more)")
"""What our lines look like; those of earlier versions were not signed."""
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

    def inner(self, block: str) -> str:
        """What stands between the marks of a block."""
        for begin in (self.begin, self.alone):
            block = block.removeprefix(begin)
        return block.removesuffix(self.end)

    def bare(self, text: str) -> str:
        """A text without marks that lost their other half."""
        for mark in (self.begin, self.alone, self.end):
            text = text.replace(mark, "")
        return text


def marks(marker: str) -> Marks:
    """The marks of an author."""
    return Marks(f"<!-- {marker} -->", f"<!-- {marker} alone -->", f"<!-- /{marker} -->")


def signed(lines: str) -> str:
    """What tells our lines from those that people write among them; nobody sees it."""
    return f"<!-- lines {' '.join(map(_digest, lines.splitlines()))} -->"


def theirs(inner: str) -> str:
    """What people wrote between our marks, or made of our lines; '' for nothing."""
    found = _SIGNED.search(inner)
    ours = set(found[1].split()) if found else set()
    lines = _SIGNED.sub("", inner).replace("\r\n", "\n").split("\n")
    left = [each for each in lines if not _is_ours(each, ours, signed=found is not None)]
    return "\n".join(left).strip("\n") if any(each.strip() for each in left) else ""


def _is_ours(line: str, ours: set[str], *, signed: bool) -> bool:
    return _digest(line) in ours if signed else _SHAPE.fullmatch(line.strip()) is not None


def _digest(line: str) -> str:
    return hashlib.sha256(line.strip().encode("utf-8", "surrogatepass")).hexdigest()[:8]


def by_people(text: str) -> str:
    """A text without the lines of any installation."""
    return _ANY.sub("", text)


def _between(begin: str, alone: str, end: str) -> re.Pattern[str]:
    inner = f"(?:(?!{begin}|{alone}|{end}).)*"
    apart = f"(?:(?:\r\n\r\n|\n\n)(?={begin}))?"
    return re.compile(f"{apart}(?P<block>(?:{begin}|{alone}){inner}{end})", re.DOTALL)


_ANY = _between(f"<!-- {_AUTHOR} -->", f"<!-- {_AUTHOR} alone -->", f"<!-- /{_AUTHOR} -->")
