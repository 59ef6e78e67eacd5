"""Repositories over HTTP beside their issues: lists, pull requests, labels, releases."""

from flask import Blueprint, Response, g, request

from integrations.simulators.github import events, shapes, sight
from integrations.simulators.github.paging import paged
from integrations.simulators.github.shapes import Json
from integrations.simulators.github.state import GithubError
from integrations.simulators.github.web import answer, invalid, payload, shown_repo, site

blueprint = Blueprint("repositories", __name__)
REPO = "/repos/<owner>/<name>"
_SORTS = {"created": "created_at", "updated": "updated_at", "pushed": "pushed_at"}


@blueprint.get("/user/repos")
def mine() -> Response:
    """The repositories the caller has a part in, by their names unless asked otherwise."""
    if g.token.kind == "installation":
        raise sight.lacking(g.token)
    asked, here = request.args, site()
    found = [repo for repo in sight.visible(here, g.token) if sight.covered(here, g.token, repo)
             and asked.get("visibility", "all") in ("all", repo.about["visibility"])]  # fmt: skip
    key = _SORTS.get(asked.get("sort", ""), "full_name")
    way = asked.get("direction") or ("asc" if key == "full_name" else "desc")
    found.sort(key=lambda repo: str(repo.about[key]).lower(), reverse=way == "desc")
    return paged(found, lambda page: [shown_repo(repo) for repo in page])


@blueprint.get(f"{REPO}/pulls")
def pulls(owner: str, name: str) -> Response:
    """Pull requests, open ones by default, newest first."""
    repo, asked, here = site().repo(f"{owner}/{name}"), request.args, site()
    state, sort = asked.get("state", "open"), asked.get("sort", "created")
    found = [item for item in repo.items.values()
             if item.is_pull and state in ("all", item.fields["state"])]  # fmt: skip
    key = _SORTS.get(sort, "created_at")
    way = asked.get("direction") or ("desc" if sort == "created" else "asc")
    found.sort(key=lambda item: (item.fields[key], item.number), reverse=way == "desc")
    return paged(found, lambda page: [_listed(events.pull(here, item)) for item in page])


def _listed(pull: Json) -> Json:
    """A pull request without what only one alone has."""
    alone = ("merged", "merged_by", "mergeable", "mergeable_state", "rebaseable", "comments",
             "review_comments", "maintainer_can_modify", "commits", "additions", "deletions",
             "changed_files")  # fmt: skip
    return {name: value for name, value in pull.items() if name not in alone}


@blueprint.get(f"{REPO}/pulls/<int:number>")
def pull(owner: str, name: str, number: int) -> Response:
    """One pull request."""
    here = site()
    item = here.item(f"{owner}/{name}", number)
    if not item.is_pull:
        raise GithubError(404, "Not Found")
    return answer(events.pull(here, item))


@blueprint.get(f"{REPO}/labels")
def labels(owner: str, name: str) -> Response:
    """The repository's labels."""
    return paged(list(site().repo(f"{owner}/{name}").labels.values()))


@blueprint.post(f"{REPO}/labels")
def make_label(owner: str, name: str) -> Response:
    """A new label."""
    repo, body, here = site().repo(f"{owner}/{name}"), payload(), site()
    wanted = str(body.get("name") or "")
    if not wanted or wanted.lower() in {known.lower() for known in repo.labels}:
        code = "already_exists" if wanted else "missing_field"
        raise GithubError(422, "Validation Failed", errors=[
            {"resource": "Label", "code": code, "field": "name"}])  # fmt: skip
    made = here.label(repo, wanted)
    made |= {key: body[key] for key in ("color", "description") if key in body}
    events.label(here, repo, made, "created")
    return answer(made, 201)


@blueprint.get(f"{REPO}/labels/<path:label>")
def label(owner: str, name: str, label: str) -> Response:
    """One label."""
    here = site()
    return answer(here.known_label(here.repo(f"{owner}/{name}"), label))


@blueprint.patch(f"{REPO}/labels/<path:label>")
def change_label(owner: str, name: str, label: str) -> Response:
    """Another name (``new_name``), color or description."""
    body = payload()
    fields: Json = {key: body[key] for key in ("color", "description") if key in body}
    if body.get("new_name"):
        fields["name"] = str(body["new_name"])
    return answer(site().edit_label(f"{owner}/{name}", label, **fields))


@blueprint.delete(f"{REPO}/labels/<path:label>")
def delete_label(owner: str, name: str, label: str) -> Response:
    """A label less."""
    site().delete_label(f"{owner}/{name}", label)
    return Response(status=204)


@blueprint.route(f"{REPO}/issues/<int:number>/labels", methods=["GET", "POST", "PUT", "DELETE"])
def on_issue(owner: str, name: str, number: int) -> Response:
    """The labels of an item: add to them, replace them, take all away."""
    here = site()
    item = here.item(f"{owner}/{name}", number)
    held = [each["name"] for each in item.fields["labels"]]
    if request.method != "GET":
        given = [] if request.method == "DELETE" else _names(request.get_json(silent=True))
        added = [each for each in given if each.lower() not in {one.lower() for one in held}]
        here.edit(item.repo, number, labels=held + added if request.method == "POST" else given)
    if request.method == "DELETE":
        return Response(status=204)
    return answer(item.fields["labels"])


@blueprint.delete(f"{REPO}/issues/<int:number>/labels/<path:label>")
def off_issue(owner: str, name: str, number: int, label: str) -> Response:
    """One label less on an item."""
    here = site()
    item = here.item(f"{owner}/{name}", number)
    kept = [each["name"] for each in item.fields["labels"]
            if each["name"].lower() != label.lower()]  # fmt: skip
    if len(kept) == len(item.fields["labels"]):
        raise GithubError(404, "Label does not exist")
    here.edit(item.repo, number, labels=kept)
    return answer(item.fields["labels"])


def _names(body: object) -> list[str]:
    given = body.get("labels") if isinstance(body, dict) else body
    if not isinstance(given, list):
        raise invalid("Label", "labels")
    return [str(each["name"]) if isinstance(each, dict) else str(each) for each in given]


@blueprint.get(f"{REPO}/releases")
def releases(owner: str, name: str) -> Response:
    """Releases, newest first; drafts only for who may write."""
    repo = site().repo(f"{owner}/{name}")
    found = [each for each in reversed(repo.releases.values()) if not each["draft"]]
    return paged(found)


@blueprint.get(f"{REPO}/releases/latest")
def latest(owner: str, name: str) -> Response:
    """The newest that is neither a draft nor a prerelease."""
    repo = site().repo(f"{owner}/{name}")
    full = (each for each in reversed(repo.releases.values())
            if not (each["draft"] or each["prerelease"]))  # fmt: skip
    return _one(next(full, None))


@blueprint.get(f"{REPO}/releases/tags/<path:tag>")
def tagged(owner: str, name: str, tag: str) -> Response:
    """The release of a tag."""
    repo = site().repo(f"{owner}/{name}")
    return _one(next((each for each in repo.releases.values() if each["tag_name"] == tag), None))


@blueprint.get(f"{REPO}/releases/<int:ident>")
def release(owner: str, name: str, ident: int) -> Response:
    """One release."""
    return _one(site().repo(f"{owner}/{name}").releases.get(ident))


def _one(found: Json | None) -> Response:
    if found is None:
        raise GithubError(404, "Not Found")
    return answer(found)


@blueprint.get(f"{REPO}/issue-types")
def issue_types(owner: str, name: str) -> Response:
    """The issue types a repository may use."""
    _organized(owner)
    return answer(site().named("type") if site().repo(f"{owner}/{name}") else [])


@blueprint.get("/orgs/<owner>/issue-types")
def types_of(owner: str) -> Response:
    """The issue types of an organization."""
    _organized(owner)
    return answer(site().named("type"))


@blueprint.get("/orgs/<owner>/issue-fields")
def fields_of(owner: str) -> Response:
    """The issue fields of an organization."""
    _organized(owner)
    return answer(site().named("field"))


@blueprint.get(f"{REPO}/issues/<int:number>/issue-field-values")
def values(owner: str, name: str, number: int) -> Response:
    """What an issue has in its fields."""
    _organized(owner)
    return paged(site().item(f"{owner}/{name}", number).fields.get("issue_field_values", []))


def _organized(owner: str) -> None:
    """404 where there are no issue types: on older servers, and for a person's repositories."""
    if not site().has_issue_types or owner.lower() in site().people:
        raise GithubError(404, "Not Found")


@blueprint.get("/orgs/<owner>")
def organization(owner: str) -> Response:
    """An organization."""
    names = {repo.name.split("/")[0].lower() for repo in site().repos.values()}
    if owner.lower() not in names or owner.lower() in site().people:
        raise GithubError(404, "Not Found")
    return answer(shapes.whole_organization(owner))


@blueprint.get("/user/orgs")
def organizations() -> Response:
    """The organizations of the caller."""
    here = site()
    names = {repo.about["owner"]["login"] for repo in sight.visible(here, g.token)}
    known = sorted(name for name in names if name.lower() not in here.people)
    return paged([shapes.brief_organization(name) for name in known])


@blueprint.get("/users/<login>")
def person(login: str) -> Response:
    """Somebody, or an organization looked at as an account."""
    here = site()
    owners = {repo.name.split("/")[0].lower() for repo in here.repos.values()}
    organized = login.lower() in owners and login.lower() not in here.people
    about = shapes.organization(login) if organized else shapes.account(login)
    return answer(about | shapes.PROFILE | {"name": login})
