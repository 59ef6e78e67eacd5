"""Notes on Jira issues: remote links, one comment of ours, and a property; each safe to repeat.

Everything goes through version 2 of the API, which both deployments have and whose texts are
plain: https://developer.atlassian.com/cloud/jira/platform/rest/v2/
"""

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from connector.errors import AccessDenied, Declined, Gone, TrackerError, Unavailable
from connector.work import Ref
from integrations.jira.absent import from_jira
from integrations.jira.client import JiraClient
from integrations.kit.answers import Answer, Denied, Rejected
from integrations.tracker import Note

APPLICATION = {"type": "io.worklift", "name": "Worklift"}
_PAGE = 100
_MOST_PAGES = 50
_WRITES = {
    "remote_link": ("remote links", "“Link issues”"),
    "comment": ("comments", "“Add comments” and “Edit own comments”"),
    "property": ("issue properties", "“Edit issues”"),
}
"""What each kind of note is called, and the project permissions that it needs."""


class JiraWriter:
    """Writes notes on the issues of one site."""

    def __init__(self, client: JiraClient) -> None:
        self._client = client

    def put(self, ref: Ref, note: Note, remote_id: str | None) -> str:
        """Make the note, or change the one that is there; returns what Jira knows it by."""
        issue = _issue(ref)
        try:
            match note.kind:
                case "remote_link":
                    return self._link(issue, note)
                case "comment":
                    return self._comment(issue, note, remote_id)
                case "property":
                    return self._property(issue, note)
        except (Denied, Rejected) as error:
            raise _understood(note, error) from error
        raise Declined("Jira has no notes of this kind.", final=True)

    def remove(self, ref: Ref, note: Note, remote_id: str | None) -> None:
        """Take the note away; one that is not there is no error."""
        try:
            self._remove(_issue(ref), note, remote_id)
        except Gone:
            return
        except (Denied, Rejected) as error:
            raise _understood(note, error) from error

    def _remove(self, issue: str, note: Note, remote_id: str | None) -> None:
        match note.kind:
            case "remote_link":
                for marker in filter(None, (note.former, note.marker)):
                    self._unlink(issue, marker)
            case "comment":
                found = remote_id or self._ours(issue, note.marker)
                if found is not None:
                    self._take(issue, found)
            case "property":
                self._call("DELETE", f"{issue}/properties/{note.marker}", safe=True)

    def _take(self, issue: str, comment: str) -> None:
        try:
            self._call("DELETE", f"{issue}/comment/{comment}", safe=True)
        except (Denied, Rejected) as error:
            if self._is_ours(issue, comment):
                raise
            sentence = "Our comment was written by another account: delete it there."
            raise Declined(sentence, final=True) from error

    def _link(self, issue: str, note: Note) -> str:
        """The same global id is the same link: Jira changes it where it is there already.

        One by the id of an earlier version goes after, so that there always is one.
        """
        body = {
            "globalId": note.marker,
            "application": APPLICATION,
            "relationship": "serves",
            "object": {
                "url": note.body["url"],
                "title": note.body["title"],
                "summary": note.body["summary"],
                "icon": {"url16x16": note.body["icon"], "title": APPLICATION["name"]},
                "status": {"resolved": note.body["resolved"]},
            },
        }
        _id(self._call("POST", f"{issue}/remotelink", json=body, safe=True).object())
        if note.former:
            self._unlink(issue, note.former)
        return note.marker

    def _unlink(self, issue: str, marker: str) -> None:
        with suppress(Gone):
            params = {"globalId": marker}
            self._call("DELETE", f"{issue}/remotelink", params=params, safe=True)

    def _comment(self, issue: str, note: Note, remote_id: str | None) -> str:
        """Ours is looked for before one is made: an earlier try may have ended without a word."""
        body = {"body": note.body["text"]}
        if remote_id is not None and self._edited(issue, remote_id, body):
            return remote_id
        found = self._ours(issue, note.marker)
        if found is not None:
            return self._edit(issue, found, body)
        return _id(self._call("POST", f"{issue}/comment", json=body).object())

    def _edited(self, issue: str, comment: str, body: dict[str, Any]) -> bool:
        """Whether the comment says this now; not where it was taken away, or is another account's:
        that of the connection may have been another one then."""
        try:
            self._edit(issue, comment, body)
        except Gone:
            return False
        except (Denied, Rejected):
            if self._is_ours(issue, comment):
                raise
            return False
        return True

    def _edit(self, issue: str, comment: str, body: dict[str, Any]) -> str:
        # People are not told of a change they can see when they look.
        quiet = {"notifyUsers": "false"}
        path = f"{issue}/comment/{comment}"
        self._call("PUT", path, json=body, params=quiet, safe=True)
        return comment

    def _property(self, issue: str, note: Note) -> str:
        path = f"{issue}/properties/{note.marker}"
        self._call("PUT", path, json=dict(note.body), safe=True)
        return note.marker

    def _ours(self, issue: str, marker: str) -> str | None:
        """The id of our comment: it holds the marker, and we wrote it, not one who quotes it."""
        marked = [each for each in self._comments(issue) if marker in str(each.get("body"))]
        if not marked:
            return None
        me = self._me()
        mine = (_id(each) for each in marked if _same(me, each.get("author")))
        return next(mine, None)

    def _is_ours(self, issue: str, comment: str) -> bool:
        """Whether this account wrote the comment."""
        found = self._call("GET", f"{issue}/comment/{comment}").object()
        return _same(self._me(), found.get("author"))

    def _me(self) -> dict[str, Any]:
        return self._call("GET", "api/2/myself").object()

    def _comments(self, issue: str) -> Iterator[dict[str, Any]]:
        start = 0
        for _ in range(_MOST_PAGES):
            params = {"startAt": str(start), "maxResults": str(_PAGE), "orderBy": "-created"}
            found = self._call("GET", f"{issue}/comment", params=params).object()
            comments, total = found.get("comments"), found.get("total")
            if not isinstance(comments, list) or not isinstance(total, int):
                raise Unavailable("Jira sent a list of comments without its end.")
            yield from (each for each in comments if isinstance(each, dict))
            start += len(comments)
            if not comments or start >= total:
                return

    def _call(self, method: str, path: str, **how: Any) -> Answer:
        with from_jira():
            return self._client.call(method, path, **how)


def _issue(ref: Ref) -> str:
    """The issue's address, by its number, which a move leaves as it is."""
    return f"api/2/issue/{ref.external_id or ref.key}"


def _same(me: dict[str, Any], author: object) -> bool:
    if not isinstance(author, dict):
        return False
    names = ("accountId", "key", "name")
    return any(me.get(name) and me.get(name) == author.get(name) for name in names)


def _id(found: dict[str, Any]) -> str:
    ident = found.get("id")
    if isinstance(ident, bool) or not isinstance(ident, int | str) or not str(ident):
        raise Unavailable("Jira did not say the id of what was written.")
    return str(ident)


def _understood(note: Note, error: Denied | Rejected) -> TrackerError:
    """What the account lacks, as a sentence; of comments Jira says so in words alone."""
    if isinstance(error, Rejected) and "permission" not in error.word.lower():
        return error
    what, permission = _WRITES[note.kind]
    said = f" Jira says: {error.word}." if error.word else ""
    return AccessDenied(
        f"Jira does not let this account write {what}: it needs the project permission {permission}"
        f" and, with a scoped token, the scope write:jira-work.{said}"
    )
