"""What Data Center's types do not tell: their levels above the epic, as Advanced Roadmaps has them.

Where it does not say, what epics lie below by their Parent Link is above them.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from connector.errors import AccessDenied, BadReading, Gone, Unavailable
from integrations.jira.asked import Asked, Json, objects, text, within
from integrations.jira.client import JiraClient
from integrations.jira.levels import HIGHEST
from integrations.jira.profile import Profile
from integrations.jira.query import clause_name
from integrations.jira.reading import level_of, linked
from integrations.jira.refs import by_names
from integrations.kit.answers import Rejected
from integrations.kit.fields import Fields

_EPICS = 2
"""The number that Advanced Roadmaps gives to the level of epics; sub-tasks have 0."""
_MOST = 100
_STEPS = 5
"""So many levels are looked for by links."""
_REFUSED = (AccessDenied, Gone, Rejected, Unavailable)


def levels(client: JiraClient, site: Profile) -> dict[str, int]:
    """The levels of types from epics up, by id: one call, where that is refused some more.

    Nothing without a field for parents of epics.
    """
    if site.cloud or not site.parent_link:
        return {}
    try:
        told = client.call("GET", f"jpo-api/1.0/hierarchy?page=1&size={_MOST}").json()
    except _REFUSED:
        told = None
    return dict(_told(told)) if isinstance(told, list) else _seen(Asked(client, site))


def _told(rows: list[Any]) -> Iterator[tuple[str, int]]:
    for row in objects(rows):
        number, types = row.get("id"), row.get("issueTypeIds")
        if type(number) is int and _EPICS <= number <= HIGHEST and isinstance(types, list):
            yield from ((str(ident), number - _EPICS + 1) for ident in types)


def _seen(asked: Asked) -> dict[str, int]:
    """The types of what the newest epics lie below, and of what that lies below."""
    found: dict[str, int] = {}
    fields = ["issuetype", *filter(None, _fields(asked.profile))]
    jql = f"{clause_name(asked.profile.parent_link or '')} is not EMPTY ORDER BY created DESC"
    for level in range(1, _STEPS + 1):
        try:
            issues = asked.issues(jql, fields, _MOST)
        except (Gone, Rejected):  # a parent that is hidden stops the query for all
            break
        if level > 1:
            found.update((ident, level) for ident in _above(issues, asked.profile))
        names = sorted({name for each in issues if (name := _parent(each, asked.profile))})
        if not names:
            break
        jql = by_names(names)
    return found


def _fields(site: Profile) -> tuple[str | None, ...]:
    return site.epic_link, site.epic_name, site.parent_link


def _above(issues: Iterable[Json], site: Profile) -> Iterator[str]:
    """The ids of types that neither are epics nor lie in one."""
    for issue in issues:
        fields = within(issue, "fields")
        kind = Fields(within(fields, "issuetype"))
        marks = (fields.get(name or "") for name in (site.epic_link, site.epic_name))
        try:
            if level_of(kind) == 0 and not any(marks):
                yield text(kind.values, "id")
        except BadReading:
            continue


def _parent(issue: Json, site: Profile) -> str | None:
    try:
        return linked(Fields(within(issue, "fields")), site.parent_link or "")
    except BadReading:
        return None
