"""The key results that a text names by a line such as ``Key-Result: KR-1, KR-2``. Pure; any text is
safe to pass."""

import re
from collections.abc import Iterable, Iterator

MOST = 20
"""Key results one thing can name."""
_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_LINE = re.compile(r"key[ \-_\u2010-\u2015]?results?\s*[:：]\s*(.+)", re.IGNORECASE)
# How a line may begin and be dressed up: lists, headings, tables, bold, colours and code.
_DRESS = re.compile(
    r"\{[a-z]+(?::[^{}\n]*)?\}|\{\{|\}\}"
    r"|^\s*(?:h[1-6]\.|bq\.|[*#\-•]+\s)|[*|`+]+|(?<![^\W_])_+|_+(?![^\W_])"
)
_LINK = re.compile(r"\[([^\[\]|\n]{0,200})(?:\|[^\[\]\n]{0,2000})?\]")
_END = re.compile(r"\r\n|\r|\n")
"""What ends a line where trackers show it; ``str.splitlines`` knows more ends than they do."""
_LONGEST = 100_000
_LINES = 5000


def is_key(text: str) -> bool:
    """Whether a text can be the key of a key result."""
    return _KEY.fullmatch(text) is not None


def lines(text: str) -> list[str]:
    """The lines of a text, of a very long one the first."""
    return _END.split(text[:_LONGEST], _LINES)[:_LINES]


def named(line: str) -> Iterator[str]:
    """What a line names, as it is written there."""
    plain = _DRESS.sub(" ", _LINK.sub(r"\1", line)).strip()
    told = _LINE.fullmatch(plain)
    if told:
        yield from keys_of(told[1])


def keys_of(text: str) -> Iterator[str]:
    """The parts of a list of keys, whatever separates them."""
    yield from (part.rstrip(".") for part in re.split(r"[,;\s]+", text) if part)


def kept(found: Iterable[str]) -> frozenset[str]:
    """Those that can be keys, at most 20."""
    return frozenset(sorted(dict.fromkeys(filter(is_key, found)))[:MOST])
