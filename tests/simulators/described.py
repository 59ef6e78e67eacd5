"""Atlassian's OpenAPI document as a judge of answers and of requests."""

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft4Validator

from integrations.simulators.traffic import Call

DOCUMENT = Path(__file__).parents[3] / "shared/data/openapi/jira-cloud-v3.json"
GATEWAY = re.compile(r"^/ex/jira/[^/]+")
VERSION = re.compile(r"^/rest/api/(2|latest)/")
PLAIN = {"integer": re.compile(r"-?\d+"), "number": re.compile(r"-?\d+(\.\d+)?"),
         "boolean": re.compile(r"true|false")}  # fmt: skip


@cache
def document() -> dict[str, Any]:
    if not DOCUMENT.exists():
        pytest.skip(f"Atlassian's OpenAPI document is not here: {DOCUMENT} is absent")
    return json.loads(DOCUMENT.read_text(encoding="utf-8"))


def documented(path: str) -> str:
    """A path as the document of version 3 knows it: version 2 differs in rich text alone."""
    return VERSION.sub("/rest/api/3/", GATEWAY.sub("", path))


def template(path: str, method: str) -> str | None:
    """The documented path a called one fits; one without placeholders goes first."""
    fits = [known for known, operations in document()["paths"].items()
            if method.lower() in operations and _pattern(known).fullmatch(path)]  # fmt: skip
    return min(fits, key=lambda known: known.count("{"), default=None)


@cache
def _pattern(known: str) -> re.Pattern[str]:
    parts = re.split(r"(\{[^}]+\})", known)
    return re.compile("".join("[^/]+" if part[:1] == "{" else re.escape(part) for part in parts))


def operation(path: str, method: str) -> dict[str, Any]:
    return document()["paths"][path][method.lower()]


def answer_schema(path: str, method: str) -> dict[str, Any]:
    answers = operation(path, method)["responses"]
    good = next(answers[status] for status in ("200", "201") if status in answers)
    return good.get("content", {}).get("application/json", {}).get("schema", {})


def problems(schema: dict[str, Any], value: Any, *, null: bool = False) -> list[str]:
    """What is wrong with a value; ``null`` lets null pass where the document does not tell of it,
    as real answers have it undocumented."""
    whole = {"components": document()["components"], "allOf": [schema]}
    return [
        f"{'/'.join(map(str, error.absolute_path))}: {error.message[:200]}"
        for error in Draft4Validator(whole).iter_errors(value)
        if not (null and error.instance is None)
    ]


def answer_problems(path: str, method: str, value: Any) -> list[str]:
    return problems(answer_schema(path, method), value, null=True)


def request_problems(call: Call) -> list[str]:
    """What of a request the document does not know or allow."""
    path = documented(call.path)
    known = template(path, call.method)
    if known is None:
        return [f"{call}: no such method at this path"]
    about = operation(known, call.method)
    shared = document()["paths"][known].get("parameters", [])
    told = {one["name"]: one for one in map(_whole, [*shared, *about.get("parameters", [])])
            if one["in"] == "query"}  # fmt: skip
    return [f"{call}: {wrong}" for wrong in [*_query(call, told), *_body(call, about)]]


def _whole(parameter: dict[str, Any]) -> dict[str, Any]:
    where = document()
    for step in parameter.get("$ref", "").split("/")[1:]:
        where = where[step]
    return where if "$ref" in parameter else parameter


def _query(call: Call, told: dict[str, dict[str, Any]]) -> Iterator[str]:
    for name, parameter in told.items():
        if parameter.get("required") and name not in call.query:
            yield f"the parameter {name} is missing"
    for name, values in call.query.items():
        if name not in told:
            yield f"there is no parameter {name}"
        else:
            yield from _values(name, told[name]["schema"], values)


def _values(name: str, schema: dict[str, Any], values: list[str]) -> Iterator[str]:
    if schema.get("type") == "array":
        if schema.get("maxItems", len(values)) < len(values):
            yield f"{name} has too many values"
        schema = schema.get("items", {})
    elif len(values) > 1:
        yield f"{name} comes more than once"
    for value in values:
        plain = PLAIN.get(schema.get("type", ""))
        if plain and not plain.fullmatch(value):
            yield f"{name}={value} is no {schema['type']}"
        if value not in schema.get("enum", [value]):
            yield f"{name}={value} is none of {schema['enum']}"


def _body(call: Call, about: dict[str, Any]) -> Iterator[str]:
    if "requestBody" not in about:
        if call.body:
            yield "no body is told of"
        return
    if call.content_type != "application/json":
        yield f"the body is {call.content_type or 'untyped'}, not application/json"
        return
    schema = about["requestBody"]["content"]["application/json"].get("schema", {})
    value = call.json()
    yield from (f"body {wrong}" for wrong in problems(schema, value))
    properties = _resolved(schema).get("properties")
    if properties and isinstance(value, dict) and not _resolved(schema).get("additionalProperties"):
        yield from (f"body: there is no {name}" for name in value.keys() - properties.keys())


def _resolved(schema: dict[str, Any]) -> dict[str, Any]:
    return _whole(schema) if "$ref" in schema else schema
