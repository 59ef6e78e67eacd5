"""What people and programs look for by hand: queries checked, names suggested, parts by their id,
saved filters."""

import html
from collections.abc import Iterable, Mapping
from typing import Any

from flask import Response, request

from integrations.simulators.jira import evaluate, jql
from integrations.simulators.jira.site import JiraSite
from integrations.simulators.jira.state import JiraError
from integrations.simulators.jira.web import answer, api, payload, site
from integrations.simulators.jira.words import Json

blueprint = api("finding")
SUGGESTED = 15
FIRST_FILTER = 10000


def add_filter(here: JiraSite, name: str, query: str) -> int:
    """A filter somebody saved; returns its number."""
    number = FIRST_FILTER + len(here.filters)
    here.filters[number] = {"id": str(number), "name": name, "jql": query, "favourite": True,
                            "self": f"/rest/api/2/filter/{number}",
                            "viewUrl": f"{here.url}/issues/?filter={number}"}  # fmt: skip
    return number


@blueprint.post("/jql/parse")
def parse() -> Response:
    """Cloud reads queries without running them, and tells what is wrong with each."""
    if not site().cloud:
        raise JiraError(404, "null for uri: " + request.path)
    validation = request.args.get("validation", "strict")
    if validation not in ("strict", "warn", "none"):
        raise JiraError(400, f"The validation mode '{validation}' is not known.")
    queries = payload().get("queries")
    if not isinstance(queries, list) or not queries:
        raise JiraError(400, queries="At least one query is needed.")
    return answer({"queries": [_judged(str(query)) for query in queries]})


def _judged(query: str) -> Json:
    here = site()
    try:
        evaluate.select(here, jql.parse(query), ())
    except JiraError as error:
        return {"query": query, "errors": [*error.messages, *error.errors.values()]}
    return {"query": query}


@blueprint.get("/jql/autocompletedata/suggestions")
def suggestions() -> Response:
    """Values of a field that begin like what was typed, written as a query needs them."""
    field, start = request.args.get("fieldName", ""), request.args.get("fieldValue", "")
    found = sorted({name for name in _names(field) if name.lower().startswith(start.lower())})
    return answer({"results": [_suggestion(name, start) for name in found[:SUGGESTED]]})


def _names(field: str) -> Iterable[str]:
    here = site()
    parts: Mapping[str, Mapping[str, list[Json]]] = {
        "fixversion": here.versions, "component": here.components,
    }  # fmt: skip
    if field.lower() == "labels":
        return [label for one in here.issues.values() if here.sees(one)
                for label in one.fields.get("labels") or ()]  # fmt: skip
    known = parts.get(field.lower())
    if known is None:
        return []
    return [part["name"] for key, of in known.items() if here.permits(key) for part in of]


def _suggestion(name: str, start: str) -> dict[str, Any]:
    plain = name.replace(".", "").replace("-", "").isalnum() and not name[0].isdigit()
    quoted = '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'
    shown = f"<b>{html.escape(name[: len(start)])}</b>{html.escape(name[len(start) :])}"
    return {"value": name if plain else quoted, "displayName": shown}


@blueprint.get("/version/<number>")
def version(number: str) -> Response:
    """One version by its id."""
    project, part = _part(site().versions, number, "version")
    return answer(part | {"projectId": int(site().projects[project]["id"])})


@blueprint.get("/component/<number>")
def component(number: str) -> Response:
    """One component by its id."""
    project, part = _part(site().components, number, "component")
    about = {"project": project, "projectId": int(site().projects[project]["id"])}
    return answer(part | about)


def _part(known: Mapping[str, list[Json]], number: str, word: str) -> tuple[str, Json]:
    for project, parts in known.items():
        for part in parts if site().permits(project) else ():
            if part["id"] == number:
                return project, part
    raise JiraError(404, f"The {word} with id '{number}' does not exist.")


@blueprint.get("/filter/<int:number>")
def saved(number: int) -> Response:
    """One saved filter."""
    if number not in site().filters:
        raise JiraError(400, f"The selected filter with ID '{number}' does not exist.")
    return answer(site().filters[number])
