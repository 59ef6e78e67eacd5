"""One issue's events by REST, where GraphQL does not tell them."""

from typing import Any

from connector.errors import Gone
from integrations.github.client import GitHubClient
from integrations.github.story import Now
from integrations.github.timelines import Log

_PARENTS = ("parent_issue_added", "parent_issue_removed")


def single(client: GitHubClient, issue: Now) -> Log:
    """The events of an issue, oldest first; one call for each 100."""
    path = f"/repos/{issue.item.place}/issues/{issue.number}"
    try:
        found = _events(client, f"{path}/events")
        if issue.item.parent_key and not any(e.get("event") in _PARENTS for e in found):
            # Some GitHubs tell of parents in the timeline only.
            more = _events(client, f"{path}/timeline")
            found += [each for each in more if each.get("event") in _PARENTS]
    except Gone:
        return Log((), why=f"GitHub does not show the events of {issue.item.key}.")
    return Log(tuple(found))


def _events(client: GitHubClient, path: str) -> list[dict[str, Any]]:
    pages = client.listing(path, {})
    return [each for page in pages for each in page if isinstance(each, dict)]
