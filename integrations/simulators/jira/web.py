"""What the routes of the simulated Jira share: its answers, refusals and reading of requests."""

import base64
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

import orjson
from flask import Blueprint, Flask, Response, current_app, g, request

from integrations.simulators.jira.render import absolute
from integrations.simulators.jira.site import JiraSite
from integrations.simulators.jira.state import JiraError
from integrations.simulators.jira.words import Json

GONE = (
    "The requested API has been removed. Please migrate to the /rest/api/3/search/jql API. "
    "A full migration guideline is available at "
    "https://developer.atlassian.com/changelog/#CHANGE-2046"
)


BY_APP = "worklift.by_app"
"""In the request's environment: whether an app calls that people let in."""


def site() -> JiraSite:
    """The site this request talks to."""
    return cast("JiraSite", current_app.config["SITE"])


def api(name: str) -> Blueprint:
    """A blueprint below ``/rest/api/<version>``; the version is kept in ``g``."""
    blueprint = Blueprint(name, __name__, url_prefix="/rest/api/<version>")
    blueprint.url_value_preprocessor(_version)
    return blueprint


def _version(_: str | None, values: dict[str, Any] | None) -> None:
    asked = (values or {}).pop("version", "2")
    known = {"2": 2, "latest": 2} | ({"3": 3} if site().cloud else {})
    if asked not in known:
        raise JiraError(404, "null for uri: " + request.path)
    g.version = known[asked]


def answer(value: Any, status: int = 200) -> Response:
    """JSON with absolute addresses."""
    text = absolute(site(), json.dumps(value, ensure_ascii=False))
    return Response(text, status, content_type="application/json;charset=UTF-8")


def listing(name: str, texts: Iterable[str], rest: Json) -> Response:
    """JSON of a list of issues that are text already, and the rest of the answer."""
    more = orjson.dumps(rest).decode()[1:]
    text = f'{{"{name}":[{",".join(texts)}]{"," if rest else ""}{more}'
    return Response(text, 200, content_type="application/json;charset=UTF-8")


def refusal(error: JiraError) -> Response:
    """A refusal in Jira's form."""
    return answer({"errorMessages": list(error.messages), "errors": error.errors}, error.status)


def authenticate() -> Response | None:
    """Basic on Cloud, a Bearer token on Data Center; server info is open to all."""
    if not request.path.startswith("/rest/") or request.path.endswith("/serverInfo"):
        return None
    here = site()
    given = request.headers.get("Authorization", "")
    pair = f"{here.email}:{here.token}".encode()
    basic, bearer = "Basic " + base64.b64encode(pair).decode(), f"Bearer {here.token}"
    if given == (basic if here.cloud else bearer):
        return None
    text = "Client must be authenticated to access this resource."
    refused = answer({"message": text, "status-code": 401}, 401)
    refused.headers["WWW-Authenticate"] = 'OAuth realm="simulated"'
    return refused


def install(app: Flask) -> None:
    """Authentication and error forms for every API route."""
    app.before_request(authenticate)
    app.register_error_handler(JiraError, refusal)


def payload() -> Json:
    """The JSON object sent; 400 in Jira's words otherwise."""
    body = request.get_json(silent=True)
    if not isinstance(body, dict):
        raise JiraError(400, "Invalid request payload. Refer to the REST API documentation.")
    return body


def exactly(asked: Json, known: Mapping[str, type]) -> None:
    """Cloud's newer calls take nothing they do not know, and nothing of another type; else 400."""
    for name, value in asked.items():
        right = known.get(name)
        # To Python True is a number, to Jira it is none.
        if right is None or type(value) is not right:
            raise JiraError(400, "Invalid request payload. Refer to the REST API documentation and "
                                 "try again.")  # fmt: skip


def cloud_only() -> None:
    """404 on Data Center, which does not know the call."""
    if not site().cloud:
        raise JiraError(404, "null for uri: " + request.path)


def listed(value: Any) -> list[str]:
    """A list, or a text with commas, as a list."""
    if value is None:
        return []
    parts = value if isinstance(value, list) else [value]
    return [piece.strip() for part in parts for piece in str(part).split(",") if piece.strip()]


def number(value: Any, default: int) -> int:
    """A whole number, 0 or more; 400 otherwise."""
    if value is None:
        return default
    try:
        return max(0, int(value))
    except (TypeError, ValueError):
        raise JiraError(400, f"'{value}' is not a number.") from None


def page(values: Sequence[Any], most: int = 50) -> Json:
    """A page in the ``startAt`` form, of what the request asks for."""
    start = number(request.args.get("startAt"), 0)
    size = min(number(request.args.get("maxResults"), most), 100)
    shown = values[start : start + size]
    return {
        "self": request.full_path.rstrip("?"), "startAt": start, "maxResults": size,
        "total": len(values), "isLast": start + len(shown) >= len(values), "values": list(shown),
    }  # fmt: skip
