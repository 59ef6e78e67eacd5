"""Single issues of a Data Center. It has no call for many of them but its search, whose index lags
behind: what that does not list is asked for itself before it counts as missing."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from connector.errors import AccessDenied, Gone
from connector.work import Ref
from integrations.jira.client import JiraClient
from integrations.jira.profile import Profile
from integrations.jira.refs import by_names, home_of
from integrations.jira.sight import Sight
from integrations.kit.abreast import abreast
from integrations.kit.answers import Rejected

FEW = 20
"""So many are read directly, as they are and not as the index has them."""
_LEAST = 5


def read(
    client: JiraClient, site: Profile, names: Mapping[str, Ref], sight: Sight
) -> dict[str, dict[str, Any]]:
    """Those that are there, by the name they were asked by. What lay in a project that is hidden
    is not asked for one by one."""
    if len(names) <= FEW:
        return singly(client, site, list(names))
    found = _searched(client, site, names, sight)
    left = [name for name in names if name not in found]
    shown = sight.shown(home_of(names[name]) for name in left)
    left = [name for name in left if shown.get(home_of(names[name]), True)]
    return found | singly(client, site, left)


def singly(client: JiraClient, site: Profile, names: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Each by a call of its own, some side by side."""
    asked = abreast(partial(_one, client, site), names, width=client.width)
    return {name: issue for name, issue in asked if issue is not None}


def _one(client: JiraClient, site: Profile, name: str) -> tuple[str, dict[str, Any] | None]:
    try:
        return name, client.issue(name, site)
    except Gone:
        return name, None
    except AccessDenied:
        # So some versions say that it is hidden; a token that is no longer good fails here too.
        client.get("2/myself")
        return name, None


def _searched(
    client: JiraClient, site: Profile, names: Mapping[str, Ref], sight: Sight
) -> dict[str, dict[str, Any]]:
    try:
        return _search(client, site, list(names))
    except Rejected:  # it names an issue that is not there, and refuses all for it
        shown = sight.shown(map(home_of, names.values()))
    seen = [name for name, ref in names.items() if shown.get(home_of(ref), True)]
    return _by_halves(client, site, seen)


def _by_halves(
    client: JiraClient, site: Profile, names: Sequence[str]
) -> dict[str, dict[str, Any]]:
    if len(names) <= _LEAST:
        return {}  # they are asked for one by one
    try:
        return _search(client, site, names)
    except Rejected:
        half = len(names) // 2
    return _by_halves(client, site, names[:half]) | _by_halves(client, site, names[half:])


def _search(client: JiraClient, site: Profile, names: Sequence[str]) -> dict[str, dict[str, Any]]:
    pages = client.search(by_names(names), site)
    issues = [each for page in pages for each in page.issues if isinstance(each, dict)]
    told = {str(issue.get(field)): issue for issue in issues for field in ("id", "key")}
    return {name: told[name] for name in names if name in told}
