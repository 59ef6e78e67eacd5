"""Deliveries of GitHub's webhooks that failed: listed, and asked for once more."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from itertools import islice
from typing import Any

from connector.errors import AccessDenied, Gone
from integrations.github.app import as_app
from integrations.github.client import GitHubClient
from integrations.github.scopes import owner_of, project_of
from integrations.kit.answers import Denied
from integrations.kit.fields import instant
from integrations.tracker import Account, Attempt, Registered

APP, APP_HOOK = "app", "/app/hook"
_ROOTS = {"org": "orgs", "repo": "repos"}
_PLACES, _SHOWN = 20, 8
"""Places whose webhooks are looked for, and named."""
_PAGES = 20
"""Of one webhook at a time: what lies further back has been read by the poll."""


class GitHubRedelivery:
    """GitHub keeps every try for three days and repeats none by itself."""

    def __init__(self, client: GitHubClient, account: Account) -> None:
        self._client, self._account = client, account

    def entered(self, url: str, places: Sequence[str]) -> Registered:
        """Those of the app, else of the repositories and organizations; one call for each."""
        if self._account.client is not None:
            with as_app(self._account) as app:
                config = app.get(f"{APP_HOOK}/config").object()
            return Registered(ids=(APP,) if leads_to({"config": config}, url) else ())
        found, hidden = list[str](), list[str]()
        for kind, place in _homes(places)[:_PLACES]:
            try:
                found += [f"{kind}/{place}/{each}" for each in self._hooks(kind, place, url)]
            except (AccessDenied, Gone):
                hidden.append(place)
        return Registered(ids=tuple(found), places=tuple(places), lacking=tuple(_unseen(hidden)))

    def _hooks(self, kind: str, place: str, url: str) -> Iterator[int]:
        for rows in self._client.listing(f"/{_ROOTS[kind]}/{place}/hooks", {}):
            for each in rows:
                if isinstance(each, dict) and leads_to(each, url) and isinstance(each["id"], int):
                    yield each["id"]

    def attempts(self, held: Registered, since: datetime) -> Iterator[Attempt]:
        """The tries of each webhook, newest first; one call for each hundred."""
        for each in held.ids:
            path = f"{path_of(each)}/deliveries"
            with self._calling(path) as client:
                yield from self._of(client, path, since)

    def repeat(self, attempt: str) -> None:
        """Ask for it."""
        try:
            with self._calling(attempt) as client:
                client.call("POST", f"{attempt}/attempts")
        except AccessDenied as error:
            if isinstance(error.__cause__, Gone):
                raise error.__cause__ from error
            raise

    @contextmanager
    def _calling(self, path: str) -> Iterator[GitHubClient]:
        if path.startswith(APP_HOOK):
            with as_app(self._account) as app:
                yield app
            return
        try:
            yield self._client
        except Denied as error:
            raise AccessDenied(
                f"GitHub tells of deliveries only who may look after webhooks ({error.word}): give"
                " the token the permission Webhooks: Read and write, or the scope admin:repo_hook."
            ) from error

    def _of(self, client: GitHubClient, path: str, since: datetime) -> Iterator[Attempt]:
        mine = self._account.options.get("installation", "")
        for rows in islice(client.listing(path, {}), _PAGES):
            for row in rows:
                found = _attempt(path, row) if isinstance(row, dict) else None
                other = mine and str(row.get("installation_id") or mine) != mine
                if found is None or other:
                    continue
                if found.at < since:
                    return
                yield found


def leads_to(each: Mapping[str, Any], url: str) -> bool:
    """Whether a webhook leads to our door."""
    config = each.get("config")
    there = str(config.get("url", "")) if isinstance(config, dict) else ""
    return there == url or there.startswith(f"{url}/")


def _homes(places: Sequence[str]) -> list[tuple[str, str]]:
    """Where webhooks that tell of these places may be: each repository, each organization of which
    more is read."""
    found: dict[tuple[str, str], None] = {}
    for place in sorted(places):
        board = project_of(place)
        owner = owner_of(place) or (board[0] if board else None)
        found["org" if owner else "repo", owner or place] = None
    return list(found)


def _unseen(hidden: Sequence[str]) -> Iterator[str]:
    if hidden:
        more = f" and {len(hidden) - _SHOWN} more" if len(hidden) > _SHOWN else ""
        yield (
            "GitHub shows this token no webhooks and no failed deliveries of"
            f" {', '.join(hidden[:_SHOWN])}{more}: that needs the permission Webhooks: Read-only,"
            " or the scope admin:repo_hook, of an account that administers them."
        )


def path_of(held: str) -> str:
    """The address of a webhook by its id here: ``repo/acme/api/1``, ``org/acme/1``, ``app``."""
    if held == APP:
        return APP_HOOK
    kind, _, rest = held.partition("/")
    place, _, number = rest.rpartition("/")
    return f"/{_ROOTS[kind]}/{place}/hooks/{number}"


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
