"""GitHub's OpenAPI documents as a judge of answers, of requests, and of webhooks."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import pytest
from jsonschema import Draft4Validator

from integrations.simulators.traffic import Call
from tests.simulators import described, documents

PREFIX = re.compile(r"^/api/v3(?=/)")
MISTAKEN = ["Simple User", "Enterprise"]
"""One place of the document asks an account to be both; everywhere else it is either."""
BY_ID = re.compile(r"^/repositories/\d+")


@dataclass
class Document:
    """One of GitHub's documents."""

    whole: dict[str, Any]
    patterns: dict[str, re.Pattern[str]] = field(default_factory=dict)

    def template(self, path: str, method: str) -> str | None:
        """The documented path a called one fits; one without placeholders goes first."""
        fits = [
            known for known, operations in self.whole["paths"].items()
            if method.lower() in operations and self._pattern(known).fullmatch(path)
        ]  # fmt: skip
        return min(fits, key=lambda known: known.count("{"), default=None)

    def answer_problems(self, path: str, method: str, status: int, value: Any) -> list[str]:
        """What of an answer the document does not tell."""
        known = self.template(plain(path), method)
        if known is None:
            return ["no such method at this path"]
        answers = self.whole["paths"][known][method.lower()]["responses"]
        if str(status) not in answers:
            return [f"{status} is no answer of {known}"]
        content = self._resolved(answers[str(status)]).get("content", {})
        schema = content.get("application/json", {}).get("schema")
        if schema is None:
            return [] if value is None else [f"{status} of {known} has no body"]
        return self.problems(schema, value)

    def problems(self, schema: dict[str, Any], value: Any) -> list[str]:
        """What is wrong with a value."""
        whole = {"components": self.whole["components"], "allOf": [schema]}
        return [f"{'/'.join(map(str, error.absolute_path))}: {_deepest(error)}"
                for error in Draft4Validator(whole).iter_errors(value)]  # fmt: skip

    def request_problems(self, call: Call) -> list[str]:
        """What of a request the document does not know or allow."""
        known = self.template(plain(call.path), call.method)
        if known is None:
            return [f"{call}: no such method at this path"]
        about = self.whole["paths"][known][call.method.lower()]
        told = {one["name"]: one for one in map(self._resolved, about.get("parameters", []))
                if one["in"] == "query"}  # fmt: skip
        return [f"{call}: {wrong}" for wrong in [*_query(call, told), *self._body(call, about)]]

    def webhook_problems(self, event: str, body: dict[str, Any]) -> list[str]:
        """What of a webhook's body the document does not tell."""
        name = "-".join(filter(None, (event, body.get("action")))).replace("_", "-")
        if event == "ping":
            name = event
        known = self.whole["x-webhooks"].get(name)
        if known is None:
            return [f"there is no event {name}"]
        content = known["post"]["requestBody"]["content"]["application/json"]
        return self.problems(content["schema"], body)

    def _body(self, call: Call, about: dict[str, Any]) -> Iterator[str]:
        schema = (about.get("requestBody", {}).get("content", {})
                  .get("application/json", {}).get("schema"))  # fmt: skip
        if schema is None:
            if call.body:
                yield "no body is told of"
            return
        if not call.body:
            return
        value = call.json()
        yield from (f"body {wrong}" for wrong in self.problems(schema, value))
        properties = self._resolved(schema).get("properties")
        if properties and isinstance(value, dict):
            yield from (f"body: there is no {name}" for name in value.keys() - properties.keys())

    def _resolved(self, part: dict[str, Any]) -> dict[str, Any]:
        where: Any = self.whole
        for step in part.get("$ref", "").split("/")[1:]:
            where = where[step]
        return where if "$ref" in part else part

    def _pattern(self, known: str) -> re.Pattern[str]:
        if known not in self.patterns:
            parts = re.split(r"(\{[^}]+\})", known)
            text = "".join("[^/]+" if part[:1] == "{" else re.escape(part) for part in parts)
            self.patterns[known] = re.compile(text)
        return self.patterns[known]


@cache
def github() -> Document:
    return _read("github.json")


@cache
def enterprise() -> Document:
    return _read("enterprise.json")


def plain(path: str) -> str:
    """A path as the documents know it."""
    return BY_ID.sub("/repos/owner/name", PREFIX.sub("", path))


def _read(name: str) -> Document:
    path = documents.FOLDER / name
    if not path.exists():
        reason = documents.REASON
        why = reason.read_text("utf-8") if reason.exists() else "run `make test`, which fetches it"
        pytest.skip(f"GitHub's OpenAPI document is not here: {why}")
    return Document(_nullable(json.loads(path.read_text(encoding="utf-8"))))


def _nullable(part: Any) -> Any:
    """OpenAPI 3.0 says ``nullable`` where JSON Schema names the type ``null``."""
    if isinstance(part, list):
        return [_nullable(each) for each in part]
    if not isinstance(part, dict):
        return part
    made = {name: _nullable(each) for name, each in part.items()}
    if [each.get("title") for each in made.get("allOf", ())] == MISTAKEN:
        made["anyOf"] = made.pop("allOf")
    if made.get("nullable") is not True:
        return made
    if isinstance(made.get("type"), str) and not made.keys() & {"oneOf", "anyOf", "allOf"}:
        made["type"] = [made["type"], "null"]
        if "enum" in made:
            made["enum"] = [*made["enum"], None]
        return made
    return {"anyOf": [made, {"type": "null"}]}


def _deepest(error: Any) -> str:
    """The sentence that names the one wrong thing, below alternatives too."""
    below = sorted(error.context or (), key=lambda one: len(one.absolute_path), reverse=True)
    if below:
        where = "/".join(map(str, below[0].absolute_path))
        return f"{where}: {_deepest(below[0])}"
    return str(error.message)[:160]


def _query(call: Call, told: dict[str, dict[str, Any]]) -> Iterator[str]:
    for name, values in call.query.items():
        known = told.get(name.removesuffix("[]"))
        if known is None:
            yield f"there is no parameter {name}"
        elif "oneOf" not in known["schema"]:
            yield from described._values(name, known["schema"], values)
