"""YAML text as a tree of plain texts with line numbers; nothing is typed by its looks.

Built from the parser's events, not its nodes: nesting is bounded before anything recurses, and
aliases, which can blow a small file up to any size, never come in.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NoReturn

import yaml

from connector.errors import Refused
from connector.plans.problems import quoted

MAX_BYTES = 5_000_000
"""The largest plan file read; 10,000 key results take about half of it."""
_MAX_DEPTH = 20
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Scalar:
    """A single text; ``plain`` when it is not in quotes."""

    text: str
    plain: bool
    line: int


@dataclass(frozen=True, slots=True)
class Items:
    """A list."""

    items: tuple["Node", ...]
    line: int


@dataclass(frozen=True, slots=True)
class Pairs:
    """A mapping as written: keys may be doubled."""

    pairs: tuple[tuple[Scalar, "Node"], ...]
    line: int


Node = Scalar | Items | Pairs


@dataclass(slots=True)
class _Open:
    mapping: bool
    line: int
    children: list[Node] = field(default_factory=list)


def tree(text: str, name: str, *, start: str | None = "a plan starts with 'worklift: 1'") -> Node:
    """The only document of the text; raises ``Refused`` with the line where it is not readable.

    ``start`` says what a file with nothing in it should begin with; None takes one for ``null``.
    """
    if len(text) > MAX_BYTES or len(_encoded(text, name)) > MAX_BYTES:
        raise Refused(f"{name}:1: file: is larger than 5 MB; split it into several plans")
    try:
        return _Builder(name, start).build(text)
    except yaml.MarkedYAMLError as problem:
        mark = problem.problem_mark or problem.context_mark
        line = mark.line + 1 if mark else 1
        what = ", ".join(each for each in (problem.context, problem.problem) if each)
        raise Refused(
            f"{name}:{line}: file: is not valid YAML ({what}); correct it here or just above"
        ) from problem
    except yaml.YAMLError as problem:
        line = text[: getattr(problem, "position", 0) or 0].count("\n") + 1
        raise Refused(
            f"{name}:{line}: file: holds a character YAML does not allow; remove it"
        ) from problem


def from_values(value: object, name: str, depth: int = 0) -> Node:
    """The tree of plain values (texts, numbers, lists, objects), as if each stood on line 1."""
    if depth > _MAX_DEPTH:
        raise Refused(
            f"{name}:1: file: is nested deeper than {_MAX_DEPTH} levels; no file needs that"
        )
    match value:
        case str():
            return Scalar(value, plain=False, line=1)
        case None:
            return Scalar("null", plain=True, line=1)
        case bool():
            return Scalar(str(value).lower(), plain=True, line=1)
        case int() | float():
            return Scalar(repr(value), plain=True, line=1)
        case list() | tuple():
            return Items(tuple(from_values(each, name, depth + 1) for each in value), 1)
        case Mapping():
            pairs = [
                (Scalar(str(key), plain=False, line=1), from_values(each, name, depth + 1))
                for key, each in value.items()
            ]
            return Pairs(tuple(pairs), 1)
    raise Refused(
        f"{name}:1: file: holds {type(value).__name__}; give texts, numbers, lists, objects"
    )


def _encoded(text: str, name: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError as problem:
        line = text[: problem.start].count("\n") + 1
        raise Refused(f"{name}:{line}: file: is not UTF-8; save it as UTF-8") from problem


class _Builder:
    """Puts events together, from the inside out."""

    def __init__(self, name: str, start: str | None) -> None:
        self._name, self._start = name, start
        self._open = [_Open(mapping=False, line=1)]

    def build(self, text: str) -> Node:
        documents = self._open[0].children
        for event in yaml.parse(text, Loader=_LOADER):
            self._take(event, event.start_mark.line + 1 if event.start_mark else 1)
            if len(documents) > 1:
                self._refuse(documents[1].line, "has several documents; keep one (no '---')")
        if not documents and self._start is None:
            return Scalar("", plain=True, line=1)
        if not documents:
            self._refuse(1, f"is empty; {self._start}")
        return documents[0]

    def _take(self, event: yaml.Event, line: int) -> None:
        if isinstance(event, yaml.NodeEvent):
            self._no_sharing(event, line)
        if isinstance(event, yaml.ScalarEvent):
            plain = event.implicit[0]
            self._open[-1].children.append(Scalar(event.value, plain, line))
        elif isinstance(event, yaml.CollectionStartEvent):
            if len(self._open) > _MAX_DEPTH:
                self._refuse(line, f"is nested deeper than {_MAX_DEPTH} levels; no file needs that")
            self._open.append(_Open(isinstance(event, yaml.MappingStartEvent), line))
        elif isinstance(event, yaml.CollectionEndEvent):
            closed = self._open.pop()
            self._open[-1].children.append(self._closed(closed))

    def _no_sharing(self, event: yaml.NodeEvent, line: int) -> None:
        if event.anchor is not None:
            self._refuse(line, f"uses the anchor or alias {event.anchor!r}; write the value out")
        tag = getattr(event, "tag", None)
        if tag is not None:
            self._refuse(line, f"uses the tag {quoted(tag)}; remove it")

    def _closed(self, closed: _Open) -> Node:
        if not closed.mapping:
            return Items(tuple(closed.children), closed.line)
        pairs = []
        for key, value in zip(closed.children[::2], closed.children[1::2], strict=True):
            if not isinstance(key, Scalar):
                self._refuse(key.line, "has a list or mapping as a key; keys are single words")
            pairs.append((key, value))
        return Pairs(tuple(pairs), closed.line)

    def _refuse(self, line: int, sentence: str) -> NoReturn:
        raise Refused(f"{self._name}:{line}: file: {sentence}")
