"""Single issues by number; what is gone or lives elsewhere now is told as missing."""

from collections.abc import Sequence

from connector.errors import Gone
from connector.work import Ref
from integrations.github.client import GitHubClient
from integrations.github.places import repository_of
from integrations.github.reading import Place, page
from integrations.github.repositories import visible
from integrations.tracker import Fetched, Unreadable

_MOST = 100


def fetch(client: GitHubClient, place: Place, refs: Sequence[Ref]) -> Fetched:
    """At most 100 refs, one call each; GitHub reads by number only, so a ref needs its key."""
    if len(refs) > _MOST:
        raise ValueError(f"at most {_MOST} issues are read at once")
    found: list[object] = []
    missing: list[Ref] = []
    unnamed: list[Unreadable] = []
    for ref in refs:
        number = _number(ref, place.repo)
        if number is None:
            unnamed.append(_unnamed(ref, place))
            continue
        issue = _issue(client, place.repo, number)
        if issue is None:
            missing.append(ref)
        else:
            found.append(issue)
    if missing:
        # Out of sight is not deleted: the repository itself must still be there.
        visible(client, place.repo)
    read = page(found, place)
    return Fetched(read.items, tuple(missing), (*read.unreadable, *unnamed))


def _issue(client: GitHubClient, repo: str, number: str) -> object | None:
    try:
        issue = client.get(f"/repos/{repo}/issues/{number}").object()
    except Gone:  # deleted, or transferred: then the answer leads to another repository
        return None
    there = repository_of(str(issue.get("repository_url") or ""))
    return issue if there is None or there.lower() == repo else None


def _number(ref: Ref, repo: str) -> str | None:
    place, _, number = (ref.key or "").rpartition("#")
    known = place.lower() in ("", repo) and number.isascii() and number.isdigit()
    return number if known else None


def _unnamed(ref: Ref, place: Place) -> Unreadable:
    message = f"does not name an issue of {place.repo}"
    return Unreadable(ref.external_id or "", ref.key or "", "key", message)
