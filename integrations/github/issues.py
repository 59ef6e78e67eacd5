"""Reading a repository's issues in the order they changed."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from connector.errors import Unavailable
from integrations.github.client import PAGE, GitHubClient
from integrations.github.cursors import Cursor, back, stamp
from integrations.github.reading import Place, page
from integrations.github.repositories import reading
from integrations.kit.answers import Answer
from integrations.tracker import Page

_MOST_PAGES = 20_000
_SECOND = timedelta(seconds=1)


class Changes:
    """One read of the issues changed since a cursor, and where the next one goes on.

    ``only`` narrows the list as GitHub's parameters do: ``{"milestone": "7"}``. ``parents`` are
    the keys of issues met that have sub-issues.
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
        self.parents: set[str] = set()
        self._newest: datetime | None = None
        self._started: datetime | None = None
        self._etag: str | None = None
        self._same = False

    def pages(self) -> Iterator[Page]:
        """The pages, oldest change first; an issue changed meanwhile comes again at the end.

        From page to page ``since`` moves on, so an issue that moves to the end of the list
        shifts no other one past the reader; the link of the answer is followed only where a
        whole page changed in the same second.
        """
        with reading(self._client, self._place.repo):
            answer = self._first()
        since = self._before.since if self._before else None
        for _ in range(_MOST_PAGES):
            if answer.status == 304:
                self._same = True
                return
            found, last = self._taken(answer)
            yield found
            link = self._client.following(answer)
            if not link:
                return
            if last and (since is None or last - _SECOND > since):
                since = last - _SECOND
                answer = self._ask(since)
            else:
                answer = self._client.get(link)
        raise Unavailable("GitHub sent pages without an end.")

    def cursor(self) -> Cursor:
        """Where to go on after the last page."""
        if self._before and self._same:
            return self._before
        if self._before and self._newest is None:
            return Cursor(self._before.since, self._etag)
        newest = self._newest or self._started
        if newest is None:
            raise Unavailable("GitHub did not say what time it is.")
        since = back(newest)
        # The tag belongs to the address we asked: of use only when we ask for the same again.
        again = self._before is not None and self._before.since == since
        return Cursor(since, self._etag if again else None)

    def _first(self) -> Answer:
        before = self._before
        answer = self._ask(before.since if before else None, before.etag if before else None)
        self._started = answer.date
        if answer.status != 304 and not self._client.following(answer):
            self._etag = answer.headers.get("ETag")
        return answer

    def _ask(self, since: datetime | None, etag: str | None = None) -> Answer:
        params: dict[str, Any] = {"state": "all", "sort": "updated", "direction": "asc"}
        params |= {"per_page": PAGE, **self._only}
        if since:
            params["since"] = stamp(since)
        return self._client.get(f"/repos/{self._place.repo}/issues", params, etag=etag)

    def _taken(self, answer: Answer) -> tuple[Page, datetime | None]:
        issues = answer.array()
        if len(issues) >= PAGE:
            # A full first page stays the same when a second one begins.
            self._etag = None
        self.parents |= {f"{self._place.repo}#{n}" for n in map(_parent, issues) if n}
        found = page(issues, self._place)
        last = max((item.updated_at for item in found.items), default=None)
        if last:
            self._newest = max(self._newest or last, last)
        return found, last


def _parent(issue: object) -> object:
    """The number of an issue that has sub-issues, or None."""
    known = issue if isinstance(issue, dict) else {}
    summary = known.get("sub_issues_summary")
    return known.get("number") if isinstance(summary, dict) and summary.get("total") else None
