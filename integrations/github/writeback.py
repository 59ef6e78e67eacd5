"""Notes on GitHub's milestones, issues and pull requests; each safe to repeat, none redirected."""

from connector.errors import Declined
from connector.work import Ref
from integrations.github import writeback_blocks as blocks
from integrations.github.client import GitHubClient
from integrations.github.writeback_checks import Checks
from integrations.github.writeback_comments import Comments
from integrations.github.writeback_refusals import explained
from integrations.tracker import Note

_UNKNOWN = "GitHub has no notes of this kind."


class GitHubWriter:
    """Writes notes through one client, as the App of that id or as a person."""

    def __init__(self, client: GitHubClient, app: str = "") -> None:
        self._client = client
        self._comments, self._checks = Comments(client, app), Checks(client, app)

    def put(self, ref: Ref, note: Note, remote_id: str | None) -> str:
        """Make the note, or change the one that is there; returns what GitHub knows it by."""
        with explained(note, ref):
            match note.kind:
                case "block":
                    return blocks.put(self._client, ref, note, remote_id)
                case "comment":
                    return self._comments.put(ref, note, remote_id)
                case "reply":
                    return self._comments.answer(ref, note, remote_id)
                case "check":
                    return self._checks.put(ref, note, remote_id)
        raise Declined(_UNKNOWN, final=True)

    def remove(self, ref: Ref, note: Note, remote_id: str | None) -> None:
        """Take the note away; one that is not there is no error."""
        with explained(note, ref, gone_is_fine=True):
            match note.kind:
                case "block":
                    blocks.remove(self._client, ref, note, remote_id)
                case "comment" | "reply":
                    self._comments.remove(ref, note, remote_id)
                case "check":
                    self._checks.remove(ref, note, remote_id)
