"""Search over HTTP: issues and repositories by words and qualifiers, 1000 results at most."""

import re
from collections.abc import Callable, Sequence
from typing import Any

from flask import Blueprint, Response, g, request

from integrations.simulators.github import sight
from integrations.simulators.github.paging import paged
from integrations.simulators.github.shapes import Json
from integrations.simulators.github.state import GithubError, Item, Repo
from integrations.simulators.github.web import shown_repo, site

blueprint = Blueprint("search", __name__)
MOST = 1000
_TERM = re.compile(r'(-?)(?:([\w-]+):)?("[^"]*"|\S+)')
_KINDS = {"is:issue", "is:pull-request", "is:pr", "type:issue", "type:pr"}
_SORTS = {"created": "created_at", "updated": "updated_at", "comments": "comments"}
_NOBODY = (
    "The listed users and repositories cannot be searched either because the resources do not "
    "exist or you do not have permission to view them."
)
_NO_KIND = "Query must include 'is:issue' or 'is:pull-request'"


@blueprint.get("/search/issues")
def issues() -> Response:
    """Issues and pull requests; an app has to say which of them it means."""
    here, terms = site(), _terms()
    named = {f"{name}:{word}" for _, name, word in terms}
    if g.token.kind == "installation" and not named & _KINDS:
        raise _invalid(_NO_KIND)
    repos = [repo for repo in sight.visible(here, g.token) if _among(repo, terms)]
    _searchable(terms, repos)
    found = [
        item for repo in repos for item in repo.items.values()
        if all(_fits(repo, item, name, word) is not no for no, name, word in terms)
    ]  # fmt: skip
    key = _SORTS.get(request.args.get("sort", ""), "number")
    down = request.args.get("order", "desc") == "desc"
    found.sort(key=lambda item: (item.fields[key], item.fields["id"]), reverse=down)
    kind = {"search_type": "lexical"}
    return _answered(found, lambda page: [here.shown(item) | {"score": 1.0} for item in page], kind)


@blueprint.get("/search/repositories")
def repositories() -> Response:
    """Repositories by words of their names, and by owner."""
    terms = _terms()
    words = [word for _, name, word in terms if name == ""]
    found = [repo for repo in sight.visible(site(), g.token) if _among(repo, terms)
             and all(word in repo.name.lower() for word in words)]  # fmt: skip
    found.sort(key=lambda repo: repo.name.lower())
    return _answered(found, lambda page: [shown_repo(repo) | {"score": 1.0} for repo in page])


@blueprint.get("/search/labels")
def labels() -> Response:
    """Labels of one repository, by its id, by words."""
    here, words = site(), request.args.get("q", "").lower().split()
    number = request.args.get("repository_id", "")
    repo = next((r for r in sight.visible(here, g.token) if str(r.about["id"]) == number), None)
    if repo is None:
        raise GithubError(404, "Not Found")
    kept = ("id", "node_id", "url", "name", "color", "default", "description")
    found = [{name: each[name] for name in kept} | {"score": 1.0}
             for each in repo.labels.values()
             if all(word in each["name"].lower() for word in words)]  # fmt: skip
    return _answered(found, list)


def _terms() -> list[tuple[bool, str, str]]:
    text = request.args.get("q", "").strip()
    if not text:
        raise GithubError(422, "Validation Failed", errors=[
            {"resource": "Search", "field": "q", "code": "missing"}])  # fmt: skip
    if len(text) > 256:
        raise _invalid("The search is longer than 256 characters.")
    return [(sign == "-", name.lower(), word.strip('"').lower())
            for sign, name, word in _TERM.findall(text)]  # fmt: skip


def _invalid(message: str) -> GithubError:
    return GithubError(422, "Validation Failed", errors=[
        {"message": message, "resource": "Search", "field": "q", "code": "invalid"}])  # fmt: skip


def _among(repo: Repo, terms: list[tuple[bool, str, str]]) -> bool:
    """Whether a repository is among those the terms name."""
    name, owner = repo.name.lower(), repo.name.split("/")[0].lower()
    repos = {word for _, what, word in terms if what == "repo"}
    owners = {word for _, what, word in terms if what in ("org", "user")}
    return not (repos or owners) or name in repos or owner in owners


def _searchable(terms: list[tuple[bool, str, str]], repos: list[Repo]) -> None:
    """422 when a repository is named that is not there for the caller, and nothing else is."""
    if not repos and any(name in ("repo", "org", "user") for _, name, _ in terms):
        raise _invalid(_NOBODY)


def _fits(repo: Repo, item: Item, name: str, word: str) -> bool:
    fields = item.fields
    if name in ("repo", "org", "user", "sort", "in"):
        return True
    if name in ("is", "type", "state"):
        return _is(item, word)
    if name == "label":
        return word in {label["name"].lower() for label in fields["labels"]}
    if name == "milestone":
        held = repo.milestones.get(item.milestone or 0, {})
        return bool(str(held.get("title", "")).lower() == word)
    if name == "no":
        return not (item.milestone if word == "milestone" else fields.get(f"{word}s"))
    if name in ("updated", "created", "closed"):
        return _when(str(fields[f"{name}_at"] or ""), word)
    if name == "":
        text = f"{fields['title']} {fields['body'] or ''} {item.number}".lower()
        return word.lstrip("#") in text
    raise _invalid(f"{name} is no qualifier of this search.")


def _is(item: Item, word: str) -> bool:
    kinds: Json = {
        "issue": not item.is_pull, "pr": item.is_pull, "pull-request": item.is_pull,
        "open": item.fields["state"] == "open", "closed": item.fields["state"] == "closed",
        "merged": item.is_pull and bool(item.fields["pull_request"]["merged_at"]),
        "private": False, "public": True,
    }  # fmt: skip
    return bool(kinds.get(word, False))


def _when(held: str, word: str) -> bool:
    bound = word.lstrip("<>=").upper()
    sign, held = word[: len(word) - len(bound)], held[: len(bound)]
    if not held:
        return False
    order = {">": held > bound, ">=": held >= bound, "<": held < bound, "<=": held <= bound}
    return order.get(sign, held == bound)


def _answered(
    found: Sequence[Any], show: Callable[[Any], Any], more: Json | None = None
) -> Response:
    page, size = request.args.get("page", "1"), request.args.get("per_page", "30")
    if page.isdigit() and size.isdigit() and (int(page) - 1) * int(size) >= MOST:
        raise GithubError(422, "Only the first 1000 search results are available")
    rest = {"total_count": len(found), "incomplete_results": False, **(more or {})}
    return paged(found[:MOST], show, wrap=lambda items: rest | {"items": items}, numbered=True)
