"""Pull requests of a project: it shows them by other ids, so they are read as issues."""

from collections import defaultdict
from collections.abc import Collection, Iterator

from connector.errors import AccessDenied, Gone
from integrations.github.client import GitHubClient
from integrations.github.reading import Place, page
from integrations.tracker import Page

FEW = 3
"""So many are read one by one."""


def listed(client: GitHubClient, keys: Collection[str]) -> Iterator[Page]:
    """Those of these items that the lists of their repositories hold, newest change first.

    A list is followed no further than half as many pages as items are wanted of it: what is
    older is cheaper read by itself.
    """
    places: dict[str, set[str]] = defaultdict(set)
    for key in keys:
        places[key.rpartition("#")[0]].add(key)
    for repo, wanted in sorted(places.items()):
        if len(wanted) > FEW:
            yield from _of(client, repo, wanted)


def _of(client: GitHubClient, repo: str, wanted: set[str]) -> Iterator[Page]:
    most, place = len(wanted) // 2, Place(repo, client.web, client.witness)
    asked = {"state": "all", "sort": "updated", "direction": "desc"}
    try:
        for number, issues in enumerate(client.listing(f"/repos/{repo}/issues", asked), 1):
            found = [item for item in page(issues, place).items if item.key in wanted]
            wanted = wanted - {item.key for item in found}
            yield Page(tuple(found))
            if not wanted or number >= most:
                return
    except (Gone, AccessDenied):  # told when they are read by themselves
        return
