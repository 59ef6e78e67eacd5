"""What a GitHub App does over HTTP: itself, its installations, its tokens."""

from collections.abc import Mapping

from flask import Blueprint, Response, g, request

from integrations.simulators.github import app_shapes
from integrations.simulators.github.apps import App, Installation
from integrations.simulators.github.hosting import known_app
from integrations.simulators.github.paging import paged
from integrations.simulators.github.shapes import Json, stamp
from integrations.simulators.github.state import GithubError, Repo
from integrations.simulators.github.web import answer, shown_repo, site

blueprint = Blueprint("apps", __name__)
LEVELS = ("", "read", "write", "admin")


@blueprint.post("/app-manifests/<code>/conversions")
def convert(code: str) -> Response:
    """The new app of a code, with its key: once."""
    app = site().apps.codes.pop(code, None)
    if app is None:
        raise GithubError(404, "Not Found")
    return answer(app_shapes.converted(site(), app), 201)


@blueprint.get("/app")
def itself() -> Response:
    """The app that signs in."""
    return answer(app_shapes.app(site(), caller()))


@blueprint.get("/apps/<slug>")
def by_slug(slug: str) -> Response:
    """An app anybody may look at."""
    found = site().apps.by_slug(slug)
    if found is None:
        raise GithubError(404, "Not Found")
    return answer(app_shapes.app(site(), found))


@blueprint.get("/app/installations")
def installations() -> Response:
    """Where the app is installed."""
    mine = caller().installations.values()
    return paged([app_shapes.installation(site(), where) for where in mine])


@blueprint.get("/app/installations/<int:number>")
def installation(number: int) -> Response:
    """One of them."""
    return answer(app_shapes.installation(site(), _mine(number)))


@blueprint.delete("/app/installations/<int:number>")
def uninstall(number: int) -> Response:
    """Leave an account."""
    site().uninstall(_mine(number))
    return Response(status=204)


@blueprint.route("/app/installations/<int:number>/suspended", methods=["PUT", "DELETE"])
def suspended(number: int) -> Response:
    """Suspend an installation, or take that back."""
    act = site().suspend if request.method == "PUT" else site().unsuspend
    act(_mine(number))
    return Response(status=204)


@blueprint.get("/repos/<owner>/<name>/installation")
def of_repository(owner: str, name: str) -> Response:
    """Where the app is installed on a repository."""
    site().repo(f"{owner}/{name}")
    found = [each for each in caller().installations.values() if each.covers(f"{owner}/{name}")]
    return _first(found)


@blueprint.get("/<any(orgs, users):kind>/<owner>/installation")
def of_account(kind: str, owner: str) -> Response:
    """Where the app is installed for an account."""
    person = owner.lower() in site().people
    found = [each for each in caller().installations.values()
             if each.account.lower() == owner.lower() and person == (kind == "users")]  # fmt: skip
    return _first(found)


@blueprint.post("/app/installations/<int:number>/access_tokens")
def token(number: int) -> Response:
    """A token for an hour, of all an installation may or of less."""
    where, body = _mine(number), request.get_json(silent=True) or {}
    if where.suspended:
        raise GithubError(403, "This installation has been suspended")
    repos, permissions = _only(where, body), _permissions(where, body.get("permissions"))
    only = None if repos is None else frozenset(repo.name.lower() for repo in repos)
    text, made = site().apps.grant(where, only, permissions)
    all_of_them = repos is None and where.repos is None
    told: Json = {
        "token": text, "expires_at": stamp(made.until or site().now), "permissions": permissions,
        "repository_selection": "all" if all_of_them else "selected",
    }  # fmt: skip
    if repos is not None:
        told["repositories"] = [shown_repo(repo) for repo in repos]
    return answer(told, 201)


@blueprint.delete("/installation/token")
def revoke() -> Response:
    """End the token that calls."""
    text = request.headers.get("Authorization", "").partition(" ")[2]
    if site().apps.granted.pop(text, None) is None:
        raise GithubError(403, "Resource not accessible by personal access token")
    return Response(status=204)


@blueprint.get("/installation/repositories")
def repositories() -> Response:
    """The repositories the calling token is for."""
    where = site().apps.installation(g.token.installation)
    if where is None:
        raise GithubError(403, "You must authenticate with an installation access token in order "
                               "to list repositories for an installation.")  # fmt: skip
    only = g.token.repos
    mine = [shown_repo(repo) for repo in site().installed(where)
            if only is None or repo.name.lower() in only]  # fmt: skip
    chosen = "all" if where.repos is None and only is None else "selected"
    rest = {"total_count": len(mine), "repository_selection": chosen}
    return paged(mine, wrap=lambda page: rest | {"repositories": page})


def caller() -> App:
    """The app that calls; 404 when it is there no more."""
    return known_app(site(), g.token.app)


def _mine(number: int) -> Installation:
    found = caller().installations.get(number)
    if found is None:
        raise GithubError(404, "Not Found")
    return found


def _first(found: list[Installation]) -> Response:
    if not found:
        raise GithubError(404, "Not Found")
    return answer(app_shapes.installation(site(), found[0]))


def _only(where: Installation, body: Json) -> list[Repo] | None:
    """The repositories a token is narrowed to; None: all of the installation's."""
    ids, names = body.get("repository_ids"), body.get("repositories")
    if ids is None and names is None:
        return None
    mine = site().installed(where)
    found = [repo for repo in mine
             if repo.about["id"] in (ids or ()) or repo.about["name"] in (names or ())]  # fmt: skip
    if len(found) < len(ids or ()) + len(names or ()):
        raise GithubError(422, "There is at least one repository that does not exist or is not "
                               "accessible to the parent installation.")  # fmt: skip
    return found


def _permissions(where: Installation, asked: Mapping[str, str] | None) -> dict[str, str]:
    if not asked:  # an empty list asks for all there are, too
        return where.permissions
    for name, level in asked.items():
        if LEVELS.index(level) > LEVELS.index(where.permissions.get(name, "")):
            raise GithubError(422, "The permissions requested are not granted to this "
                                   "installation.")  # fmt: skip
    return dict(asked)
