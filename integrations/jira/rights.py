"""What a token may see: permissions, projects, and how long it is good."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from connector.errors import Refused, TrackerError
from integrations.jira.client import JiraClient
from integrations.jira.mentions import projects
from integrations.jira.scopes import issue_key, project_and_name, project_key
from integrations.kit.fields import instant
from integrations.tracker import Account

_AT_ONCE = 50
_SHOWN = 8


@dataclass(frozen=True, slots=True)
class Seen:
    """The projects a token sees: how many, and the keys of the first of them."""

    total: int
    keys: tuple[str, ...]

    @property
    def sentence(self) -> str:
        """How many, and some by name."""
        shown = ", ".join(self.keys[:_SHOWN])
        more = f" and {self.total - _SHOWN} more" if self.total > _SHOWN else ""
        word = "project" if self.total == 1 else "projects"
        return f"The token sees {self.total} {word}{f': {shown}{more}' if shown else ''}."


def asked(client: JiraClient, path: str) -> Any:
    """The JSON of a call that may be refused or missing: then None, since nothing hangs on it."""
    try:
        return client.call("GET", path).json()
    except TrackerError:
        return None


def seen(client: JiraClient, deployment: str) -> Seen | None:
    """The projects; one call. None when the site does not say."""
    if deployment == "datacenter":
        found = asked(client, "api/2/project")
        keys = _keys(found) if isinstance(found, list) else None
        return None if keys is None else Seen(len(keys), keys)
    page = asked(client, f"api/3/project/search?orderBy=key&maxResults={_AT_ONCE}")
    if not isinstance(page, dict) or not isinstance(page.get("values"), list):
        return None
    keys = _keys(page["values"])
    total = page.get("total")
    return Seen(total if isinstance(total, int) else len(keys), keys)


def warnings(client: JiraClient, account: Account, found: Seen | None) -> Iterator[str]:
    """What the token lacks for the links that read through it; at most a few calls."""
    if (found is not None and found.total == 0) or not _may_browse(client):
        yield (
            "The token's account may browse no project, so nothing can be read: give it the"
            " permission Browse projects in those that links name, and test again."
        )
    elif hidden := _hidden(client, _needed({*account.scopes, *_naming(account)}), found):
        word = "project" if len(hidden) == 1 else "projects"
        yield (
            f"Links read the {word} {', '.join(hidden)}, which the token cannot see: give its"
            " account Browse projects there, or correct the links if the key is wrong."
        )


def _naming(account: Account) -> Iterator[tuple[str, str]]:
    """The projects whose issues may name key results, as scopes."""
    for key in projects(account.options.get("conventions", "")):
        yield "project", key


def token_until(client: JiraClient, account: Account, deployment: str) -> date | None:
    """The token's last day: as the admin typed it, or as Data Center tells (one call)."""
    typed = account.options.get("expires_on", "").strip()
    if typed:
        try:
            return date.fromisoformat(typed)
        except ValueError:
            raise Refused(f"expires_on: {typed!r} is not a date; write it as 2027-10-01") from None
    if deployment != "datacenter" or account.options.get("email"):
        return None
    found = asked(client, "pat/latest/tokens")
    ends = [each for each in map(_token, found if isinstance(found, list) else ()) if each]
    # Which of several is ours is not told; the call just made is the last use of one of them.
    _, until = max(ends, key=lambda each: each[0], default=("", None))
    return until.date() if until else None


def _token(entry: Any) -> tuple[str, datetime | None] | None:
    if not isinstance(entry, dict):
        return None
    try:
        used = instant(entry["lastUsedAt"]).isoformat() if entry.get("lastUsedAt") else ""
        return used, instant(entry["expiringAt"]) if entry.get("expiringAt") else None
    except ValueError:
        return None


def _may_browse(client: JiraClient) -> bool:
    found = asked(client, "api/2/mypermissions?permissions=BROWSE_PROJECTS")
    permissions = found.get("permissions") if isinstance(found, dict) else None
    browse = permissions.get("BROWSE_PROJECTS") if isinstance(permissions, dict) else None
    # Not told is no reason to warn.
    return not isinstance(browse, dict) or browse.get("havePermission") is not False


def _needed(scopes: Iterable[tuple[str, str]]) -> list[str]:
    found = set()
    for kind, value in scopes:
        try:
            if kind == "epic":
                found.add(issue_key(value).partition("-")[0])
            elif kind == "project":
                found.add(project_key(value))
            elif kind in {"version", "component", "label"}:
                found.add(project_and_name(value)[0])
        except Refused:
            continue
    return sorted(found)


def _hidden(client: JiraClient, needed: list[str], found: Seen | None) -> list[str]:
    if found is None:
        return []
    known = set(found.keys)
    left = [key for key in needed if key not in known]
    if found.total <= len(found.keys):
        return left
    for first in range(0, len(left), _AT_ONCE):
        query = "&".join(f"keys={key}" for key in left[first : first + _AT_ONCE])
        page = asked(client, f"api/3/project/search?{query}")
        if not isinstance(page, dict) or not isinstance(page.get("values"), list):
            return []
        known |= set(_keys(page["values"]))
    return [key for key in left if key not in known]


def _keys(projects: list[Any]) -> tuple[str, ...]:
    return tuple(str(each["key"]) for each in projects if isinstance(each, dict) and "key" in each)
