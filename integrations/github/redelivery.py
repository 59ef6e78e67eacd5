"""Deliveries of GitHub's webhooks that failed: listed, and asked for once more."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import islice
from typing import Any

from integrations.github.client import GitHubClient
from integrations.kit.fields import instant
from integrations.tracker import Attempt, Registered

_PAGES = 20
"""Of one webhook at a time: what lies further back has been read by the poll."""


class GitHubRedelivery:
    """GitHub keeps every try for three days and repeats none by itself."""

    def __init__(self, client: GitHubClient) -> None:
        self._client = client

    def attempts(self, held: Registered, since: datetime) -> Iterator[Attempt]:
        """The tries of each webhook, newest first; one call for each hundred."""
        for each in held.ids:
            yield from self._of(f"{path_of(each)}/deliveries", since)

    def repeat(self, attempt: str) -> None:
        """Ask for it."""
        self._client.call("POST", f"{attempt}/attempts")

    def _of(self, path: str, since: datetime) -> Iterator[Attempt]:
        for rows in islice(self._client.listing(path, {}), _PAGES):
            for row in rows:
                found = _attempt(path, row) if isinstance(row, dict) else None
                if found is None:
                    continue
                if found.at < since:
                    return
                yield found


def path_of(held: str) -> str:
    """The address of a webhook by its id here: ``repo/acme/api/1`` or ``org/acme/1``."""
    kind, _, rest = held.partition("/")
    place, _, number = rest.rpartition("/")
    return f"/{'orgs' if kind == 'org' else 'repos'}/{place}/hooks/{number}"


def _attempt(path: str, row: Mapping[str, Any]) -> Attempt | None:
    """A try; None for one that is told in no way that can be understood."""
    ident, guid, code = row.get("id"), row.get("guid"), row.get("status_code")
    if not isinstance(ident, int) or not isinstance(guid, str) or not guid:
        return None
    if row.get("event") == "ping":
        return None  # nothing is lost with it
    try:
        at = instant(row.get("delivered_at"))
    except ValueError:
        return None
    status = code if isinstance(code, int) else 0
    event, action = row.get("event"), row.get("action")
    return Attempt(
        id=f"{path}/{ident}",
        identifier=guid[:128],
        event=".".join(str(each)[:60] for each in (event, action) if each),
        at=at,
        good=200 <= status < 300,
        status=status,
        why=str(row.get("status") or "")[:200],
    )
