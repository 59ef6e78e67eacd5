"""Texts of GraphQL queries, read: fields with aliases, arguments and what is selected of them.

https://spec.graphql.org/October2021/ as far as queries that only read need it.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

_TOKEN = re.compile(r'\s*(?:#[^\n]*\s*)*("(?:[^"\\]|\\.)*"|\.\.\.|[{}()\[\]:$!@=|,]|-?[\w.]+)')


class Malformed(Exception):
    """A text that is no query."""


@dataclass(frozen=True)
class Variable:
    """A value that comes beside the query."""

    name: str


@dataclass
class Part:
    """A field (``name``, told as ``alias``), or a fragment for values of the type ``on``."""

    name: str = ""
    alias: str = ""
    on: str = ""
    arguments: dict[str, Any] = field(default_factory=dict)
    parts: list["Part"] = field(default_factory=list)


def parse(text: str) -> list[Part]:
    """What a query selects; raises ``Malformed``. Named fragments are not understood."""
    reader = _Reader(list(_tokens(text)))
    if reader.peek() == "query":
        while reader.peek() not in ("{", "("):
            reader.next()
        if reader.peek() == "(":
            reader.skip("(", ")")
    found = reader.parts()
    if reader.peek():
        raise Malformed(f"Expected one query, got {reader.peek()}")
    return found


def arguments(part: Part, variables: dict[str, Any]) -> dict[str, Any]:
    """The arguments of a field, with the variables' values."""
    return {name: _filled(value, variables) for name, value in part.arguments.items()}


def _filled(value: Any, variables: dict[str, Any]) -> Any:
    if isinstance(value, Variable):
        return variables.get(value.name)
    return [_filled(each, variables) for each in value] if isinstance(value, list) else value


def _tokens(text: str) -> Iterator[str]:
    at = 0
    text = text.rstrip()
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None:
            raise Malformed(f"Unexpected {text[at : at + 10]!r}")
        at = found.end()
        if found[1] != ",":
            yield found[1]


class _Reader:
    def __init__(self, tokens: list[str]) -> None:
        self._tokens, self._at = tokens, 0

    def peek(self) -> str:
        return self._tokens[self._at] if self._at < len(self._tokens) else ""

    def next(self) -> str:
        found = self.peek()
        if not found:
            raise Malformed("Unexpected end of document")
        self._at += 1
        return found

    def want(self, token: str) -> None:
        if self.next() != token:
            raise Malformed(f"Expected {token}")

    def skip(self, opening: str, closing: str) -> None:
        self.want(opening)
        depth = 1
        while depth:
            token = self.next()
            depth += (token == opening) - (token == closing)

    def parts(self) -> list[Part]:
        self.want("{")
        found = []
        while self.peek() != "}":
            found.append(self._fragment() if self.peek() == "..." else self._field())
        self.want("}")
        return found

    def _fragment(self) -> Part:
        self.want("...")
        self.want("on")
        return Part(on=self.next(), parts=self.parts())

    def _field(self) -> Part:
        name = alias = self.next()
        if self.peek() == ":":
            self.want(":")
            name = self.next()
        found = Part(name, alias)
        if self.peek() == "(":
            self.want("(")
            while self.peek() != ")":
                key = self.next()
                self.want(":")
                found.arguments[key] = self._value()
            self.want(")")
        if self.peek() == "{":
            found.parts = self.parts()
        return found

    def _value(self) -> Any:
        word = self.next()
        if word == "$":
            return Variable(self.next())
        if word == "[":
            found = []
            while self.peek() != "]":
                found.append(self._value())
            self.want("]")
            return found
        known = word.startswith('"') or word in ("true", "false", "null")
        if known or re.fullmatch(r"-?\d+(\.\d+)?", word):
            return json.loads(word)
        return word
