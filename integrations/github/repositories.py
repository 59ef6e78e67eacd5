"""Whether a repository can be seen, and sentences for when it cannot."""

from collections.abc import Iterator
from contextlib import contextmanager

from connector.errors import AccessDenied, Gone
from integrations.github.client import GitHubClient
from integrations.kit.address import same_origin
from integrations.kit.answers import Moved


@contextmanager
def reading(client: GitHubClient, repo: str) -> Iterator[None]:
    """Turn what goes wrong with a repository as a whole into its sentence."""
    try:
        yield
    except Moved as error:
        raise Gone(_moved(client, repo)) from error
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


def _moved(client: GitHubClient, repo: str) -> str:
    name = _new_name(client, repo)
    where = f"is now {name}" if name else "has another name or owner now"
    return f"{repo} {where}: write the scopes of its links with the new name."


def _new_name(client: GitHubClient, repo: str) -> str | None:
    path = f"/repos/{repo}"
    for _ in range(3):
        try:
            name = client.get(path).object().get("full_name")
            return name if isinstance(name, str) else None
        except Moved as error:
            path = error.location
            if not same_origin(path, client.api):
                return None
    return None
