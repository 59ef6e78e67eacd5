"""Everything but issues: user, limits, milestones, labels, hooks."""

from flask import Blueprint, Response, request

from integrations.simulators.github import shapes
from integrations.simulators.github.shapes import Json
from integrations.simulators.github.state import GithubError
from integrations.simulators.github.web import answer, invalid, paged, payload, site
from integrations.simulators.hooks import Hook

blueprint = Blueprint("catalogue", __name__)
REPO = "/repos/<owner>/<name>"


@blueprint.get("/user")
def user() -> Response:
    """The calling user."""
    more = {"name": "Simulated user", "company": None, "blog": "", "location": None, "email": None,
            "hireable": None, "bio": None, "public_repos": 0, "public_gists": 0, "followers": 0,
            "following": 0, "created_at": "2020-01-01T00:00:00Z",
            "updated_at": "2020-01-01T00:00:00Z"}  # fmt: skip
    return answer(shapes.user("simulated") | more, headers={"X-OAuth-Scopes": "repo, read:org"})


@blueprint.get("/meta")
def meta() -> Response:
    """What a server tells of itself."""
    return answer({"verifiable_password_authentication": False, "installed_version": "3.19.0"})


@blueprint.get("/rate_limit")
def rate_limit() -> Response:
    """The quota; asking is free."""
    here = site()
    core = {"limit": here.limit, "used": here.used, "remaining": here.limit - here.used,
            "reset": here.reset}  # fmt: skip
    search = core | {"limit": 30, "used": 0, "remaining": 30}
    return answer({"resources": {"core": core, "search": search}, "rate": core})


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


@blueprint.get(f"{REPO}/labels")
def labels(owner: str, name: str) -> Response:
    """The repository's labels."""
    return paged(list(site().repo(f"{owner}/{name}").labels.values()))


@blueprint.get(f"{REPO}/labels/<path:label>")
def label(owner: str, name: str, label: str) -> Response:
    """One label."""
    known = site().repo(f"{owner}/{name}").labels
    if label not in known:
        raise GithubError(404, "Not Found")
    return answer(known[label])


@blueprint.route(f"{REPO}/hooks", methods=["GET", "POST"])
def hooks(owner: str, name: str) -> Response:
    """Webhooks of the repository: list them, or register one."""
    here = site()
    repo = here.repo(f"{owner}/{name}")
    if request.method == "GET":
        return paged([_hook(hook) for hook in here.postman.hooks if hook.repo in ("", repo.name)])
    body = payload()
    config = body.get("config") or {}
    if not config.get("url"):
        raise invalid("Hook", "url")
    wanted = [one for one in body.get("events") or ["push"] if one != "*"]
    secret = str(config.get("secret") or "")
    return answer(_hook(here.add_hook(str(config["url"]), secret, wanted, repo.name)), 201)


@blueprint.delete(f"{REPO}/hooks/<int:number>")
def forget(owner: str, name: str, number: int) -> Response:
    """Remove a webhook."""
    here = site()
    repo = here.repo(f"{owner}/{name}")
    kept = [hook for hook in here.postman.hooks if hook.id != number]
    if len(kept) == len(here.postman.hooks):
        raise GithubError(404, f"No hook {number} in {repo.name}")
    here.postman.hooks = kept
    return Response(status=204)


def _hook(hook: Hook) -> Json:
    here = f"{shapes.API}/repos/{hook.repo}/hooks/{hook.id}"
    config = {"url": hook.url, "content_type": "json", "insecure_ssl": "0"}
    if hook.secret:
        config["secret"] = "********"  # noqa: S105
    return {
        "type": "Repository", "id": hook.id, "name": "web", "active": True,
        "events": sorted(hook.events) or ["*"], "config": config, "url": here,
        "test_url": f"{here}/test", "ping_url": f"{here}/pings",
        "deliveries_url": f"{here}/deliveries", "created_at": "2020-01-01T00:00:00Z",
        "updated_at": "2020-01-01T00:00:00Z",
        "last_response": {"code": None, "status": "unused", "message": None},
    }  # fmt: skip
