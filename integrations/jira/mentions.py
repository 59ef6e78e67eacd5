"""The key results an issue itself names: by a label ``okr-KR-1``, or by a line of its description
such as ``Key-Result: KR-1, KR-2``. Pure; any value is safe to pass."""

from collections.abc import Iterable, Iterator

from integrations.kit.mentions import kept, lines, named

PREFIX = "okr-"
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
        found += named(line)
    return kept(found)


def _lines(description: object) -> Iterator[str]:
    if isinstance(description, str):
        yield from lines(description)
    elif isinstance(description, dict):
        yield from lines("".join(_texts(description)))


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
