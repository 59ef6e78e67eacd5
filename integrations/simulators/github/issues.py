"""Issues over HTTP: lists, single ones, changes, events, sub-issues, pull requests."""

from collections.abc import Callable

from flask import Blueprint, Response, request

from integrations.simulators.github import events
from integrations.simulators.github.state import GithubError, Item, Repo
from integrations.simulators.github.web import answer, invalid, paged, payload, root, site

blueprint = Blueprint("issues", __name__, url_prefix="/repos/<owner>/<name>")
STATES = ("open", "closed", "all")
REASONS = ("completed", "not_planned", "duplicate", "reopened", None)
SORTS = {"created": "created_at", "updated": "updated_at", "comments": "comments"}


def _repo(owner: str, name: str) -> Repo:
    return site().repo(f"{owner}/{name}")


def _moved(repo: Repo, number: int) -> Response | None:
    if number not in repo.moved:
        return None
    to, new = repo.moved[number]
    where = f"{root()}/repos/{to}/issues/{new}"
    body = {"message": "Moved Permanently", "url": where, "documentation_url": ""}
    return answer(body, 301, {"Location": where})


@blueprint.get("/issues")
def listed(owner: str, name: str) -> Response:
    """Issues and pull requests, open ones by default, newest first by default."""
    repo, asked = _repo(owner, name), request.args
    state, sort = asked.get("state", "open"), asked.get("sort", "created")
    if state not in STATES or sort not in SORTS:
        raise invalid("Issue", "state" if state not in STATES else "sort")
    found = list(filter(_filter(repo), repo.items.values()))
    key = SORTS[sort]
    found.sort(key=lambda item: (item.fields[key], item.number),
               reverse=asked.get("direction", "desc") != "asc")  # fmt: skip
    return paged(found, site().shown_all)


def _filter(repo: Repo) -> Callable[[Item], bool]:
    asked = request.args
    wanted = {name.strip().lower() for name in asked.get("labels", "").split(",") if name.strip()}
    state, since = asked.get("state", "open"), asked.get("since", "")
    milestone = asked.get("milestone", "")
    number = _milestone(repo, milestone)

    def fits(item: Item) -> bool:
        return (
            state in ("all", item.fields["state"])
            and item.updated >= since
            and (not wanted or wanted <= {label["name"].lower() for label in item.fields["labels"]})
            and (not milestone or _in(item, milestone, number))
        )

    return fits


def _in(item: Item, wanted: str, number: int | None) -> bool:
    if wanted in ("*", "none"):
        return (item.milestone is None) == (wanted == "none")
    return item.milestone == number


def _milestone(repo: Repo, wanted: str) -> int | None:
    if wanted in ("", "*", "none"):
        return None
    if not wanted.isdigit() or int(wanted) not in repo.milestones:
        raise invalid("Issue", "milestone", wanted)
    return int(wanted)


@blueprint.post("/issues")
def make(owner: str, name: str) -> Response:
    """A new issue."""
    here, body = site(), payload()
    if not body.get("title"):
        raise GithubError(422, "Validation Failed", errors=[
            {"resource": "Issue", "code": "missing_field", "field": "title"}])  # fmt: skip
    repo = _repo(owner, name)
    labels = [_label_name(one) for one in body.get("labels") or ()]
    _known_milestone(repo, body.get("milestone"))
    number = here.add_issue(repo.name, str(body["title"]), body.get("milestone"), labels)
    if body.get("body"):
        here.edit(repo.name, number, body=body["body"])
    return answer(here.shown(repo.items[number]), 201)


def _label_name(label: object) -> str:
    return str(label["name"]) if isinstance(label, dict) else str(label)


def _known_milestone(repo: Repo, number: object) -> None:
    if number is not None and number not in repo.milestones:
        raise invalid("Issue", "milestone", number)


@blueprint.get("/issues/<int:number>")
def read(owner: str, name: str, number: int) -> Response:
    """One issue or pull request; 301 when transferred, 410 when deleted."""
    here, repo = site(), _repo(owner, name)
    return _moved(repo, number) or answer(here.shown(here.item(repo.name, number)))


@blueprint.patch("/issues/<int:number>")
def change(owner: str, name: str, number: int) -> Response:
    """Change title, body, state, reason, milestone, labels or assignees."""
    here, repo, body = site(), _repo(owner, name), payload()
    moved = _moved(repo, number)
    if moved:
        return moved
    here.item(repo.name, number)
    if body.get("state") not in (None, "open", "closed"):
        raise invalid("Issue", "state", body["state"])
    if body.get("state_reason") not in REASONS:
        raise invalid("Issue", "state_reason", body["state_reason"])
    _known_milestone(repo, body.get("milestone"))
    if "labels" in body:
        body["labels"] = [_label_name(one) for one in body["labels"]]
    if body.get("state") is None:
        body.pop("state", None)
    item = here.edit(repo.name, number, **{k: v for k, v in body.items() if k != "at"})
    return answer(here.shown(item))


@blueprint.get("/issues/<int:number>/events")
def item_events(owner: str, name: str, number: int) -> Response:
    """One issue's events, oldest first."""
    repo = _repo(owner, name)
    site().item(repo.name, number)
    found = [event for of, event in repo.events if of == number]
    kept = found if site().parents_in_events else [e for e in found if "_issue_" not in e["event"]]
    return paged(kept)


@blueprint.get("/issues/<int:number>/timeline")
def timeline(owner: str, name: str, number: int) -> Response:
    """One issue's timeline: all its events, oldest first; no comments are simulated."""
    repo = _repo(owner, name)
    site().item(repo.name, number)
    return paged([event for of, event in repo.events if of == number])


@blueprint.get("/issues/events")
def all_events(owner: str, name: str) -> Response:
    """The repository's events, newest first, each with its issue."""
    here, repo = site(), _repo(owner, name)
    known = [(of, event) for of, event in repo.events if of in repo.items or "issue" in event]
    known.sort(key=lambda entry: (entry[1]["created_at"], entry[1]["id"]), reverse=True)
    return paged([event if "issue" in event else event | {"issue": here.shown(repo.items[of])}
                  for of, event in known])  # fmt: skip


@blueprint.get("/pulls/<int:number>")
def pull(owner: str, name: str, number: int) -> Response:
    """One pull request."""
    here, repo = site(), _repo(owner, name)
    item = here.item(repo.name, number)
    if not item.is_pull:
        raise GithubError(404, "Not Found")
    return answer(events.pull(here, item))


@blueprint.route("/issues/<int:number>/sub_issues", methods=["GET", "POST"])
def sub_issues(owner: str, name: str, number: int) -> Response:
    """The sub-issues of an issue; POST adds one by id."""
    here = site()
    item = here.item(f"{owner}/{name}", number)
    if not here.has_sub_issues:
        raise GithubError(404, "Not Found")
    if request.method == "GET":
        return paged([here.shown(child) for child in here.below(item)])
    child = here.by_id(payload().get("sub_issue_id"))
    here.set_parent(child.repo, child.number, (item.repo, item.number))
    return answer(here.shown(item), 201)


@blueprint.get("/issues/<int:number>/parent")
def parent(owner: str, name: str, number: int) -> Response:
    """The issue this one is a sub-issue of."""
    here = site()
    item = here.item(f"{owner}/{name}", number)
    if item.parent is None:
        raise GithubError(404, "Not Found")
    return answer(here.shown(here.by_id(item.parent)))


@blueprint.get("")
def about(owner: str, name: str) -> Response:
    """The repository."""
    repo = _repo(owner, name)
    count = sum(item.fields["state"] == "open" for item in repo.items.values())
    rights = dict.fromkeys(("admin", "maintain", "push", "triage", "pull"), True)
    return answer(
        repo.about
        | {
            "open_issues_count": count,
            "open_issues": count,
            "organization": repo.about["owner"],
            "permissions": rights,
        }
    )
