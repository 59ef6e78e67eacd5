"""Our comments on issues and pull requests, each known by a mark that nobody sees."""

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from connector.errors import Declined, Gone
from connector.work import Ref
from integrations.github.client import GitHubClient
from integrations.github.places import key_of
from integrations.github.writeback_ours import by_app
from integrations.github.writeback_refusals import Unheard, identifier, place_of
from integrations.kit.answers import Denied, Moved
from integrations.tracker import Note

_DELETED = (
    "our comment was deleted there, so it is not made again unless the kinds of notes are saved"
    " once more"
)


class Comments:
    """Writes the comments of one account, ``app`` being the id of the App it is, if any."""

    def __init__(self, client: GitHubClient, app: str = "") -> None:
        self._client, self._app = client, app
        self._login: str | None = None

    def put(self, ref: Ref, note: Note, remote_id: str | None) -> str:
        """Edit the one there is; without one known, ours is looked for before one is made."""
        repo, _ = place_of(ref)
        text = _marked(note)
        if remote_id is not None:
            if self._edited(ref, remote_id, text):
                return remote_id
        else:
            self._seen(ref)
        found = self._ours(ref, note)
        if found is None:
            return self._make(ref, text)
        if _lines(str(found.get("body"))) != _lines(text):
            self._edit(repo, identifier(found), text)
        return identifier(found)

    def answer(self, ref: Ref, note: Note, remote_id: str | None) -> str:
        """Say it once; what was said stays as it is."""
        if remote_id is not None:
            return remote_id
        self._seen(ref)
        found = self._ours(ref, note)
        return identifier(found) if found is not None else self._make(ref, _marked(note))

    def remove(self, ref: Ref, note: Note, remote_id: str | None) -> None:
        """Delete ours, if it is there."""
        repo, _ = place_of(ref)
        if remote_id is None:
            found = self._ours(ref, note)
            if found is None:
                return
            remote_id = identifier(found)
        try:
            self._client.call("DELETE", f"/repos/{repo}/issues/comments/{remote_id}")
        except Gone as error:
            if not isinstance(error, Moved) and self._there(repo, remote_id):
                raise Unheard(str(error)) from error
            self._follow(ref, note)

    def _follow(self, ref: Ref, note: Note) -> None:
        """Delete ours where the issue was transferred to with all that was said on it, as far as
        this account may."""
        try:
            self._seen(ref)
        except Moved as moved:
            with suppress(Gone, Denied):
                now = self._client.get(moved.location).object()
                there = Ref(identifier(now), key_of(str(now.get("url"))))
                found = self._ours(there, note)
                if found is not None:
                    path = f"/repos/{place_of(there)[0]}/issues/comments/{identifier(found)}"
                    self._client.call("DELETE", path)
        except Gone:
            return

    def _edited(self, ref: Ref, comment: str, text: str) -> bool:
        """Whether the comment says this now; not where it is another account's: that of the
        connection may have been another one then."""
        repo, _ = place_of(ref)
        try:
            self._edit(repo, comment, text)
        except Denied:
            if self._is_ours(self._one(repo, comment)):
                raise
            return False
        except Moved:
            raise
        except Gone as error:
            self._seen(ref)
            if self._there(repo, comment):
                raise Unheard(str(error)) from error
            raise Declined(f"{ref.key}: {_DELETED}.", final=True) from error
        return True

    def _edit(self, repo: str, comment: str, text: str) -> None:
        self._client.call("PATCH", f"/repos/{repo}/issues/comments/{comment}", json={"body": text})

    def _make(self, ref: Ref, text: str) -> str:
        repo, number = place_of(ref)
        path = f"/repos/{repo}/issues/{number}/comments"
        try:
            return identifier(self._client.call("POST", path, json={"body": text}).object())
        except Moved:
            raise
        except Gone as error:
            raise Unheard(str(error)) from error

    def _seen(self, ref: Ref) -> None:
        """Raise where there is no such item, or its name is another one's by now."""
        repo, number = place_of(ref)
        found = self._client.get(f"/repos/{repo}/issues/{number}").object()
        if ref.external_id is not None and identifier(found) != ref.external_id:
            raise Gone("another one has its number now")

    def _there(self, repo: str, comment: str) -> bool:
        try:
            self._one(repo, comment)
        except Gone:
            return False
        return True

    def _one(self, repo: str, comment: str) -> dict[str, Any]:
        return self._client.get(f"/repos/{repo}/issues/comments/{comment}").object()

    def _ours(self, ref: Ref, note: Note) -> dict[str, Any] | None:
        """Our comment: it begins with the mark, and we wrote it; who quotes it is not us."""
        mark = _mark(note)
        marked = (each for each in self._all(ref) if str(each.get("body")).startswith(mark))
        return next((each for each in marked if self._is_ours(each)), None)

    def _all(self, ref: Ref) -> Iterator[dict[str, Any]]:
        repo, number = place_of(ref)
        for page in self._client.listing(f"/repos/{repo}/issues/{number}/comments", {}):
            yield from (each for each in page if isinstance(each, dict))

    def _is_ours(self, comment: dict[str, Any]) -> bool:
        """An App's by the App it came through: it is told no name of its own."""
        author = found if isinstance(found := comment.get("user"), dict) else {}
        if self._app:
            through = comment.get("performed_via_github_app")
            return author.get("type") == "Bot" and by_app(through, self._app)
        return author.get("login") == self._me()

    def _me(self) -> str:
        if self._login is None:
            self._login = str(self._client.get("/user").object().get("login") or "")
        return self._login


def _mark(note: Note) -> str:
    return f"<!-- {note.marker} -->"


def _marked(note: Note) -> str:
    return f"{_mark(note)}\n{note.body['text']}"


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n")
