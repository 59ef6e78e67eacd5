"""From an address people paste to the scope its page shows: pure."""

import re
from collections.abc import Iterator, Mapping
from urllib.parse import parse_qs, unquote, urlsplit

from connector.errors import Refused
from integrations.jira.jql import normal
from integrations.jira.scopes import is_issue_key, project_key, sprint_id

Scope = tuple[str, str]
_LONGEST = 20_000
_PORTS = {"http": 80, "https": 443}
# Cloud: /jira/software/c/projects/PLAT/…, /jira/core/projects/PLAT/…; both: /projects/PLAT/…
_PROJECT = re.compile(r"(?:/jira/[a-z-]+(?:/c)?)?/projects/([^/]+)((?:/.*)?)")
_BROWSE = re.compile(r"/browse/([^/]+)((?:/.*)?)")
_ISSUE = re.compile(r"(?:.*/)?issues?/([^/]+)/?")
_VERSION = re.compile(r"/(?:versions|fixforversion|releases)/([0-9]{1,18})(?:/.*)?")
_COMPONENT = re.compile(r"/(?:components?)/([0-9]{1,18})(?:/.*)?")
_PLAIN_VALUE = r'(?:"((?:[^"\\]|\\.)*)"|(?!(?:empty|null|none)\b)([A-Za-z][A-Za-z0-9._-]*))'
_OF_PROJECT = re.compile(r'project\s*=\s*"?([A-Za-z][A-Za-z0-9_]*)"?', re.IGNORECASE)
_PART = re.compile(
    _OF_PROJECT.pattern + r"\s+and\s+(fixVersion|component|labels)\s*=\s*" + _PLAIN_VALUE,
    re.IGNORECASE,
)
_SPRINT = re.compile(r"sprint\s*=\s*([0-9]{1,18})", re.IGNORECASE)
_PARTS = {"fixversion": "version", "component": "component", "labels": "label"}


def locate(browse: str, url: str) -> Scope | None:
    """(kind, value) of the scope a page of this site shows; None for any other address."""
    found = inside(browse, url)
    if found is None:
        return None
    path, asked = found
    shown = _shown(path, asked)
    return next(filter(None, shown), None)


def astray(browse: str, url: str) -> str | None:
    """A sentence on a page of this site that is no scope; None for a page of another site."""
    if inside(browse, url) is None:
        return None
    return (
        "This page of Jira is no scope: open the issue, version, component, sprint, board, project"
        " or filter itself and copy its address, or write the query: jira:jql:project = PLAT."
    )


def inside(browse: str, url: str) -> tuple[str, Mapping[str, str]] | None:
    """The path below the site's own and the last value of each parameter; None elsewhere."""
    if len(url) > _LONGEST:
        return None
    try:
        home, there = urlsplit(browse), urlsplit(url.strip())
        same = _origin(home.scheme, home.hostname, home.port)
        if there.scheme not in _PORTS or _origin(there.scheme, there.hostname, there.port) != same:
            return None
        asked = parse_qs(there.query, max_num_fields=100)
    except ValueError:
        return None
    context = home.path.rstrip("/")
    if context and there.path != context and not there.path.startswith(f"{context}/"):
        return None
    path = unquote(there.path[len(context) :])
    return path, {name: values[-1] for name, values in asked.items()}


def plainer(query: str) -> Scope:
    """The simplest scope that means the same as a query; else the query itself.

    Raises ``Refused`` for what is no query.
    """
    kept = normal(query)
    if named := _PART.fullmatch(kept):
        project, field, quoted, bare = named.groups()
        name = bare if quoted is None else re.sub(r"\\(.)", r"\1", quoted)
        if name.strip():
            return _PARTS[field.lower()], f"{project_key(project)}/{name.strip()}"
    if whole := _OF_PROJECT.fullmatch(kept):
        return "project", project_key(whole[1])
    if sprint := _SPRINT.fullmatch(kept):
        return "sprint", sprint_id(sprint[1])
    return "jql", kept


def _origin(scheme: str, host: str | None, port: int | None) -> tuple[str, int | None]:
    """The same site by http and by https: people copy both."""
    return (host or "").lower(), None if port == _PORTS.get(scheme) else port


def _shown(path: str, asked: Mapping[str, str]) -> Iterator[Scope | None]:
    """What a page shows, the most telling first."""
    browsed, project = _BROWSE.fullmatch(path), _PROJECT.fullmatch(path)
    yield _epic(asked.get("selectedIssue", ""))
    yield _epic(browsed[1]) if browsed else None
    if issue := _ISSUE.fullmatch(path):
        yield _epic(issue[1])
    yield _sprints(asked.get("sprint") or asked.get("sprints") or "")
    within = browsed or project
    yield from _parts(within[2]) if within else ()
    yield _query(asked.get("jql") or asked.get("jqlQuery") or "")
    yield _filter(asked.get("filter") or asked.get("requestId") or "")
    yield _project(within[1] if within else asked.get("projectKey", ""))


def _epic(key: str) -> Scope | None:
    return ("epic", key.upper()) if is_issue_key(key) else None


def _sprints(value: str) -> Scope | None:
    numbers = [each for each in value.split(",") if each]
    if not numbers or not all(re.fullmatch(r"[0-9]{1,18}", each) for each in numbers):
        return None
    known = [sprint_id(each) for each in numbers]
    return ("sprint", known[0]) if len(known) == 1 else ("jql", f"sprint in ({', '.join(known)})")


def _parts(rest: str) -> Iterator[Scope | None]:
    """Versions and components are in addresses by their ids, which JQL takes as well."""
    if version := _VERSION.fullmatch(rest):
        yield "jql", f"fixVersion = {int(version[1])}"
    if component := _COMPONENT.fullmatch(rest):
        yield "jql", f"component = {int(component[1])}"


def _query(text: str) -> Scope | None:
    try:
        return plainer(text)
    except Refused:
        return None


def _filter(text: str) -> Scope | None:
    # Jira's own filters have negative numbers, and no query can name them.
    return ("jql", f"filter = {int(text)}") if re.fullmatch(r"[0-9]{1,18}", text) else None


def _project(text: str) -> Scope | None:
    try:
        return "project", project_key(text)
    except Refused:
        return None
