"""Jira's own word on a scope before it is linked."""

from collections.abc import Callable, Mapping

from connector.errors import AccessDenied, Gone
from integrations.jira.asked import Asked, objects, text, within
from integrations.jira.profile import number_fields
from integrations.jira.scopes import issue_key, project_and_name, project_key, query
from integrations.kit.answers import Rejected
from integrations.kit.nearest import nearest

_NAMED = 5
_ANY = ("any", "")
"""Types of fields of which Jira does not say what they hold."""


def judge(asked: Asked, kind: str, value: str) -> str | None:
    """A sentence against a scope that cannot be read; None when it can. Raises for no answer."""
    return _JUDGES.get(kind, _query)(asked, kind, value)


def _query(asked: Asked, kind: str, value: str) -> str | None:
    jql = query(kind, value)
    try:
        if asked.profile.cloud:
            return _parsed(asked, jql) or _probed(asked, jql)
    except (Gone, AccessDenied):
        pass  # not every token may have queries checked; all may search
    return _probed(asked, jql)


def _parsed(asked: Asked, jql: str) -> str | None:
    """Jira Cloud reads a query without running it."""
    answer = asked.client.call(
        "POST",
        "api/3/jql/parse",
        json={"queries": [jql]},
        params={"validation": "strict"},
        safe=True,
    )
    for each in objects(answer.object().get("queries")):
        errors = each.get("errors")
        said = [one for one in errors if isinstance(one, str)] if isinstance(errors, list) else []
        if said:
            return _said(" ".join(said))
    return None


def _probed(asked: Asked, jql: str) -> str | None:
    try:
        asked.client.probe(jql, asked.profile)
    except Rejected as error:
        return _said(error.word)
    return None


def _issue(asked: Asked, _kind: str, value: str) -> str | None:
    key = issue_key(value)
    try:
        asked.get(f"{asked.version}/issue/{key}", fields="summary")
    except Gone:
        return hidden(key)
    return None


def _project(asked: Asked, kind: str, value: str) -> str | None:
    key = project_key(value) if kind == "project" else project_and_name(value)[0]
    try:
        asked.get(f"{asked.version}/project/{key}")
    except Gone:
        return hidden(f"project {key}")
    return None


def _part(asked: Asked, kind: str, value: str) -> str | None:
    project, name = project_and_name(value)
    try:
        rows = objects(asked.get(f"{asked.version}/project/{project}/{kind}s").array())
    except Gone:
        return hidden(f"project {project}")
    names = [text(row, "name") for row in rows]
    if name.casefold() in (each.casefold() for each in names):
        return None
    there = f"there are: {', '.join(names[-_NAMED:])}" if names else "it has none"
    return f"{project} has no {kind} {name!r}; {there}."


def objection(asked: Asked, field: str) -> str | None:
    """A sentence against measuring by a field that the site has not, or that holds no numbers."""
    rows = list(objects(asked.get(f"{asked.version}/field").array()))
    numbers = number_fields(rows)
    named = next((row for row in rows if text(row, "id") == field), None)
    if field in numbers or (named and text(within(named, "schema"), "type") in _ANY):
        return None
    told = [(ident, f"{ident} ({name})") for ident, name in numbers.items()]
    told += [(name, f"{ident} ({name})") for ident, name in numbers.items()]
    if named is None:
        return f"Jira has no number field {field}; {nearest(field, told)}."
    name = text(named, "name")
    there = nearest(name, told)
    return f"{field} of Jira ({name}) holds no numbers; of fields that do, {there}."


def hidden(what: str) -> str:
    """What is said of what Jira does not show, wherever somebody names it."""
    return f"Jira does not show {what}: it does not exist, or this token may not browse it."


def _said(word: str) -> str:
    return f"Jira says: {word.rstrip('.')}."


_JUDGES: Mapping[str, Callable[[Asked, str, str], str | None]] = {
    "epic": _issue,
    "project": _project,
    "label": _project,
    "version": _part,
    "component": _part,
}
