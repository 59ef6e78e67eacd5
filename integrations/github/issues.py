"""Reading a repository's issues in the order they changed."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

from connector.errors import Unavailable
from integrations.github.client import PAGE, GitHubClient, once
from integrations.github.cursors import EPOCH, Cursor, back, stamp
from integrations.github.met import Met
from integrations.github.reading import Place, page, swift
from integrations.github.repositories import reading
from integrations.kit.ahead import Ahead
from integrations.kit.answers import Answer
from integrations.tracker import Page

_SECOND = timedelta(seconds=1)
_SPARE = 3 * PAGE
"""Issues that may be read twice for the sake of losing none: three more calls in all."""
_FEW = PAGE // 2


class Changes:
    """One read of the issues changed since a cursor, and where the next one goes on.

    ``only`` narrows the list as GitHub's parameters do: ``{"milestone": "7"}``. ``met`` is what
    the issues showed beside the items.
    """

    def __init__(
        self,
        client: GitHubClient,
        place: Place,
        before: Cursor | None,
        *,
        only: Mapping[str, str] | None = None,
    ) -> None:
        self._client, self._place, self._before = client, place, before
        self._only = dict(only or {})
        self.met = Met(place.repo)
        self.started: datetime | None = None
        self._since = before.since if before else None
        self._spare, self._seen = _SPARE, set[str]()
        self._shaky: datetime | None = None
        self._again = False
        # Of the last list that was asked for by a time: its tag and length, if it had one page.
        self._tag: str | None = None
        self._length = PAGE
        self._same = self._settled = False

    def pages(self) -> Iterator[Page]:
        """The pages, oldest change first; an issue changed meanwhile comes again at the end.

        A link that holds a place in the list (``after``) is followed. Where links count pages,
        an issue that moves to the end, or is deleted, would shift another one past the reader:
        there ``since`` moves on instead. What follows is fetched while a page is being stored.
        """
        with reading(self._client, self._place.repo):
            answer = self._ask(self._since, self._before.etag if self._before else None)
        self.started = answer.date
        if answer.status == 304:
            self._same = True
        elif self._client.following(answer):
            with Ahead(self._walk(answer)) as found:
                yield from found
        else:
            yield from self._walk(answer)

    def cursor(self) -> Cursor:
        """Where to go on after the last page."""
        before = self._before
        if before and self._same:
            return before
        newest = self.met.newest or (None if before else self.started)
        if before is None and newest is None:
            raise Unavailable("GitHub did not say what time it is.")
        since = back(newest) if newest else before.since if before else None
        since = max(since, before.since) if since and before else since
        if since is None:
            raise AssertionError("a read goes on from a time")
        asked = self._since
        if self._only or self._tag is None or self._length >= PAGE or asked is None:
            return self._at(since, None)
        if asked == since or self._settled or (asked < since and self._length <= _FEW):
            # The same is asked again, so that the answer is free while nothing changes.
            return self._at(asked, self._tag)
        return self._at(since, None)

    def _at(self, since: datetime, tag: str | None) -> Cursor:
        return replace(self._before or Cursor(since), since=since, etag=tag)

    def _walk(self, answer: Answer) -> Iterator[Page]:
        while True:
            found = self._read(answer)
            link = self._client.following(answer)
            yield found
            if link:
                answer = self._next(link, found)
            elif (since := self._rest()) is not None:
                answer = self._ask(since)
            else:
                return

    def _read(self, answer: Answer) -> Page:
        told = swift(answer, self._place)
        if told is not None:
            self._length += len(told[0])
            self.met.note_usual(*told)
            return told[1]
        issues = answer.array()
        found = page(issues, self._place)
        self._length += len(issues)
        self.met.note(issues, found)
        return found

    def _next(self, link: str, found: Page) -> Answer:
        last = max((item.updated_at for item in found.items), default=None)
        since = last - _SECOND if last and _is_counted(link) else None
        if since is not None and (self._since is None or since > self._since):
            twice = sum(item.updated_at >= since for item in found.items)
            if twice <= min(self._spare, len(found.items) // 2):
                self._spare -= twice
                return self._ask(since)
        if _is_counted(link) and self._shaky is None:
            self._shaky = since or self._since or EPOCH
        once(link, self._seen)
        return self._client.get(link)

    def _rest(self) -> datetime | None:
        """From when to ask once more at the end, if at all."""
        newest, started, before = self.met.newest, self.started, self._before
        if newest is None or started is None:
            return None
        if self._shaky is not None and not self._again and newest >= started:
            # Something changed while pages were counted: what that shifted is read once more.
            self._again = True
            self._seen.clear()
            return self._shaky
        is_long = self._tag is None or self._length >= PAGE
        quiet = before is not None and back(newest) <= before.since
        if quiet and is_long and not self._settled and back(started) > newest:
            # All that changed last is more than a page: from a later time on it is none.
            self._settled = True
            return back(started)
        return None

    def _ask(self, since: datetime | None, etag: str | None = None) -> Answer:
        params: dict[str, Any] = {"state": "all", "sort": "updated", "direction": "asc"}
        params |= {"per_page": PAGE, **self._only}
        if since:
            params["since"] = stamp(since)
        answer = self._client.get(f"/repos/{self._place.repo}/issues", params, etag=etag)
        one = answer.status != 304 and not self._client.following(answer)
        self._since, self._length = since, 0
        self._tag = answer.headers.get("ETag") if one else None
        return answer


def _is_counted(link: str) -> bool:
    """Whether a link counts pages; any other holds a place in the list."""
    asked = parse_qs(urlsplit(link).query, max_num_fields=50)
    return "page" in asked and not {"after", "before"} & asked.keys()
