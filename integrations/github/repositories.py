"""Whether a repository can be seen and which one it is, and sentences for when it cannot."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from connector.errors import AccessDenied, Gone, Renamed
from integrations.github.client import GitHubClient
from integrations.kit.address import same_origin
from integrations.kit.answers import Moved

_REDIRECTS = 3


@contextmanager
def reading(client: GitHubClient, repo: str) -> Iterator[None]:
    """Turn what goes wrong with a repository as a whole into its sentence; ``Renamed`` where it
    is called otherwise."""
    try:
        yield
    except Moved as error:
        raise _moved(client, repo) from error
    except Renamed:
        raise
    except Gone as error:
        raise Gone(
            f"GitHub does not show the issues of {repo} to this token: it does not exist, has no"
            " issues, or the token has no access to it (a fine-grained token needs this"
            f" repository and Issues: Read-only). {error}"
        ) from error
    except AccessDenied as error:
        raise AccessDenied(
            f"The token may not read {repo}: a fine-grained token needs this repository and"
            f" Issues: Read-only. {error}"
        ) from error


def visible(client: GitHubClient, repo: str) -> None:
    """Raise when the repository itself is gone, renamed or out of sight."""
    with reading(client, repo):
        client.get(f"/repos/{repo}")


def identity(client: GitHubClient, repo: str, known: str | None) -> str:
    """GitHub's id of the repository of that name; raises when it is not the ``known`` one.

    A name that was given up can be taken by another repository: nothing in a list of issues tells.
    """
    with reading(client, repo):
        found = client.get(f"/repos/{repo}").object()
    ident = str(found.get("id") or "")
    if known is None or ident == known:
        return ident
    there = _by_id(client, known)
    name = _name(there)
    if name is None:
        raise Gone(
            f"{repo} is another repository now; the one that was read under that name is deleted,"
            " or out of this token's sight."
        )
    raise _renamed(repo, name, known)


def _moved(client: GitHubClient, repo: str) -> Gone:
    found = _followed(client, f"/repos/{repo}")
    name = _name(found)
    if found is None or name is None:
        return Gone(
            f"{repo} has another name or owner now, which this token does not see: write the"
            " scopes of its links with the new name, or give the token access to it."
        )
    return _renamed(repo, name, str(found.get("id") or ""))


def _renamed(was: str, now: str, place_id: str) -> Renamed:
    sentence = f"{was} is called {now} now: write the scopes of its links with the new name."
    return Renamed(sentence, was=was.lower(), now=now.lower(), place_id=place_id)


def _by_id(client: GitHubClient, ident: str) -> dict[str, Any] | None:
    return _followed(client, f"/repositories/{ident}")


def _followed(client: GitHubClient, path: str) -> dict[str, Any] | None:
    """The repository that an address leads to; None where the token sees none there."""
    for _ in range(_REDIRECTS):
        try:
            return client.get(path).object()
        except Moved as error:
            path = error.location
            if not same_origin(path, client.api):
                return None
        except Gone:
            return None
    return None


def _name(found: dict[str, Any] | None) -> str | None:
    name = found.get("full_name") if found else None
    return name if isinstance(name, str) and name.count("/") == 1 else None
