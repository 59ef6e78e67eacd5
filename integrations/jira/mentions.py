"""The key results an issue itself names: by a label ``okr-KR-1``, or by a line of its description
such as ``Key-Result: KR-1, KR-2``. Pure; any value is safe to pass."""

import re
from collections.abc import Iterable, Iterator

PREFIX = "okr-"
MOST = 20
"""Key results one issue can name."""
_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_LINE = re.compile(r"key[ \-_\u2010-\u2015]?results?\s*[:：]\s*(.+)", re.IGNORECASE)
# How a line may begin and be dressed up: lists, headings, tables, bold, colours and code.
_DRESS = re.compile(
    r"\{[a-z]+(?::[^{}\n]*)?\}|\{\{|\}\}"
    r"|^\s*(?:h[1-6]\.|bq\.|[*#\-•]+\s)|[*|`+]+|(?<![^\W_])_+|_+(?![^\W_])"
)
_LINK = re.compile(r"\[([^\]|\n]*)(?:\|[^\]\n]*)?\]")
_LONGEST = 100_000
_LINES = 5000
_NODES = 20_000
_BREAKING = frozenset({"hardBreak", "rule"})
_INLINE = frozenset({"text", "mention", "inlineCard", "emoji", "date", "status"})


def projects(option: str) -> tuple[str, ...]:
    """The keys of the projects whose issues may name key results, of the setting's text."""
    found = (part.strip().upper() for part in option.replace(";", ",").split(","))
    return tuple(sorted({part for part in found if part}))


def mentions(labels: Iterable[object], description: object) -> frozenset[str]:
    """The keys named, as they are written there; at most 20."""
    texts = (label for label in labels if isinstance(label, str))
    found = [each[len(PREFIX) :] for each in texts if each[: len(PREFIX)].casefold() == PREFIX]
    for line in _lines(description):
        found += _named(line)
    return frozenset(sorted(dict.fromkeys(each for each in found if _KEY.fullmatch(each)))[:MOST])


def _named(line: str) -> Iterator[str]:
    plain = _DRESS.sub(" ", _LINK.sub(r"\1", line)).strip()
    told = _LINE.fullmatch(plain)
    if told:
        yield from (part.rstrip(".") for part in re.split(r"[,;\s]+", told[1]) if part)


def _lines(description: object) -> Iterator[str]:
    if isinstance(description, str):
        yield from description[:_LONGEST].splitlines()[:_LINES]
    elif isinstance(description, dict):
        yield from "".join(_texts(description))[:_LONGEST].splitlines()[:_LINES]


def _texts(document: dict[str, object]) -> Iterator[str]:
    """The text of a document of Atlassian's format, each block on lines of its own."""
    waiting: list[object] = [document]
    for _ in range(_NODES):
        if not waiting:
            return
        node = waiting.pop()
        if isinstance(node, str):
            yield node
        elif isinstance(node, dict):
            inner, kind = node.get("content"), str(node.get("type"))
            yield from _own(node, kind)
            if kind not in _INLINE:
                waiting.append("\n")
            waiting += reversed(inner) if isinstance(inner, list) else []


def _own(node: dict[str, object], kind: str) -> Iterator[str]:
    """The text of a node itself."""
    attributes = node.get("attrs")
    told = node.get("text") if kind == "text" else None
    if kind in {"mention", "status"} and isinstance(attributes, dict):
        told = attributes.get("text")
    if kind in _BREAKING:
        told = "\n"
    if isinstance(told, str):
        yield told
