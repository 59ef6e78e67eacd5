"""Where an issue is now: GitHub leads from one that was transferred to what it made of it."""

from dataclasses import dataclass
from typing import Any

from connector.errors import AccessDenied, Gone
from connector.work import Ref
from integrations.github.client import GitHubClient
from integrations.github.places import repository_of
from integrations.kit.address import same_origin
from integrations.kit.answers import Absent, Moved

_REDIRECTS = 3
DELETED = "deleted at GitHub, or made a discussion there"
ELSEWHERE = "deleted, or transferred to a repository that this token does not see"


@dataclass(frozen=True, slots=True)
class Met:
    """What asking for an issue came to: the issue as GitHub shows it, wherever it lives, or why
    there is none."""

    issue: dict[str, Any] | None
    why: str = ""
    refused: AccessDenied | None = None

    def key(self, repo: str) -> str:
        """What it is called now; ``repo`` is where it was looked for."""
        issue = self.issue or {}
        named = repository_of(str(issue.get("repository_url") or "")) or repo
        return f"{named}#{issue.get('number')}".lower()

    def ref(self, repo: str) -> Ref:
        """Its id and its key now."""
        return Ref(str((self.issue or {}).get("id") or "") or None, self.key(repo))


def met(client: GitHubClient, repo: str, number: str) -> Met:
    """Ask for an issue by its number; where GitHub leads elsewhere it is followed."""
    path = f"/repos/{repo}/issues/{number}"
    for _ in range(_REDIRECTS):
        try:
            return Met(client.get(path).object())
        except Moved as error:
            path = error.location
            if not same_origin(path, client.api):
                break
        except Absent as error:
            return Met(None, DELETED if error.final else ELSEWHERE)
        except Gone:
            break
        except AccessDenied as error:
            return Met(None, refused=error)
    return Met(None, ELSEWHERE)


def transferred(key: str) -> str:
    """Why an issue is gone that is another one now."""
    return f"transferred to {key}"
