"""A GitHub session: what the port asks for, put together from the client's calls."""

from collections.abc import Iterator, Sequence

from connector.errors import AccessDenied, BadScope, Gone, Refused
from connector.work import Ref
from integrations.github import cursors, fetching
from integrations.github.client import GitHubClient
from integrations.github.issues import Changes
from integrations.github.parts import Parts
from integrations.github.reading import Place
from integrations.github.spec import repository
from integrations.tracker import Account, Fetched, Identity, Look, Need, Page


class GitHubSession:
    """One open connection."""

    def __init__(self, account: Account) -> None:
        self._client = GitHubClient(account)

    @property
    def calls(self) -> int:
        """HTTP calls made so far."""
        return self._client.calls

    def check(self) -> Identity:
        """Who the token belongs to; one call."""
        try:
            answer = self._client.get("/user")
        except Gone as error:
            raise Gone(
                f"{self._client.web} is not a GitHub, or its path is wrong: {error}"
            ) from error
        except AccessDenied as error:
            raise AccessDenied(f"{error} {_FIX}") from error
        login = answer.object().get("login")
        ends = answer.headers.get("GitHub-Authentication-Token-Expiration", "")
        warnings = (f"The token expires on {ends[:10]}.",) if ends else ()
        return Identity(who=login if isinstance(login, str) else "somebody", warnings=warnings)

    def read(self, source: str, need: Need, cursor: str | None) -> Iterator[Page | Look]:
        """The issues of a repository that changed; on a full read its milestones and labels too."""
        place = Place(_repository(source), self._client.web)
        before = cursors.read(cursor)
        changes = Changes(self._client, place, before)
        parts = Parts(self._client, place.repo, need)
        yield from changes.pages()
        if before is None:
            parts.look()
        yield Look(
            cursor=changes.cursor().text(),
            complete=before is None,
            broken=parts.broken,
            titles=parts.titles,
        )

    def fetch(self, source: str, refs: Sequence[Ref]) -> Fetched:
        """Issues by number, one call each."""
        return fetching.fetch(self._client, Place(_repository(source), self._client.web), refs)

    def close(self) -> None:
        """Give connections back."""
        self._client.close()


_FIX = "A fine-grained token needs access to the repositories, with Issues: Read-only."


def _repository(source: str) -> str:
    try:
        return repository(source)
    except Refused as error:
        raise BadScope(str(error)) from error
