"""What a GitHub offers a field mapping: of the linked repositories and projects, else of some."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from connector.errors import AccessDenied, Gone, Refused
from integrations.github import columns as fields_of
from integrations.github.boards import Board
from integrations.github.client import GitHubClient
from integrations.github.columns import Column
from integrations.github.features import FIELDS, PROJECTS, TYPES, features
from integrations.github.proposing import Offer, proposal
from integrations.github.quick import NO_TYPE, PULL
from integrations.github.scopes import owner_of, project_of
from integrations.github.spec import SPEC
from integrations.tracker import Account, Survey

MOST = 10
"""Repositories and projects that are looked at; one call each."""
_CLOSED = ("completed", "not_planned", "duplicate", "unmerged")


@dataclass(slots=True)
class _Places:
    """Where to look: what links read, else what the token shows first."""

    repos: dict[str, None] = field(default_factory=dict)
    boards: dict[Board, None] = field(default_factory=dict)
    owners: dict[str, None] = field(default_factory=dict)


def survey(client: GitHubClient, account: Account) -> Survey:
    """Not more than 40 calls: labels of repositories, fields of projects, types and issue fields
    of owners; what the token may not read is left out."""
    has = features(account.options)
    places = _linked(account) if account.scopes else _shown(client, account)
    if PROJECTS not in has:
        places.boards.clear()
    elif not places.boards:
        places.boards |= dict.fromkeys(_boards(client, places.owners))
    offer = Offer(
        labels=tuple(dict.fromkeys(_labels(client, places.repos))),
        boards={each.place: _columns(client, each) for each in list(places.boards)[:MOST]},
        types=tuple(dict.fromkeys(_types(client, places.owners) if TYPES in has else ())),
        fields=tuple(dict.fromkeys(_fields(client, places.owners) if FIELDS in has else ())),
    )
    proposed, notes = proposal(offer)
    return Survey(
        statuses=(("open", "todo"), ("closed", "done"), ("merged", "done"), *offer.statuses),
        types=((NO_TYPE, 0), *((each, 0) for each in offer.types), (PULL, 0)),
        resolutions=_CLOSED,
        fields=offer.numbers,
        proposed=proposed,
        notes=tuple(notes),
    )


def _linked(account: Account) -> _Places:
    found = _Places()
    for name, value in sorted(account.scopes):
        kind = SPEC.kind(name)
        with suppress(Refused):
            source = kind.source(value) if kind else ""
            owner, board = owner_of(source), project_of(source)
            if board:
                found.boards[Board(*board)] = None
            elif source and not owner:
                found.repos[source] = None
            found.owners[(owner or source).partition("/")[0]] = None
    return found


def _shown(client: GitHubClient, account: Account) -> _Places:
    """Before anything is linked: what was changed last, or what an app is installed for."""
    found = _Places()
    asked: dict[str, str | int] = {"sort": "pushed", "per_page": MOST}
    listed = _installed(client) if account.client else _first(client, "/user/repos", asked)
    for each in _objects(listed):
        name = str(each.get("full_name") or "").lower()
        if name.count("/") == 1:
            found.repos[name] = None
            found.owners[name.partition("/")[0]] = None
    return found


def _boards(client: GitHubClient, owners: Iterable[str]) -> Iterator[Board]:
    for owner in list(owners)[:MOST]:
        for whose in ("orgs", "users"):
            listed = _first(client, f"/{whose}/{owner}/projectsV2", {"per_page": MOST})
            for each in _objects(listed):
                if each.get("number") and each.get("state") != "closed":
                    yield Board(owner, str(each["number"]))
            if listed:
                break


def _columns(client: GitHubClient, board: Board) -> tuple[Column, ...]:
    for whose in ("orgs", "users"):
        path = f"/{whose}/{board.owner}/projectsV2/{board.number}/fields"
        found = fields_of.columns(_first(client, path, {"per_page": 100}))
        if found:
            return found
    return ()


def _labels(client: GitHubClient, repos: Iterable[str]) -> Iterator[str]:
    for repo in list(repos)[:MOST]:
        for each in _objects(_first(client, f"/repos/{repo}/labels", {"per_page": 100})):
            if name := str(each.get("name") or ""):
                yield name


def _types(client: GitHubClient, owners: Iterable[str]) -> Iterator[str]:
    for owner in list(owners)[:MOST]:
        for each in _objects(_first(client, f"/orgs/{owner}/issue-types", {})):
            if each.get("name") and each.get("is_enabled") is not False:
                yield str(each["name"])


def _fields(client: GitHubClient, owners: Iterable[str]) -> Iterator[str]:
    """The number fields of issues."""
    for owner in list(owners)[:MOST]:
        for each in _objects(_first(client, f"/orgs/{owner}/issue-fields", {"per_page": 100})):
            if each.get("name") and each.get("data_type") == "number":
                yield str(each["name"])


def _first(client: GitHubClient, path: str, asked: dict[str, str | int]) -> list[Any]:
    """The first page of a list; nothing where there is none to be seen."""
    try:
        return client.get(path, asked).array()
    except (Gone, AccessDenied):
        return []


def _installed(client: GitHubClient) -> list[Any]:
    try:
        asked = client.get("/installation/repositories", {"per_page": MOST}).object()
    except (Gone, AccessDenied):
        return []
    found = asked.get("repositories")
    return found if isinstance(found, list) else []


def _objects(entries: list[Any]) -> Iterator[dict[str, Any]]:
    return (each for each in entries if isinstance(each, dict))
