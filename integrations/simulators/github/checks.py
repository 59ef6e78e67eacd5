"""Check runs over HTTP: of apps only, each bound to a commit."""

from flask import Blueprint, Response, g, request

from integrations.simulators.github import app_shapes, shapes
from integrations.simulators.github.paging import paged
from integrations.simulators.github.shapes import Json, stamp
from integrations.simulators.github.state import GithubError, Repo
from integrations.simulators.github.web import answer, payload, site

blueprint = Blueprint("checks", __name__, url_prefix="/repos/<owner>/<name>")
CONCLUSIONS = ("action_required", "cancelled", "failure", "neutral", "success", "skipped",
               "timed_out")  # fmt: skip
_KEPT = ("name", "details_url", "external_id", "status", "started_at", "conclusion",
         "completed_at", "output")  # fmt: skip


@blueprint.post("/check-runs")
def made(owner: str, name: str) -> Response:
    """A new check run of the calling app."""
    repo, body = site().repo(f"{owner}/{name}"), payload()
    for needed in ("name", "head_sha"):
        if not body.get(needed):
            raise GithubError(422, f'Invalid request.\n\n"{needed}" wasn\'t supplied.')
    app = site().apps.known.get(g.token.app)
    if app is None:
        raise GithubError(403, "You must authenticate via a GitHub App.")
    if body["head_sha"] not in commits(repo):
        raise GithubError(422, f"No commit found for SHA: {body['head_sha']}")
    run = shapes.check_run(repo.name, site().new_id(), body["head_sha"], body["name"])
    run |= {"app": app_shapes.by(app), "started_at": stamp(site().now),
            "pull_requests": _pulls(repo, body["head_sha"])}  # fmt: skip
    repo.checks[run["id"]] = run
    return answer(_set(run, body), 201)


@blueprint.get("/check-runs/<int:ident>")
def one(owner: str, name: str, ident: int) -> Response:
    """One check run."""
    return answer(_found(owner, name, ident))


@blueprint.patch("/check-runs/<int:ident>")
def changed(owner: str, name: str, ident: int) -> Response:
    """Change a check run: the app that made it alone may."""
    run = _found(owner, name, ident)
    if run["app"]["id"] != g.token.app:
        raise GithubError(403, f"Invalid app_id `{g.token.app}` - check run can only be modified "
                               "by the GitHub App that created it.")  # fmt: skip
    return answer(_set(run, payload()))


@blueprint.get("/commits/<ref>/check-runs")
def of_commit(owner: str, name: str, ref: str) -> Response:
    """The check runs of a commit, newest first; by default the latest of each name."""
    repo, asked = site().repo(f"{owner}/{name}"), request.args
    if ref not in commits(repo):
        raise GithubError(422, f"No commit found for SHA: {ref}")
    found = [run for run in reversed(repo.checks.values()) if run["head_sha"] == ref
             and asked.get("check_name", run["name"]) == run["name"]
             and asked.get("status", run["status"]) == run["status"]
             and asked.get("app_id", str(run["app"]["id"])) == str(run["app"]["id"])]  # fmt: skip
    if asked.get("filter", "latest") == "latest":
        latest = {(run["app"]["id"], run["name"]): run for run in reversed(found)}
        found = [run for run in found if latest[run["app"]["id"], run["name"]] is run]
    return paged(found, wrap=lambda page: {"total_count": len(found), "check_runs": page})


def commits(repo: Repo) -> set[str]:
    """The commits a repository is known to have: the heads of its pull requests, and its own."""
    heads = {shapes.head(item.fields["id"]) for item in repo.items.values() if item.is_pull}
    return heads | {shapes.head(repo.about["id"])}


def _found(owner: str, name: str, ident: int) -> Json:
    found = site().repo(f"{owner}/{name}").checks.get(ident)
    if found is None:
        raise GithubError(404, "Not Found")
    return found


def _set(run: Json, body: Json) -> Json:
    if body.get("conclusion") not in (None, *CONCLUSIONS):
        raise GithubError(422, "Invalid request.\n\nconclusion is no member of the known ones.")
    fields = {name: body[name] for name in _KEPT if name in body}
    output = fields.pop("output", None)
    if output is not None:
        if not (output.get("title") and output.get("summary")):
            raise GithubError(422, "Invalid request.\n\n"
                                   "output needs a title and a summary.")  # fmt: skip
        kept = {each: output.get(each) for each in ("title", "summary", "text")}
        run["output"] = run["output"] | kept
    run |= fields
    if body.get("conclusion"):
        run["status"] = "completed"
        run["completed_at"] = body.get("completed_at") or stamp(site().now)
    return run


def _pulls(repo: Repo, sha: str) -> list[Json]:
    base = {"ref": "main", "sha": shapes.head(repo.about["id"]),
            "repo": {name: repo.about[name] for name in ("id", "url", "name")}}  # fmt: skip
    return [
        {"url": item.fields["pull_request"]["url"], "id": item.fields["id"] + 1_000_000_000,
         "number": item.number, "head": base | {"ref": f"change-{item.number}", "sha": sha},
         "base": base}
        for item in repo.items.values()
        if item.is_pull and shapes.head(item.fields["id"]) == sha
    ]  # fmt: skip
