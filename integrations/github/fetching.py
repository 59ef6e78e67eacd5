"""Single issues by number; what is gone or lives elsewhere now is told as missing."""

from collections import defaultdict
from collections.abc import Sequence
from itertools import islice
from typing import Any

from connector.errors import Gone
from connector.work import Ref, WorkItem
from integrations.github.client import GitHubClient
from integrations.github.places import repository_of
from integrations.github.reading import Place, page
from integrations.github.repositories import visible
from integrations.github.scopes import issue_key
from integrations.kit.abreast import abreast
from integrations.tracker import Fetched, Unreadable

_MOST, _MANY = 100, 10
_Named = tuple[str, str]


def fetch(client: GitHubClient, refs: Sequence[Ref]) -> Fetched:
    """At most 100 refs; GitHub reads by number only, so a ref needs its key.

    Many of one repository are looked for in the list of what changed last, since that is why they
    are asked for; the others are read one by one, side by side.
    """
    if len(refs) > _MOST:
        raise ValueError(f"at most {_MOST} issues are read at once")
    named = {ref: name for ref in refs if (name := issue_key(ref.key))}
    shown = _shown(client, set(named.values()))
    found: list[WorkItem] = []
    missing: dict[Ref, str] = {}
    unreadable = [_unnamed(ref) for ref in refs if ref not in named]
    for ref, (repo, number) in named.items():
        issue = shown[repo, number]
        if issue is None or not _is_it(issue, ref):
            missing[ref] = repo
        else:
            read = page([issue], Place(repo, client.web))
            found += read.items
            unreadable += read.unreadable
    for repo in sorted(set(missing.values())):
        # Out of sight is not deleted: the repository itself must still be there.
        visible(client, repo)
    return Fetched(tuple(found), tuple(missing), tuple(unreadable))


def _shown(client: GitHubClient, wanted: set[_Named]) -> dict[_Named, dict[str, Any] | None]:
    """The issues as GitHub shows them, None for those that are not there."""
    found: dict[_Named, dict[str, Any] | None] = {}
    places: dict[str, set[str]] = defaultdict(set)
    for repo, number in wanted:
        places[repo].add(number)
    for repo, numbers in places.items():
        found |= _listed(client, repo, numbers) if len(numbers) >= _MANY else {}

    def ask(named: _Named) -> tuple[_Named, dict[str, Any] | None]:
        return named, one(client, *named)

    return found | dict(abreast(ask, sorted(wanted - found.keys()), width=client.width))


def _listed(
    client: GitHubClient, repo: str, numbers: set[str]
) -> dict[_Named, dict[str, Any] | None]:
    """Those of them that changed last, in a tenth of the calls that one by one would take."""
    asked = {"state": "all", "sort": "updated", "direction": "desc"}
    found: dict[_Named, dict[str, Any] | None] = {}
    try:
        for rows in islice(client.listing(f"/repos/{repo}/issues", asked), len(numbers) // _MANY):
            named = {(repo, str(row.get("number"))): row for row in rows if isinstance(row, dict)}
            met = {key: row for key, row in named.items() if key[1] in numbers}
            found |= met
            if not met or len(found) == len(numbers):
                break
    except Gone:
        return {}  # what is wrong with the repository is told as its issues are read
    return found


def _is_it(issue: dict[str, Any], ref: Ref) -> bool:
    """Whether it is the issue that was meant, and no other one that has its name now."""
    return ref.external_id is None or str(issue.get("id")) == ref.external_id


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
