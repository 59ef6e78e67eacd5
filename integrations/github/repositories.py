"""Whether a repository can be seen and which one it is, and sentences for when it cannot."""

from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any

from connector.errors import AccessDenied, Gone, Renamed
from integrations.github.checking_refusals import lacking, particular
from integrations.github.client import GitHubClient
from integrations.kit.address import same_origin
from integrations.kit.answers import Absent, Denied, Moved

_REDIRECTS = 3
_SWITCHED_OFF = (
    "{} shows no issues any more: switch them on at GitHub (its Settings → Features → Issues), or"
    " end the links to it. The token needs Issues: Read-only."
)


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
        raise _out_of_sight(repo, error) from error
    except AccessDenied as error:
        if isinstance(error, Denied) and error.status == HTTPStatus.UNAUTHORIZED:
            raise  # the token is no good anywhere: no right to this repository mends that
        raise AccessDenied(f"The token may not read {repo}: {_fix(client, repo, error)}") from error


@contextmanager
def by_its_id(client: GitHubClient, repo: str, known: str | None) -> Iterator[None]:
    """Find the repository of a ``known`` id though its old name leads nowhere any more, or to
    another repository that gave that name up later."""
    try:
        yield
    except Renamed as error:
        if known in (None, error.place_id):
            raise
        raise _by_its_id(client, repo, known) or _other(repo) from error
    except Gone as error:
        found = _by_its_id(client, repo, known) if known else None
        if found is None:
            raise
        raise found from error


def _by_its_id(client: GitHubClient, repo: str, known: str) -> Renamed | None:
    """What the repository is called now; None where that is the same, or the token sees none."""
    name = _name(_by_id(client, known))
    return _renamed(repo, name, known) if name and name.lower() != repo else None


def _other(repo: str) -> Gone:
    return Gone(
        f"{repo} is another repository now; the one that was read under that name is deleted,"
        " or out of this token's sight."
    )


def _out_of_sight(repo: str, error: Gone) -> Gone:
    if isinstance(error, Absent) and error.final:
        return Gone(f"{_SWITCHED_OFF.format(repo)} {error}")
    return Gone(
        f"GitHub does not show the issues of {repo} to this token: it was deleted, or the token"
        " has no access to it. Give the token, or the installation of the app, this repository"
        f" with Issues: Read-only; where it was deleted, end the links to it. {error}"
    )


def _fix(client: GitHubClient, repo: str, error: AccessDenied) -> str:
    """What to do where GitHub refuses one repository."""
    owner = repo.partition("/")[0]
    told = particular(error, client.web, owner) if isinstance(error, Denied) else None
    if told:
        return told
    needed = (lacking(error) if isinstance(error, Denied) else "") or "Issues: Read-only"
    return f"a fine-grained token, or an app, needs this repository and {needed}. {error}"


def out_of_sight(repo: str, error: AccessDenied | None = None) -> str:
    """What to say of single issues of a repository that is not the one being read."""
    return f"{repo} is out of this token's sight: it was deleted, or the right to read it was" + (
        f" taken away ({error})" if error else " taken away"
    )


def alive(client: GitHubClient) -> None:
    """Raise where the token is no good anywhere; what one repository refuses is its own affair."""
    try:
        client.get("/rate_limit")
    except Gone:
        return  # a server that has no limits knows us all the same


def shown(client: GitHubClient, repo: str) -> bool:
    """Whether a repository shows issues to this token, whatever it is called now."""
    about = _followed(client, f"/repos/{repo}")
    return about is not None and about.get("has_issues") is not False


def visible(client: GitHubClient, repo: str) -> None:
    """Raise when the repository itself is gone, renamed or out of sight, or has no issues now."""
    with reading(client, repo):
        about = client.get(f"/repos/{repo}").object()
    if about.get("has_issues") is False:
        raise Gone(_SWITCHED_OFF.format(repo))


def identity(client: GitHubClient, repo: str, known: str | None) -> str:
    """GitHub's id of the repository of that name; raises when it is not the ``known`` one.

    A name that was given up can be taken by another repository: nothing in a list of issues tells.
    """
    with reading(client, repo):
        found = client.get(f"/repos/{repo}").object()
    ident = str(found.get("id") or "")
    if known is None or ident == known:
        return ident
    raise _by_its_id(client, repo, known) or _other(repo)


def _moved(client: GitHubClient, repo: str) -> Gone:
    found = _followed(client, f"/repos/{repo}")
    name = _name(found)
    if found is None or name is None:
        return Gone(
            f"{repo} has another name or owner now, which this token does not see: write the"
            " scopes of its links with the new name, or give the token access to it."
        )
    return _renamed(repo, name, str(found.get("id") or ""))


def named(client: GitHubClient, ident: str) -> str | None:
    """What the repository of an id is called now; None where this token sees none."""
    name = _name(_by_id(client, ident)) if ident else None
    return name.lower() if name else None


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
