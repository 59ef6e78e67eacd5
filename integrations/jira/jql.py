"""JQL as text: quoting, checking what people wrote, and putting conditions together."""

import re
from collections.abc import Iterator

from connector.errors import Refused

_LONGEST = 5000
_ORDER = re.compile(r"\border\s+by\b", re.IGNORECASE)


def quote(text: str) -> str:
    """A JQL string."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def normal(query: str) -> str:
    """A person's query on one line without ``ORDER BY``; raises ``Refused`` if it is no query."""
    if len(query) > _LONGEST:
        raise Refused(f"the JQL query is longer than {_LONGEST} characters; save it as a filter")
    bare = _blanked(query)
    order = _ORDER.search(bare)
    kept = query[: order.start()] if order else query
    _refuse_open(bare[: len(kept)], query)
    found = _one_line(kept).strip()
    if not found:
        raise Refused("a JQL query needs a condition, such as project = PLAT AND type = Bug")
    return found


def _one_line(text: str) -> str:
    return text.replace("\r", " ").replace("\n", " ").replace("\t", " ")


def _refuse_open(bare: str, query: str) -> None:
    depth = 0
    for char in bare:
        depth += {"(": 1, ")": -1}.get(char, 0)
        if depth < 0:
            break
    if depth or '"' in bare or "'" in bare:
        raise Refused(f"the JQL query has a quote or bracket without its partner: {query[:200]}")


def _blanked(query: str) -> str:
    """The query with every quoted text blanked out, of equal length; an open quote stays."""
    return "".join(_spans(query))


def _spans(query: str) -> Iterator[str]:
    at = 0
    while at < len(query):
        char = query[at]
        end = _closing(query, at) if char in "\"'" else None
        yield char if end is None else "." * (end - at)
        at = at + 1 if end is None else end


def _closing(query: str, at: int) -> int | None:
    mark, at = query[at], at + 1
    while at < len(query):
        if query[at] == "\\":
            at += 1
        elif query[at] == mark:
            return at + 1
        at += 1
    return None
