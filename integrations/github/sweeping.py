"""Whether a repository lost any issue: by how many there are, in one call where GitHub tells."""

from connector.errors import AccessDenied, Gone, Unavailable
from integrations.github.client import GitHubClient
from integrations.github.cursors import Cursor
from integrations.github.met import Met

_COUNT = """query($owner: String!, $name: String!) {
  repository(owner: $owner, name: $name) { issues { totalCount } } }"""


def counted(client: GitHubClient, repo: str) -> int | None:
    """How many issues there are now; None where that cannot be asked.

    Only issues can be deleted or transferred: pull requests stay as long as their repository.
    """
    owner, _, name = repo.partition("/")
    try:
        found = client.graphql(_COUNT, {"owner": owner, "name": name}).get("repository")
    except (Unavailable, Gone, AccessDenied):
        return None  # what is wrong with the token, or with GitHub, shows as it is read
    issues = found.get("issues") if isinstance(found, dict) else None
    count = issues.get("totalCount") if isinstance(issues, dict) else None
    return count if type(count) is int else None


def lost_any(before: Cursor, met: Met, count: int | None) -> bool:
    """Whether fewer are there than we know of; where we cannot tell, they may be.

    One that was made and is not read yet looks the same as one too many: then all is read once.
    """
    if count is None or before.count is None:
        return True
    return count != before.count + len(fresh(before, met))


def fresh(before: Cursor, met: Met) -> set[int]:
    """Numbers of issues that are new: they only grow."""
    return {number for number in met.numbers if number > before.top}
