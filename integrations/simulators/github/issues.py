"""Issues over HTTP: lists, single ones, changes, events."""

from collections.abc import Callable

from flask import Blueprint, Response, request

from integrations.simulators.github.paging import paged
from integrations.simulators.github.shapes import Json
from integrations.simulators.github.state import GithubError, Item, Repo
from integrations.simulators.github.web import answer, invalid, payload, shown_repo, site

blueprint = Blueprint("issues", __name__, url_prefix="/repos/<owner>/<name>")
STATES = ("open", "closed", "all")
REASONS = ("completed", "not_planned", "duplicate", "reopened", None)
SORTS = {"created": "created_at", "updated": "updated_at", "comments": "comments"}


def _repo(owner: str, name: str) -> Repo:
    return site().repo(f"{owner}/{name}")


@blueprint.get("/issues")
def listed(owner: str, name: str) -> Response:
    """Issues and pull requests, open ones by default, newest first by default."""
    repo, asked = _repo(owner, name), request.args
    state, sort = asked.get("state", "open"), asked.get("sort", "created")
    if state not in STATES or sort not in SORTS:
        raise invalid("Issue", "state" if state not in STATES else "sort")
    key, fits = SORTS[sort], _filter(repo)
    found = [repo.items[number] for number in sorted(repo.items)]
    if fits:
        found = [item for item in found if all(each(item) for each in fits)]
    found.sort(key=lambda item: item.fields[key])
    if asked.get("direction", "desc") != "asc":
        found.reverse()
    return paged(
        found, site().shown_all, place=lambda item: f"{item.fields[key]} {item.number:012}"
    )


def _filter(repo: Repo) -> list[Callable[[Item], bool]]:
    """What an item has to fit, as far as anything is asked."""
    asked, fits = request.args, list[Callable[[Item], bool]]()
    state, since = asked.get("state", "open"), asked.get("since", "")
    labels = {name.strip().lower() for name in asked.get("labels", "").split(",") if name.strip()}
    milestone, named = asked.get("milestone", ""), [name for name in _NAMES if asked.get(name)]
    number = _milestone(repo, milestone)
    if state != "all":
        fits.append(lambda item: bool(item.fields["state"] == state))
    if since:
        fits.append(lambda item: item.updated >= since)
    if labels:
        fits.append(lambda item: labels <= {one["name"].lower() for one in item.fields["labels"]})
    if milestone:
        fits.append(lambda item: _in(item, milestone, number))
    if named:
        wanted = [(_NAMES[name], asked[name].lower()) for name in named]
        fits.append(lambda item: all(_of(word, held(item)) for held, word in wanted))
    return fits


def _of(wanted: str, held: list[str]) -> bool:
    """Whether an item has what a parameter asks for: a name, ``*`` or ``none``."""
    if wanted in ("*", "none"):
        return bool(held) is (wanted == "*")
    return wanted in [each.lower() for each in held]


_NAMES: dict[str, Callable[[Item], list[str]]] = {
    "type": lambda item: [item.fields["type"]["name"]] if item.fields["type"] else [],
    "creator": lambda item: [item.fields["user"]["login"]],
    "assignee": lambda item: [each["login"] for each in item.fields["assignees"]],
}


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
    return answer(here.shown(here.item(repo.name, number)))


@blueprint.patch("/issues/<int:number>")
def change(owner: str, name: str, number: int) -> Response:
    """Change title, body, state, reason, milestone, labels or assignees."""
    here, repo, body = site(), _repo(owner, name), payload()
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
    found = _told(repo, number)
    kept = found if site().parents_in_events else [e for e in found if "_issue_" not in e["event"]]
    return paged(kept)


@blueprint.get("/issues/<int:number>/timeline")
def timeline(owner: str, name: str, number: int) -> Response:
    """One issue's timeline: all its events and comments, oldest first."""
    repo = _repo(owner, name)
    site().item(repo.name, number)
    comments = [each.shown() | {"event": "commented", "actor": each.user}
                for each in site().comments.values() if each.of(repo.name, number)]  # fmt: skip
    return paged(sorted([*_told(repo, number), *comments], key=lambda each: each["created_at"]))


def _told(repo: Repo, number: int) -> list[Json]:
    """An issue's events, without those REST does not have."""
    details = site().details
    return [event for of, event in repo.events
            if of == number and not details.get(event["id"], {}).get("only")]  # fmt: skip


@blueprint.get("/issues/events")
def all_events(owner: str, name: str) -> Response:
    """The repository's events, newest first, each with its issue."""
    here, repo = site(), _repo(owner, name)
    known = [(of, event) for of, event in repo.events if (of in repo.items or "issue" in event)
             and not here.details.get(event["id"], {}).get("only")]  # fmt: skip
    known.sort(key=lambda entry: (entry[1]["created_at"], entry[1]["id"]), reverse=True)
    return paged([event if "issue" in event else event | {"issue": here.shown(repo.items[of])}
                  for of, event in known])  # fmt: skip


@blueprint.get("")
def about(owner: str, name: str) -> Response:
    """The repository."""
    repo = _repo(owner, name)
    count = sum(item.fields["state"] == "open" for item in repo.items.values())
    counts = {"open_issues_count": count, "open_issues": count}
    shown = shown_repo(repo) | counts
    if shown["owner"]["type"] == "Organization":
        shown["organization"] = shown["owner"]
    return answer(shown)
