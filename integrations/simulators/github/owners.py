"""What belongs to an owner over HTTP: repositories, and projects with their fields and items."""

from flask import Blueprint, Response, request

from integrations.simulators.github.boards import Project
from integrations.simulators.github.state import GithubError
from integrations.simulators.github.web import answer, paged, paged_by_cursor, site

blueprint = Blueprint("owners", __name__, url_prefix="/<any(orgs, users):kind>/<owner>")
PROJECT = "/projectsV2/<int:number>"


def _known(kind: str, owner: str) -> None:
    """404 where an organization is asked for as a person."""
    if kind == "orgs" and owner.lower() in site().people:
        raise GithubError(404, "Not Found")


def _project(kind: str, owner: str, number: int) -> Project:
    here = site()
    found = here.boards.find(owner, number)
    person = owner.lower() in here.people
    if not here.has_projects or (kind == "users") != person:
        raise GithubError(404, "Not Found")
    return found


@blueprint.get("/repos")
def repositories(kind: str, owner: str) -> Response:
    """The repositories of an organization or a person."""
    _known(kind, owner)
    found = [repo.about for repo in site().repos.values()
             if repo.name.lower().startswith(f"{owner.lower()}/")]  # fmt: skip
    if not found:
        raise GithubError(404, "Not Found")
    return paged(found)


@blueprint.get(PROJECT)
def project(kind: str, owner: str, number: int) -> Response:
    """One project."""
    return answer(_project(kind, owner, number).about)


@blueprint.get(f"{PROJECT}/fields")
def fields(kind: str, owner: str, number: int) -> Response:
    """The fields of a project."""
    return paged_by_cursor(list(_project(kind, owner, number).fields.values()))


@blueprint.get(f"{PROJECT}/items")
def items(kind: str, owner: str, number: int) -> Response:
    """The items of a project with the fields asked for, by their title only without any."""
    asked = request.args.getlist("fields[]") or request.args.get("fields", "").split(",")
    found = _project(kind, owner, number)
    return paged_by_cursor(site().boards.shown(found, asked))
