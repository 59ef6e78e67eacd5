"""Comments that hold commands, read as they come: one conditional call at each look."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from connector.errors import AccessDenied, BadReading, Declined, Gone, Unavailable
from integrations.github.client import PAGE, GitHubClient, once
from integrations.github.commands import commands
from integrations.github.cursors import Heard, back, stamp
from integrations.github.places import key_of
from integrations.github.repositories import reading
from integrations.github.scopes import issue_key
from integrations.kit.answers import Answer, Denied
from integrations.kit.fields import Fields
from integrations.tracker import Command

_PAGES, _FIRST_PAGES = 20, 3
"""Pages of comments heard at one look, and at the first one."""
_WEEK, _HOUR = timedelta(days=7), timedelta(hours=1)
"""How far back the first look hears what was said, and what was asked."""
_FEW = PAGE // 2
_ASKERS = 30
"""People whose rights are asked for at one look; the others are refused."""
_INSIDERS = frozenset({"OWNER", "MEMBER", "COLLABORATOR"})
_WRITERS = frozenset({"admin", "maintain", "write"})
_OURS = "<!-- worklift-"
"""What every comment of ours begins with, of whichever installation."""
_MANY = "too many people gave commands at once; say it again"


class Ears:
    """One look at the comments of a repository."""

    def __init__(self, client: GitHubClient, repo: str, before: Heard | None) -> None:
        self._client, self._repo, self._before = client, repo, before
        self._may: dict[str, str] = {}
        self.started: datetime | None = None
        self._newest: datetime | None = None
        self._etag: str | None = None
        self._rows = 0
        self._pages = 0
        self._since: datetime | None = None
        self._seen: set[tuple[str, str]] = set()
        self._done: dict[str, str] = {}
        self._unsure: set[str] = set()
        self._silent: set[str] = set()
        self._waiting: datetime | None = None
        self._same = False

    def commands(self) -> Iterator[Command]:
        """What was said since the last look, in the order of its last change."""
        rows = [row for page in self._read() for row in page if isinstance(row, dict)]
        for row in rows if self._before else reversed(rows):
            try:
                yield from self._said(Fields(row, item="a comment"))
            except BadReading:
                continue  # a comment of an unknown shape holds no command

    def heard(self) -> Heard:
        """Where to go on."""
        before = self._before
        if before is not None and self._same:
            return before
        now = self.started or self._newest
        if now is None:
            raise Unavailable("GitHub did not say what time it is.")
        if before is None:
            return Heard(back(self._waiting or now), None, self._done)
        last = self._waiting or self._newest
        since = max(back(last), before.since) if last else before.since
        stays = self._rows <= _FEW or since == before.since
        if self._pages <= 1 and stays and self._waiting is None:
            # The same is asked again, so that the answer is free while nothing changes.
            return Heard(before.since, self._etag, self._done)
        return Heard(since, None, self._done)

    def _read(self) -> Iterator[list[Any]]:
        with reading(self._client, self._repo):
            answer = self._ask(self._before.since if self._before else None)
        self.started, self._same = answer.date, answer.status == 304
        self._etag = answer.headers.get("ETag")
        most, seen = (_PAGES if self._before else _FIRST_PAGES), set[str]()
        while not self._same:
            rows = answer.array()
            self._note(rows)
            yield rows
            following = self._client.following(answer)
            if not following or self._pages >= most:
                return
            answer = self._next(following, seen)

    def _note(self, rows: list[Any]) -> None:
        self._pages += 1
        self._rows += len(rows)
        for row in rows:
            try:
                at = Fields(row if isinstance(row, dict) else {}).instant("updated_at")
            except BadReading:
                continue
            self._newest = max(self._newest or at, at)

    def _next(self, following: str, seen: set[str]) -> Answer:
        """What comes after a page: by time, since a comment that is changed meanwhile would shift
        another one past a page's number; by number where that leads no further."""
        newest = self._newest
        if self._since is not None and newest is not None and newest > self._since:
            return self._ask(newest)
        once(following, seen)
        return self._client.get(following)

    def _ask(self, since: datetime | None) -> Answer:
        path = f"/repos/{self._repo}/issues/comments"
        asked: dict[str, str | int] = {"sort": "updated", "per_page": PAGE}
        asked |= {"direction": "asc", "since": stamp(since)} if since else {"direction": "desc"}
        etag = self._before.etag if self._before and self._since is None else None
        self._since = since
        return self._client.get(path, asked, etag=etag)

    def _said(self, row: Fields) -> Iterator[Command]:
        at, ident = row.instant("updated_at"), row.identifier("id")
        if self._before is None and self.started and at < self.started - _WEEK:
            return
        body = row.values.get("body")
        found = commands(body) if not str(body).startswith(_OURS) else ()
        named = issue_key(key_of(row.maybe_text("issue_url")))
        user = row.maybe_within("user")
        if not found or named is None or user is None or user.maybe_name("type") == "Bot":
            return
        if self._before and self._before.done.get(ident) == stamp(at):
            self._done[ident] = stamp(at)
            return
        if (ident, stamp(at)) in self._seen:
            return
        self._seen.add((ident, stamp(at)))
        who = user.name("login"), row.maybe_name("author_association") or ""
        pull = "/pull/" in (row.maybe_text("html_url") or "")
        for verb, key in found:
            if verb == "why" and self._is_old(at):
                continue
            item = "#".join(named)
            said = f"{item}: {who[0]} asks {verb if verb == 'why' else f'to {verb} {key}'}"
            against = self._against_why(who) if verb == "why" else self._against(who[0], pull=pull)
            yield Command(
                verb=verb, kind="issue", value="/".join(named), item_key=item, key=key,
                author=who[0], remote_id=ident, told_at=at,
                refused=f"{said}, but {against}." if against else "",
                waits=who[0] in self._silent,
            )  # fmt: skip
        self._note_told(ident, at, who[0])

    def _note_told(self, ident: str, at: datetime, login: str) -> None:
        """Hear it no more; again for an hour where GitHub did not tell who may say it, and until it
        does where it gave no answer."""
        lately = self.started is not None and at > self.started - _HOUR
        if login in self._silent or (login in self._unsure and lately):
            self._waiting = min(self._waiting or at, at)
        else:
            self._done[ident] = stamp(at)

    def _is_old(self, at: datetime) -> bool:
        """Whether a question was asked long before anybody listened."""
        return self._before is None and self.started is not None and at < self.started - _HOUR

    def _against_why(self, who: tuple[str, str]) -> str:
        """Why a question is not answered; empty for who belongs there or may write."""
        login, association = who
        return "" if association in _INSIDERS else self._against(login)

    def _against(self, login: str, *, pull: bool = False) -> str:
        """Why what somebody says is not done; empty for who may write in the repository."""
        if pull:
            return "it is a pull request; say it at an issue"
        if login not in self._may:
            self._may[login] = self._asked(login) if len(self._may) < _ASKERS else _MANY
        return self._may[login]

    def _asked(self, login: str) -> str:
        path = f"/repos/{self._repo}/collaborators/{quote(login, safe='')}/permission"
        try:
            told: Mapping[str, Any] = self._client.get(path).object()
        except (Gone, Declined):
            return f"{login} may not write in {self._repo}"
        except AccessDenied as error:
            if not isinstance(error, Denied) or error.status == 401:
                raise
            self._unsure.add(login)
            return f"GitHub does not tell this token who may write in {self._repo} ({error})"
        except Unavailable as error:
            self._silent.add(login)
            said = str(error).rstrip(".")
            return (
                f"it waits until GitHub tells who may write in {self._repo}, which it did not just"
                f" now ({said})"
            )
        if told.get("permission") in _WRITERS:
            return ""
        return f"{login} may not write in {self._repo}"
