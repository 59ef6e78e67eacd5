"""From what is needed to JQL: one condition per scope, put together as one query."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from integrations.jira.jql import quote
from integrations.jira.profile import Profile
from integrations.jira.spec import is_issue_key, issue_key, project_and_name, project_key, query
from integrations.kit.answers import Rejected
from integrations.tracker import Need

Scope = tuple[str, str]
_PART_FIELDS = {"version": "fixVersion", "component": "component", "label": "labels"}
_CHECKED = ("version", "component")
_QUERIES = ("jql", "sprint")
_ORDER = " ORDER BY created ASC, id ASC"


@dataclass(frozen=True, slots=True)
class Condition:
    """``field in (value)``, or with an empty field the JQL ``value``; who asks for it."""

    field: str
    value: str
    scopes: frozenset[Scope] = frozenset()


def conditions(need: Need, profile: Profile) -> tuple[Condition, ...]:
    """Every condition of a need once, in a stable order; queries of people come last."""
    asked: dict[tuple[str, str], set[Scope]] = {}
    for scope in sorted(need.scopes):
        for condition in _of(scope, profile, narrow=need.narrow):
            asked.setdefault(condition, set()).add(scope)
    for key in sorted(filter(is_issue_key, need.parents)):
        for condition in _children(key.upper(), profile):
            asked.setdefault(condition, set())
    found = [Condition(*name, frozenset(scopes)) for name, scopes in asked.items()]
    return tuple(sorted(found, key=lambda each: not each.field))


def queries(need: Need) -> dict[str, frozenset[Scope]]:
    """The queries whose matches are wanted, each with the scopes that ask for it."""
    asked: dict[str, set[Scope]] = {}
    for kind, value in sorted(need.scopes):
        if kind in _QUERIES:
            asked.setdefault(query(kind, value), set()).add((kind, value))
    return {text: frozenset(scopes) for text, scopes in asked.items()}


def together(found: Iterable[Condition], since: int | None = None) -> str:
    """All conditions OR-ed, those of one field as one list; ``since`` in epoch milliseconds."""
    lists: dict[str, list[str]] = {}
    for each in found:
        lists.setdefault(each.field, []).append(each.value)
    jql = " OR ".join(_parts(lists))
    return jql + _ORDER if since is None else f"({jql}) AND updated >= {since}{_ORDER}"


def failure(
    scope: Scope, wanted: Iterable[Condition], refused: Mapping[Condition, Rejected]
) -> Rejected | None:
    """Why a scope cannot be read; ways to name a parent's children stand in for each other."""
    mine = [each for each in wanted if scope in each.scopes]
    ways = [each for each in mine if each.field == "parent" or each.field.startswith("cf[")]
    lost = next((refused[each] for each in mine if each in refused and each not in ways), None)
    unread = ways and all(each in refused for each in ways)
    return lost or (refused[ways[0]] if unread else None)


def _parts(lists: dict[str, list[str]]) -> Iterator[str]:
    for field, values in lists.items():
        if field:
            yield f"{field} in ({', '.join(quote(value) for value in values)})"
        else:
            yield from (f"({value})" for value in values)


def _of(scope: Scope, profile: Profile, *, narrow: bool) -> Iterator[tuple[str, str]]:
    kind, value = scope
    if kind in _QUERIES:
        yield "", query(kind, value)
    elif kind == "project":
        yield "project", project_key(value)
    elif kind == "epic":
        key = issue_key(value)
        if not narrow:
            # The project too: an issue that leaves the epic is only seen there.
            yield "project", key.rpartition("-")[0]
        yield "key", key
        yield from _children(key, profile)
    else:
        yield from _part(kind, value, narrow=narrow)


def _part(kind: str, value: str, *, narrow: bool) -> Iterator[tuple[str, str]]:
    project, name = project_and_name(value)
    if not narrow:
        yield "project", project
    if narrow or kind in _CHECKED:
        # Beside the project it lists nothing new, but Jira says so when there is no such part.
        yield "", f"project = {quote(project)} AND {_PART_FIELDS[kind]} = {quote(name)}"


def _children(key: str, profile: Profile) -> Iterator[tuple[str, str]]:
    yield "parent", key
    if profile.epic_link:
        yield _clause_name(profile.epic_link), key


def _clause_name(field_id: str) -> str:
    number = field_id.removeprefix("customfield_")
    return f"cf[{number}]" if number.isdigit() else quote(field_id)
