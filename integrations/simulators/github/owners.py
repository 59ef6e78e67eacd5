"""What belongs to an owner over HTTP: repositories, and projects with their fields and items."""

from flask import Blueprint, Response, g, request

from integrations.simulators.github import board_query, sight
from integrations.simulators.github.board_state import Card, Project
from integrations.simulators.github.paging import paged
from integrations.simulators.github.shapes import Json
from integrations.simulators.github.state import GithubError
from integrations.simulators.github.web import answer, shown_repo, site

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
    start = f"{owner.lower()}/"
    found = [repo for repo in site().repos.values() if repo.name.lower().startswith(start)]
    if not found:
        raise GithubError(404, "Not Found")
    return paged([shown_repo(repo) for repo in found if sight.sees(site(), g.token, repo)])


@blueprint.get("/projectsV2")
def projects(kind: str, owner: str) -> Response:
    """The projects of an organization or a person, newest first, by words and ``is:closed``."""
    here = site()
    if not here.has_projects or (kind == "users") != (owner.lower() in here.people):
        raise GithubError(404, "Not Found")
    words = request.args.get("q", "").lower().split()
    state = "closed" if "is:closed" in words else "open" if "is:open" in words else ""
    plain = [word for word in words if ":" not in word]
    found = [
        one.about for (of, _), one in here.boards.projects.items()
        if of == owner.lower() and state in ("", one.about["state"])
        and all(word in one.about["title"].lower() for word in plain)
    ]  # fmt: skip
    return paged(found[::-1], by_cursor="after")


@blueprint.get(PROJECT)
def project(kind: str, owner: str, number: int) -> Response:
    """One project."""
    return answer(_project(kind, owner, number).about)


@blueprint.get(f"{PROJECT}/fields")
def fields(kind: str, owner: str, number: int) -> Response:
    """The fields of a project."""
    return paged(list(_project(kind, owner, number).fields.values()), by_cursor="after")


@blueprint.get(f"{PROJECT}/items")
def items(kind: str, owner: str, number: int) -> Response:
    """The items of a project with the fields asked for, by their title only without any; those
    in the archive only when asked for."""
    asked = request.args.getlist("fields[]") or request.args.get("fields", "").split(",")
    found, boards = _project(kind, owner, number), site().boards
    fits = board_query.fits(found, request.args.get("q", ""))
    fitting = [card for card in boards.alive(found) if fits(card)]
    return paged(fitting, lambda cards: [_shown(found, card, asked) for card in cards],
                 by_cursor="after")  # fmt: skip


@blueprint.get(f"{PROJECT}/items/<int:item>")
def one_item(kind: str, owner: str, number: int, item: int) -> Response:
    """One item of a project, in its archive too."""
    asked = request.args.getlist("fields[]") or request.args.get("fields", "").split(",")
    found = _project(kind, owner, number)
    card = next((each for each in site().boards.alive(found) if each.id == item), None)
    if card is None:
        raise GithubError(404, "Not Found")
    return answer(_shown(found, card, asked))


def _shown(found: Project, card: Card, asked: list[str]) -> Json:
    """An item; of what the caller may not see nothing but that it is there."""
    here = site()
    shown = here.boards.shown(found, card, asked)
    seen = card.item is None or sight.sees(here, g.token, here.repo(card.item.repo))
    return shown if seen else shown | {"content": None}
