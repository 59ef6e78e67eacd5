"""Single issues by number; what is gone or lives elsewhere now is told as missing."""

from collections.abc import Sequence
from typing import Any

from connector.errors import Gone
from connector.work import Ref, WorkItem
from integrations.github.client import GitHubClient
from integrations.github.places import repository_of
from integrations.github.reading import Place, page
from integrations.github.repositories import visible
from integrations.github.scopes import issue_key
from integrations.tracker import Fetched, Unreadable

_MOST = 100


def fetch(client: GitHubClient, refs: Sequence[Ref]) -> Fetched:
    """At most 100 refs, one call each; GitHub reads by number only, so a ref needs its key."""
    if len(refs) > _MOST:
        raise ValueError(f"at most {_MOST} issues are read at once")
    found: list[WorkItem] = []
    missing: dict[Ref, str] = {}
    unreadable: list[Unreadable] = []
    for ref in refs:
        named = issue_key(ref.key)
        if named is None:
            unreadable.append(_unnamed(ref))
            continue
        issue = one(client, *named)
        if issue is None:
            missing[ref] = named[0]
        else:
            read = page([issue], Place(named[0], client.web))
            found += read.items
            unreadable += read.unreadable
    for repo in sorted(set(missing.values())):
        # Out of sight is not deleted: the repository itself must still be there.
        visible(client, repo)
    return Fetched(tuple(found), tuple(missing), tuple(unreadable))


def one(client: GitHubClient, repo: str, number: str) -> dict[str, Any] | None:
    """One issue as GitHub shows it, or None when it is deleted or lives elsewhere now."""
    try:
        issue = client.get(f"/repos/{repo}/issues/{number}").object()
    except Gone:  # deleted, or transferred: then the answer leads to another repository
        return None
    there = repository_of(str(issue.get("repository_url") or ""))
    return issue if there is None or there.lower() == repo else None


def _unnamed(ref: Ref) -> Unreadable:
    return Unreadable(ref.external_id or "", ref.key or "", "key", "does not name an issue")
