"""From what is needed to JQL: one condition per scope, put together as one query."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from integrations.jira.jql import quote
from integrations.jira.profile import Profile
from integrations.jira.spec import is_issue_key, issue_key, project_and_name, project_key, query
from integrations.tracker import Need

Scope = tuple[str, str]
_PART_FIELDS = {"version": "fixVersion", "component": "component", "label": "labels"}
_CHECKED = ("version", "component")
_QUERIES = ("jql", "sprint")
Name = tuple[str, str]
"""The field and value of a condition."""
_ORDER = " ORDER BY created ASC, id ASC"


@dataclass(frozen=True, slots=True)
class Condition:
    """``field in (value)``, or with an empty field the JQL ``value``; who asks for it."""

    field: str
    value: str
    scopes: frozenset[Scope] = frozenset()

    @property
    def name(self) -> Name:
        """What it is known by."""
        return self.field, self.value


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


def queries(need: Need) -> tuple[str, ...]:
    """The queries of people, whose matches are wanted."""
    asked = (query(kind, value) for kind, value in sorted(need.scopes) if kind == "jql")
    return tuple(dict.fromkeys(asked))


def check(scope: Scope) -> Name | None:
    """The condition by which Jira says that a version, component or sprint does not exist."""
    kind, value = scope
    if kind == "sprint":
        return "", query(kind, value)
    return _named_part(kind, *project_and_name(value)) if kind in _CHECKED else None


def together(found: Iterable[Condition], since: int | None = None, *, only: str = "") -> str:
    """All conditions OR-ed, those of one field as one list.

    ``since`` in epoch milliseconds and the JQL ``only`` narrow them.
    """
    lists: dict[str, list[str]] = {}
    for each in found:
        lists.setdefault(each.field, []).append(each.value)
    jql = " OR ".join(_parts(lists))
    further = [only] if only else []
    further += [f"updated >= {since}"] if since else []  # Jira refuses a moment of 0
    return (" AND ".join([f"({jql})", *further]) if further else jql) + _ORDER


def either(found: Iterable[Condition]) -> str:
    """What lies in any of these, as one condition."""
    return f"({' OR '.join(each.value for each in found)})"


def failure(scope: Scope, wanted: Iterable[Condition], refused: Mapping[Name, str]) -> str | None:
    """Why a scope cannot be read; ways to name a parent's children stand in for each other."""
    mine = [each for each in wanted if scope in each.scopes]
    ways = [each for each in mine if each.field == "parent" or each.field.startswith("cf[")]
    lost = [refused[each.name] for each in mine if each.name in refused and each not in ways]
    unread = ways and all(each.name in refused for each in ways)
    return lost[0] if lost else refused[ways[0].name] if unread else None


def _parts(lists: dict[str, list[str]]) -> Iterator[str]:
    for field, values in lists.items():
        if field:
            yield f"{field} in ({', '.join(quote(value) for value in values)})"
        else:
            yield from (f"({value})" for value in values)


def _of(scope: Scope, profile: Profile, *, narrow: bool) -> Iterator[Name]:
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


def _part(kind: str, value: str, *, narrow: bool) -> Iterator[Name]:
    project, name = project_and_name(value)
    if not narrow:
        yield "project", project
    if narrow or kind in _CHECKED:
        # Beside the project it lists nothing new, but Jira says so when there is no such part.
        yield _named_part(kind, project, name)


def _named_part(kind: str, project: str, name: str) -> Name:
    return "", f"project = {quote(project)} AND {_PART_FIELDS[kind]} = {quote(name)}"


def _children(key: str, profile: Profile) -> Iterator[Name]:
    yield "parent", key
    for field_id in (profile.epic_link, profile.parent_link):
        if field_id:
            yield clause_name(field_id), key


def clause_name(field_id: str) -> str:
    """What a custom field is called in a query, whatever its name."""
    number = field_id.removeprefix("customfield_")
    return f"cf[{number}]" if number.isdigit() else quote(field_id)
