"""Everything but issues: user, limits, milestones, labels, hooks."""

from flask import Blueprint, Response, g, request

from integrations.simulators.github import rights, shapes, sight
from integrations.simulators.github.paging import paged
from integrations.simulators.github.shapes import Json
from integrations.simulators.github.state import GithubError
from integrations.simulators.github.web import answer, invalid, payload, site

blueprint = Blueprint("catalogue", __name__)
VERSIONS = ("2022-11-28", "2026-03-10")
REPO = "/repos/<owner>/<name>"


@blueprint.get("/user")
def user() -> Response:
    """The calling user."""
    if g.token.kind == "installation":
        raise sight.lacking(g.token)
    return answer(site().actor | shapes.PROFILE)


@blueprint.get("/meta")
def meta() -> Response:
    """What a server tells of itself."""
    here = site()
    version = {"installed_version": here.enterprise} if here.enterprise else {}
    return answer({"verifiable_password_authentication": False, **version})


@blueprint.get("/versions")
def versions() -> Response:
    """The versions of the API."""
    return answer(list(VERSIONS))


@blueprint.get("/rate_limit")
def rate_limit() -> Response:
    """The quota; asking is free."""
    here = site()
    if not here.limits.primary:
        raise GithubError(404, "Rate limiting is not enabled.")
    resources = here.limits.overview(g.who, int(here.now.timestamp()))
    return answer({"resources": resources, "rate": resources["core"]})


@blueprint.get(f"{REPO}/milestones")
def milestones(owner: str, name: str) -> Response:
    """Milestones, open ones by default, by due date; their counters count pull requests too."""
    repo, asked = site().repo(f"{owner}/{name}"), request.args
    state = asked.get("state", "open")
    found = [repo.shown_milestone(number) or {} for number in repo.milestones]
    found = [one for one in found if state in ("all", one["state"])]
    order = _completeness if asked.get("sort") == "completeness" else _due
    found.sort(key=order,
               reverse=asked.get("direction", "asc") == "desc")  # fmt: skip
    return paged(found)


def _due(milestone: Json) -> tuple[str, int]:
    return milestone["due_on"] or "9999", milestone["number"]


def _completeness(milestone: Json) -> tuple[float, int]:
    total = milestone["open_issues"] + milestone["closed_issues"]
    return (milestone["closed_issues"] / total if total else 0.0), milestone["number"]


@blueprint.post(f"{REPO}/milestones")
def make_milestone(owner: str, name: str) -> Response:
    """A new milestone."""
    here, body = site(), payload()
    repo = here.repo(f"{owner}/{name}")
    if not body.get("title"):
        raise invalid("Milestone", "title")
    if body["title"] in [one["title"] for one in repo.milestones.values()]:
        raise GithubError(422, "Validation Failed", errors=[
            {"resource": "Milestone", "code": "already_exists", "field": "title"}])  # fmt: skip
    number = here.add_milestone(repo.name, str(body["title"]))
    _set_milestone(repo.name, number, body)
    return answer(repo.shown_milestone(number), 201)


def _set_milestone(repo: str, number: int, body: Json) -> None:
    fields = {k: body[k] for k in ("title", "description", "state", "due_on") if k in body}
    if fields.get("state") not in (None, "open", "closed"):
        raise invalid("Milestone", "state", fields["state"])
    if fields.get("due_on"):
        fields["due_on"] = f"{str(fields['due_on'])[:10]}T08:00:00Z"
    site().edit_milestone(repo, number, **fields)


@blueprint.get(f"{REPO}/milestones/<int:number>")
def milestone(owner: str, name: str, number: int) -> Response:
    """One milestone."""
    here = site()
    here.milestone(f"{owner}/{name}", number)
    return answer(here.repo(f"{owner}/{name}").shown_milestone(number))


@blueprint.patch(f"{REPO}/milestones/<int:number>")
def change_milestone(owner: str, name: str, number: int) -> Response:
    """Change a milestone."""
    _set_milestone(f"{owner}/{name}", number, payload())
    return milestone(owner, name, number)


@blueprint.delete(f"{REPO}/milestones/<int:number>")
def delete_milestone(owner: str, name: str, number: int) -> Response:
    """Delete a milestone."""
    site().delete_milestone(f"{owner}/{name}", number)
    return Response(status=204)


@blueprint.get(f"{REPO}/collaborators/<login>/permission")
def permission(owner: str, name: str, login: str) -> Response:
    """What a person may do in a repository."""
    role = sight.role(site().repo(f"{owner}/{name}"), login)
    coarse = {"maintain": "write", "triage": "read"}.get(role, role)
    ranks = {"pull": "read", "triage": "triage", "push": "write", "maintain": "maintain",
             "admin": "admin"}  # fmt: skip
    held = {right: rights.enough(role, needed) for right, needed in ranks.items()}
    person = shapes.account(login) | {"permissions": held, "role_name": role}
    return answer({"permission": coarse, "role_name": role, "user": person})
