"""The marks around our lines in texts that people write: pure."""

import re

_AUTHOR = r"worklift-[0-9a-f]{32}"


def marks(marker: str) -> tuple[str, str]:
    """What stands before our lines, and after them; nobody sees it."""
    return f"<!-- {marker} -->", f"<!-- /{marker} -->"


def whole(marker: str) -> re.Pattern[str]:
    """Our lines with both marks and no further mark between them, and what sets them apart."""
    return _between(*map(re.escape, marks(marker)))


def by_people(text: str) -> str:
    """A text without the lines of any installation."""
    return _ANY.sub("", text)


def _between(begin: str, end: str) -> re.Pattern[str]:
    inner = f"(?:(?!{begin}|{end}).)*"
    return re.compile(f"(?:\r\n\r\n|\n\n)?(?P<block>{begin}{inner}{end})", re.DOTALL)


_ANY = _between(*marks(_AUTHOR))
