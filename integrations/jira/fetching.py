"""Single issues by id or key, read directly; what is not there is told as missing."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from connector.errors import Gone
from connector.work import Ref, WorkItem
from integrations.jira.client import JiraClient
from integrations.jira.jql import quote
from integrations.jira.profile import Profile
from integrations.jira.reading import page
from integrations.jira.spec import is_issue_key
from integrations.kit.abreast import abreast
from integrations.kit.answers import Rejected
from integrations.tracker import Fetched, Unreadable

_MOST = 100


def fetch(client: JiraClient, site: Profile, refs: Sequence[Ref]) -> Fetched:
    """At most 100 refs; ids win over keys, since keys change when an issue moves.

    Of those that are missing it is asked, once for a project, whether that can be seen: where it
    cannot, its issues are hidden and not gone.
    """
    found = look(client, site, refs)
    shown = _shown(client, {home for ref in found.missing if (home := _home(ref))})
    why = {ref: _why(home, shown=shown[home]) for ref in found.missing if (home := _home(ref))}
    hidden = frozenset(ref for ref in why if not shown[_home(ref)])
    return replace(found, why=why, hidden=hidden)


def look(client: JiraClient, site: Profile, refs: Sequence[Ref]) -> Fetched:
    """The same without asking why some are missing."""
    if len(refs) > _MOST:
        raise ValueError(f"at most {_MOST} issues are read at once")
    names = {ref: name for ref in refs if (name := name_of(ref))}
    found: list[Any] = []
    held: tuple[Unreadable, ...] = ()
    if names:
        asked = list(dict.fromkeys(names.values()))
        found, held = _cloud(client, site, asked) if site.cloud else _server(client, site, asked)
    told = [issue for issue in found if isinstance(issue, dict)]
    known = {str(issue.get(field)) for issue in told for field in ("id", "key")}
    known |= {name for each in held for name in (each.external_id, each.key)}
    left = [ref for ref in refs if names.get(ref) not in known]
    # A key that changed comes back under its new name: ask again by itself to be sure.
    moved = {ref: _one(client, site, names[ref]) for ref in left if ref in names and not id_of(ref)}
    found += [issue for issue in moved.values() if issue is not None]
    missing = tuple(ref for ref in left if moved.get(ref) is None)
    read = page(found, site)
    return Fetched(_once(read.items), missing, (*read.unreadable, *held))


def _shown(client: JiraClient, projects: set[str]) -> dict[str, bool]:
    return dict(abreast(partial(_is_shown, client), sorted(projects), width=client.width))


def _is_shown(client: JiraClient, project: str) -> tuple[str, bool]:
    try:
        client.get(f"2/project/{project}")
    except Gone:
        return project, False
    return project, True


def _home(ref: Ref) -> str:
    key = ref.key or ""
    return key.rpartition("-")[0].upper() if is_issue_key(key) else ""


def _why(project: str, *, shown: bool) -> str:
    if shown:
        return f"deleted from {project}, or hidden by an issue security level"
    return (
        f"project {project} is not visible with this token any more: it was deleted, or the right"
        " to browse it was taken away"
    )


def _cloud(
    client: JiraClient, site: Profile, names: list[str]
) -> tuple[list[Any], tuple[Unreadable, ...]]:
    answer = client.bulk(names, site)
    message = "Jira could not read it just now"
    held = (Unreadable(ident, key, "issue", message) for ident, key in answer.held)
    return answer.issues, tuple(held)


def _server(
    client: JiraClient, site: Profile, names: list[str]
) -> tuple[list[Any], tuple[Unreadable, ...]]:
    try:
        return [each for one in client.search(by_names(names), site) for each in one.issues], ()
    except Rejected:  # it names an issue that is not there, and refuses all for it
        read = [_one(client, site, name) for name in names]
    return [issue for issue in read if issue is not None], ()


def by_names(names: Sequence[str]) -> str:
    """The JQL of issues by id or key."""
    return f"id in ({', '.join(name if name.isdigit() else quote(name) for name in names)})"


def _one(client: JiraClient, site: Profile, name: str) -> dict[str, Any] | None:
    try:
        return client.issue(name, site)
    except Gone:
        return None


def name_of(ref: Ref) -> str:
    """What to ask by; '' for a ref that cannot name a Jira issue."""
    if id_of(ref):
        return id_of(ref)
    key = ref.key or ""
    return key.upper() if is_issue_key(key) else ""


def id_of(ref: Ref) -> str:
    """The id of a ref; '' for one that cannot be an id of Jira."""
    text = ref.external_id or ""
    return text if text.isascii() and text.isdigit() else ""


def _once(items: Sequence[WorkItem]) -> tuple[WorkItem, ...]:
    return tuple({item.external_id: item for item in items}.values())
