"""Repositories that filters of projects ask for by name: known by their ids, so that a new name is
followed though no source reads them."""

from collections.abc import Collection, Iterable, Iterator, Mapping

from connector.conditions import Named
from connector.errors import AccessDenied, Gone, Renamed
from integrations.github.client import GitHubClient
from integrations.github.filters import in_repository
from integrations.github.repositories import identity, named
from integrations.github.scopes import conditions, is_repository

Scope = tuple[str, str]
REPOSITORIES = ("repo:",)


def asked(scopes: Iterable[Scope]) -> frozenset[str]:
    """The repositories that the filters of these scopes name."""
    return frozenset(name for kind, value in scopes if kind == "project" for name in _named(value))


def _named(value: str) -> Iterator[str]:
    for each in conditions(value):
        if each.condition.words == REPOSITORIES:
            names = (one.name for one in each.condition.wanted if isinstance(one, Named))
            yield from (name for name in names if is_repository(name))


def known(
    client: GitHubClient, scopes: Collection[Scope], held: Mapping[str, str]
) -> dict[str, str]:
    """The ids of the repositories that are asked for, by name; those met before stay as known."""
    found: dict[str, str] = {}
    for name in sorted(asked(scopes)):
        ident = held.get(name) or _ident(client, name)
        if ident:
            found[name] = ident
    return found


def _ident(client: GitHubClient, name: str) -> str:
    try:
        return identity(client, name, None)
    except Renamed as error:
        return error.place_id
    except (Gone, AccessDenied):
        return ""


def left(homes: Mapping[str, str], before: Collection[str], after: Collection[str]) -> bool:
    """Whether a project shows nothing any more of a repository of which it showed items."""
    return any(_shows(name, before) and not _shows(name, after) for name in homes)


def _shows(name: str, keys: Collection[str]) -> bool:
    return any(key.rpartition("#")[0] == name for key in keys)


def called(
    client: GitHubClient, scopes: Collection[Scope], homes: Mapping[str, str]
) -> dict[Scope, str]:
    """The scopes whose filters name repositories that are called otherwise now."""
    told = {name: named(client, ident) for name, ident in homes.items()}
    now = {name: there for name, there in told.items() if there and there != name}
    found = {scope: _renamed(scope[1], now) for scope in scopes if scope[0] == "project"}
    return {scope: value for scope, value in found.items() if value != scope[1]}


def _renamed(value: str, now: Mapping[str, str]) -> str:
    project, mark, text = value.partition("?")
    return f"{project}{mark}{in_repository(text, now)}"
