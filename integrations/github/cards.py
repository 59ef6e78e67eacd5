"""The boards of projects as GraphQL tells them: their statuses, and where an issue stands."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from connector.conditions import plain
from connector.errors import AccessDenied, Gone
from integrations.github import nodes
from integrations.github.client import GitHubClient
from integrations.github.scopes import folded
from integrations.github.story import Shown
from integrations.kit.answers import Rejected
from integrations.kit.fields import Fields

_ASKED = """query($owner: String!, $number: Int!) { repositoryOwner(login: $owner) {
 ... on ProjectV2Owner { projectV2(number: $number) { fields(first: 100) { nodes {
 ... on ProjectV2Field { name } ... on ProjectV2SingleSelectField { name options { name } }
 } } } } } }"""


@dataclass(frozen=True, slots=True)
class Hall:
    """The board of one project: its statuses as they are compared, and the names of those of its
    number fields that are measured by."""

    statuses: frozenset[str] = frozenset()
    numbers: frozenset[str] = frozenset()


def halls(client: GitHubClient, boards: Iterable[str], measured: frozenset[str]) -> dict[str, Hall]:
    """What GraphQL tells of projects such as ``acme/3``; those it does not tell of are left out."""
    found = {}
    for board in sorted(boards):
        owner, _, number = board.partition("/")
        try:
            told = client.graphql(_ASKED, {"owner": owner, "number": int(number)})
        except (Rejected, AccessDenied, Gone):
            continue
        project = _at(told, "repositoryOwner", "projectV2")
        if project is not None:
            found[board] = _hall(board, project, measured)
    return found


def _hall(board: str, project: dict[str, Any], measured: frozenset[str]) -> Hall:
    statuses, numbers = set(), set()
    wanted = {
        plain(each.rpartition("/")[2]) for each in measured if each.startswith(f"project:{board}/")
    }
    for each in _each(_at(project, "fields")):
        name = str(each.get("name") or "")
        if plain(name) == "status":
            options = each.get("options")
            statuses |= {
                folded(str(one.get("name"))) for one in options or () if isinstance(one, dict)
            }
        if plain(name) in wanted:
            numbers.add(name)
    return Hall(frozenset(statuses), frozenset(numbers))


def shown(issue: Fields, boards: Mapping[str, Hall]) -> dict[str, Shown]:
    """Where an issue stands on these boards; raises ``BadReading`` naming the wrong field."""
    found: dict[str, Shown] = {}
    held = issue.maybe_within("projectItems")
    names = sorted({name for hall in boards.values() for name in hall.numbers})
    for each in held.each("nodes") if held else ():
        board = nodes.project(each.values.get("project"))
        if board is not None and board in boards:
            status = each.maybe_within("status")
            found[board] = Shown(
                added_at=_added(each),
                status=status.maybe_text("name") if status else None,
                numbers=tuple(
                    name
                    for n, name in enumerate(names)
                    if name in boards[board].numbers and each.values.get(f"number{n}")
                ),
            )
    return found


def _added(card: Fields) -> datetime:
    return card.instant("createdAt")


def _at(value: object, *names: str) -> dict[str, Any] | None:
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else None


def _each(connection: dict[str, Any] | None) -> Iterator[dict[str, Any]]:
    held = (connection or {}).get("nodes")
    yield from (each for each in held or () if isinstance(each, dict))
