"""What the routes of the simulated GitHub share: authentication, quota, ETags, pages."""

import json
from typing import Any, cast

from flask import Response, current_app, g, request

from integrations.simulators.github import rights, shapes, sight
from integrations.simulators.github.shapes import Json
from integrations.simulators.github.site import GithubSite
from integrations.simulators.github.state import DOCS, GithubError, Repo


def site() -> GithubSite:
    """The site this request talks to."""
    return cast("GithubSite", current_app.config["SITE"])


def root() -> str:
    """The API's root as this request called it: with /api/v3 or without."""
    return site().url + request.script_root


def answer(value: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """JSON with this server's addresses in place of GitHub's."""
    text = json.dumps(value, ensure_ascii=False)
    text = text.replace(shapes.API, root()).replace(shapes.WEB, site().url)
    return Response(text, status, headers, content_type="application/json; charset=utf-8")


def refusal(error: GithubError) -> Response:
    """A refusal in GitHub's form."""
    body = {"message": error.message, **error.more, "documentation_url": DOCS,
            "status": str(error.status)}  # fmt: skip
    return answer(body, error.status)


def shown_repo(repo: Repo) -> Json:
    """A repository as lists show it to the caller."""
    role, person = _role(repo), repo.about["owner"]["login"].lower() in site().people
    ranks = {"admin": "admin", "maintain": "maintain", "push": "write", "triage": "triage",
             "pull": "read"}  # fmt: skip
    owner = repo.about["owner"] | {"type": "User" if person else "Organization"}
    rights_here = {name: rights.enough(role, needed) for name, needed in ranks.items()}
    return repo.about | {"owner": owner, "permissions": rights_here}


def _role(repo: Repo) -> str:
    token = g.get("token")
    return sight.role(repo, token.login) if token and token.kind != "installation" else "write"


def payload() -> Json:
    """The JSON object sent."""
    body = request.get_json(silent=True)
    if not isinstance(body, dict):
        raise GithubError(400, "Problems parsing JSON")
    return body


def invalid(resource: str, field: str, value: Any = None) -> GithubError:
    """422 as GitHub says it."""
    error = {"value": value, "resource": resource, "field": field, "code": "invalid"}
    return GithubError(422, "Validation Failed", errors=[error])
