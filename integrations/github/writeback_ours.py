"""Whether what is there is ours: the repository that was linked, and what our App made."""

from connector.errors import Gone
from integrations.github.client import GitHubClient
from integrations.github.writeback_refusals import identifier
from integrations.tracker import Note


def still_linked(client: GitHubClient, repo: str, note: Note) -> None:
    """Raise ``Gone`` where another repository took the name of the linked one."""
    if not note.place_id:
        return
    if identifier(client.get(f"/repos/{repo}").object()) != note.place_id:
        raise Gone(
            f"{repo} is another repository now, not the one that was linked, so nothing is"
            " written there"
        )


def by_app(found: object, app: str) -> bool:
    """Whether what GitHub says of an App is about that one, given by its id or client id."""
    told = found if isinstance(found, dict) else {}
    return bool(app) and app in (str(told.get("id")), str(told.get("client_id")))
