"""What the ids and names in a changelog stand for on a site, as its lists tell it now."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from connector.errors import BadReading, Gone
from connector.work import Category
from integrations.jira.client import JiraClient
from integrations.jira.profile import by_schema, parent_link
from integrations.jira.reading import category_of, level_of
from integrations.kit.fields import Fields

_LISTS = {
    "statuses": "status", "types": "issuetype", "resolutions": "resolution", "fields": "field",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """Statuses, issue types and resolutions by id, and the ids of the fields of one name.

    ``parts`` are the versions and components, by kind and id, of the ``places`` looked at so far:
    (kind, project).
    """

    statuses: Mapping[str, tuple[str, Category]] = field(default_factory=dict)
    types: Mapping[str, tuple[str, int]] = field(default_factory=dict)
    resolutions: Mapping[str, str] = field(default_factory=dict)
    fields: Mapping[str, frozenset[str]] = field(default_factory=dict)
    epic_link: str = ""
    sprint: str = ""
    parent_link: str = ""
    parts: Mapping[tuple[str, str], str] = field(default_factory=dict)
    places: frozenset[tuple[str, str]] = frozenset()


def names(client: JiraClient, levels: Mapping[str, int]) -> Names:
    """Four calls: statuses, issue types, resolutions, fields; ``levels`` are those known of types
    that do not tell their own."""
    found = listed(**{name: client.get(f"2/{path}").array() for name, path in _LISTS.items()})
    known = found.types.items()
    types = {each: (name, levels.get(each, level)) for each, (name, level) in known}
    return replace(found, types=types)


def listed(
    *, statuses: list[Any], types: list[Any], resolutions: list[Any], fields: list[Any]
) -> Names:
    """The names in the four lists; an entry that cannot be understood is left out."""
    known = [each.values for each in _objects(fields)]
    return Names(
        statuses=dict(filter(None, map(_status, _objects(statuses)))),
        types=dict(filter(None, map(_type, _objects(types)))),
        resolutions=dict(filter(None, map(_named, _objects(resolutions)))),
        fields=_ids(_objects(fields)),
        epic_link=by_schema(known, "gh-epic-link"),
        sprint=by_schema(known, "gh-sprint"),
        parent_link=parent_link(known),
    )


def with_parts(known: Names, client: JiraClient, places: frozenset[tuple[str, str]]) -> Names:
    """The names with the versions or components of more (kind, project): one call for each."""
    found = dict(known.parts)
    for kind, project in sorted(places - known.places):
        try:
            listed_now = client.get(f"2/project/{project}/{kind}s").array()
        except Gone:
            continue
        named = filter(None, map(_named, _objects(listed_now)))
        found.update({(kind, ident): name for ident, name in named})
    return replace(known, parts=found, places=known.places | places)


def _objects(values: list[Any]) -> list[Fields]:
    return [Fields(value) for value in values if isinstance(value, dict)]


def _status(status: Fields) -> tuple[str, tuple[str, Category]] | None:
    try:
        return status.identifier("id"), (status.text("name"), category_of(status))
    except BadReading:
        return None


def _type(kind: Fields) -> tuple[str, tuple[str, int]] | None:
    try:
        return kind.identifier("id"), (kind.text("name"), level_of(kind))
    except BadReading:
        return None


def _named(each: Fields) -> tuple[str, str] | None:
    try:
        return each.identifier("id"), each.text("name")
    except BadReading:
        return None


def _ids(fields: Iterable[Fields]) -> dict[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for each in fields:
        name, ident = each.values.get("name"), each.values.get("id")
        if isinstance(name, str) and isinstance(ident, str):
            found[name] = found.get(name, frozenset()) | {ident}
    return found
