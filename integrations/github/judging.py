"""GitHub's own word on a scope before it is linked."""

from collections.abc import Callable, Mapping
from urllib.parse import quote

from connector.errors import AccessDenied, Gone, Renamed
from integrations.github import columns, features
from integrations.github.boards import Board
from integrations.github.columns import Column
from integrations.github.places import repository_of
from integrations.github.repositories import visible
from integrations.github.scopes import conditions, issue, label, milestone, project, repository
from integrations.github.seeking import MANY, Asked
from integrations.github.seeking_parts import titled
from integrations.github.spec import SPEC
from integrations.kit.address import same_origin
from integrations.kit.answers import Moved
from integrations.kit.loose import Json, objects, text

_NAMED = 5
_REDIRECTS = 3


def judge(asked: Asked, kind: str, value: str) -> str | None:
    """A sentence against a scope that cannot be read; None when it can. Raises for no answer."""
    said = features.objection(kind, asked.account.options)
    if said:
        return said
    try:
        return _JUDGES[kind](asked, value)
    except Renamed as error:
        return f"{error.was} is called {error.now} now: write the scope with the new name."
    except AccessDenied as error:
        return str(error)
    except Gone:
        known = SPEC.kind(kind)
        return hidden(known.source(value) if known else value)


def hidden(place: str) -> str:
    """What is said of a repository that GitHub does not show."""
    return (
        f"GitHub does not show {place}: it does not exist, or this token has no access to it (a"
        " fine-grained token needs this repository and Issues: Read-only)."
    )


def _milestone(asked: Asked, value: str) -> str | None:
    place, name = milestone(value)
    if place.endswith("/*"):
        return _title(asked, place, name)
    try:
        asked.client.get(f"/repos/{place}/milestones/{name}")
    except Gone:
        visible(asked.client, place)
        there = asked.client.get(f"/repos/{place}/milestones", {"state": "all", "per_page": 100})
        rows = [f"{text(row, 'number')} {text(row, 'title')}" for row in objects(there.array())]
        return f"{place} has no milestone {name}; {_are(rows)}."
    return None


def _title(asked: Asked, place: str, title: str) -> str | None:
    """Whether any repository of an owner has a milestone of the title; where there are too many
    to ask each, the next look tells."""
    asked.learn(place)
    if len(asked.repos) > MANY or titled(asked, title):
        return None
    owner = place.partition("/")[0]
    return f"No repository of {owner} that this token sees has a milestone {title}."


def _label(asked: Asked, value: str) -> str | None:
    place, name = label(value)
    try:
        asked.client.get(f"/repos/{place}/labels/{quote(name, safe='')}")
    except Gone:
        visible(asked.client, place)
        there = asked.client.get(f"/repos/{place}/labels", {"per_page": 100})
        rows = [text(row, "name") for row in objects(there.array())]
        return f"{place} has no label {name}; {_are(rows)}."
    return None


def _issue(asked: Asked, value: str) -> str | None:
    place, number = issue(value)
    try:
        row = asked.client.get(f"/repos/{place}/issues/{number}").object()
    except Moved as error:
        visible(asked.client, place)
        return _elsewhere(f"{place}#{number}", _followed(asked, error))
    except Gone:
        visible(asked.client, place)
        return f"{place} has no issue {number}: it was deleted, or this token may not see it."
    if row.get("pull_request"):
        return f"{place}#{number} is a pull request: link an issue, a milestone or a label."
    return None


def _elsewhere(was: str, row: Json | None) -> str:
    repo = (repository_of(text(row or {}, "repository_url")) or "").lower()
    if not row or not repo:
        return f"{was} was moved to a repository that this token does not see."
    number = text(row, "number")
    return f"{was} is {repo}#{number} now: link github:issue:{repo}/{number}."


def _followed(asked: Asked, error: Moved) -> Json | None:
    """What a redirect leads to at this GitHub."""
    for _ in range(_REDIRECTS):
        if not same_origin(error.location, asked.client.api):
            return None
        try:
            return asked.client.get(error.location).object()
        except Moved as further:
            error = further
        except (Gone, AccessDenied):
            return None
    return None


def _project(asked: Asked, value: str) -> str | None:
    owner, number = project(value)
    named = f"Project {number} of {owner}"
    for whose in ("orgs", "users"):
        try:
            asked.client.get(f"/{whose}/{owner}/projectsV2/{number}")
        except AccessDenied as error:
            return f"{named} may not be read with this token: it needs Projects: Read-only. {error}"
        except Gone:
            continue
        return _filter(asked, f"/{whose}/{owner}/projectsV2/{number}", value)
    return f"GitHub does not show {named}: there is none, or this token may not see it."


def _filter(asked: Asked, path: str, value: str) -> str | None:
    """Whether the project has the fields and options that a filter names."""
    wanted = conditions(value)
    if not wanted:
        return None
    known = _fields(asked, path)
    named = Board(*project(value)).name
    wrong = (columns.objection(known, each, named) for each in wanted)
    return next((each for each in wrong if each), None)


def fields(asked: Asked, value: str) -> tuple[Column, ...]:
    """The fields of a project that is there; of none that is not."""
    owner, number = project(value)
    for whose in ("orgs", "users"):
        try:
            return _fields(asked, f"/{whose}/{owner}/projectsV2/{number}")
        except Gone:
            continue
    return ()


def _fields(asked: Asked, path: str) -> tuple[Column, ...]:
    pages = asked.client.listing(f"{path}/fields", {})
    return columns.columns(each for page in pages for each in page)


def _repository(asked: Asked, value: str) -> str | None:
    visible(asked.client, repository(value))
    return None


def _are(names: list[str]) -> str:
    return f"there are: {', '.join(names[-_NAMED:])}" if names else "it has none"


_JUDGES: Mapping[str, Callable[[Asked, str], str | None]] = {
    "milestone": _milestone,
    "label": _label,
    "issue": _issue,
    "project": _project,
    "repo": _repository,
}
