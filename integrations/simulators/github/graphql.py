"""GraphQL of the simulated GitHub: issues by their node ids, with their timelines and boards."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, g

from integrations.simulators.github import graph_values, query
from integrations.simulators.github.graph_types import NAMES, OTHERS, Value
from integrations.simulators.github.query import Part
from integrations.simulators.github.shapes import Json
from integrations.simulators.github.site import GithubSite
from integrations.simulators.github.web import answer, payload, site

blueprint = Blueprint("graphql", __name__)


class Unknown(Exception):
    """A query that asks for what is not in the schema."""


@blueprint.post("/graphql")
def ask() -> Response:
    """Answer a query; what is wrong with it is told with status 200."""
    body, here = payload(), site()
    if g.get("spent"):
        said = f"API rate limit exceeded for {g.who}."
        return answer({"errors": [{"type": "RATE_LIMITED", "message": said}]})
    g.cost = 1
    variables = body.get("variables") or {}
    try:
        parts = query.parse(str(body.get("query") or ""))
        _known(here, parts)
        found = _Answer(here, variables)
        shown = found.of(graph_values.Root(here, g.token).value(found.errors), parts, [])
    except (query.Malformed, Unknown) as error:
        return answer({"errors": [{"message": str(error)}]})
    if any(each.get("type") == "INSUFFICIENT_SCOPES" for each in found.errors):
        return answer({"errors": found.errors[:1]})
    return answer({"data": shown, **({"errors": found.errors} if found.errors else {})})


def _known(here: GithubSite, parts: list[Part]) -> None:
    """Refuse fragments on types, and entries of timelines, that this GitHub does not have."""
    for part in parts:
        named = NAMES - here.lacks
        if part.on and part.on not in named | OTHERS:
            raise Unknown(f"No such type {part.on}, so it can't be a fragment condition")
        if part.name == "timelineItems":
            kinds = {graph_values.upper(each) for each in named}
            if set(part.arguments.get("itemTypes", ())) - kinds:
                raise Unknown("Argument 'itemTypes' on Field 'timelineItems' has an invalid value")
        _known(here, part.parts)


class _Answer:
    """One answer in the making; ``errors`` are of what could not be told."""

    def __init__(self, here: GithubSite, variables: Mapping[str, Any]) -> None:
        self._here, self._variables = here, dict(variables)
        self.errors: list[Json] = []

    def of(self, value: Value, parts: list[Part], path: list[Any]) -> Json:
        """What the parts select of a value."""
        shown: Json = {}
        for part in parts:
            if part.on:
                if part.on in (value.kind, *value.also):
                    shown |= self.of(value, part.parts, path)
                continue
            shown[part.alias] = self._field(value, part, [*path, part.alias])
        return shown

    def _field(self, value: Value, part: Part, path: list[Any]) -> Any:
        if part.name == "__typename":
            return value.kind
        if part.name not in value.fields:
            raise Unknown(f"Field '{part.name}' doesn't exist on type '{value.kind}'")
        found = value.fields[part.name]
        if callable(found):
            found = found(path, **query.arguments(part, self._variables))
        return self._shown(found, part, path)

    def _shown(self, found: Any, part: Part, path: list[Any]) -> Any:
        if isinstance(found, list):
            return [self._shown(each, part, [*path, n]) for n, each in enumerate(found)]
        return self.of(found, part.parts, path) if isinstance(found, Value) else found
