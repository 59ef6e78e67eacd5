"""Following Jira's pages to their end, and never for ever: by tokens on Cloud, else by offset."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Protocol, TypeVar

from connector.errors import Unavailable
from integrations.jira.foreseen import Foreseen
from integrations.kit.answers import Answer, Rejected

Page = tuple[Answer, dict[str, Any]]
Post = Callable[[Mapping[str, Any]], Answer]


class Part(Protocol):
    """What a page by number tells: the ids it holds, and how many there are in all."""

    @property
    def ids(self) -> Sequence[str]:
        """In the order of the list."""
        ...

    @property
    def total(self) -> object:
        """As Jira sent it."""
        ...


_Part = TypeVar("_Part", bound=Part)
Read = Callable[[Answer], _Part]
_MOST_PAGES = 20_000
_SHORT = 100


def following(post: Post, body: Mapping[str, Any]) -> Iterator[Page]:
    """Pages by token; a short or empty one is no end, a repeated token is an error."""
    seen: set[str] = set()
    while True:
        answer = _next(post, body, later=bool(seen))
        found = answer.object()
        yield answer, found
        token = next_token(found)
        if not token:
            return
        if not isinstance(token, str) or token in seen:
            # Ending here would make the rest look deleted.
            raise Unavailable("Jira repeated a page instead of sending the next one.")
        seen.add(token)
        _bound(len(seen))
        body = {**body, "nextPageToken": token}


def by_offset(post: Foreseen, body: Mapping[str, Any], read: Read[_Part]) -> Iterator[_Part]:
    """Pages by number, as long as Jira makes them: it may send fewer than were asked for.

    Each begins with the last issue of the one before. Where it does not begin with one that was
    read, others left the list meanwhile and moved the rest forward: it steps back. A server that
    cannot make a long page is asked for short ones.
    """
    place, number = _Place(), 0
    while place.more:
        asked = {**body, "startAt": place.at}
        try:
            found = read(_next(post, asked, later=number > 0))
        except Unavailable as error:
            if isinstance(error, Rejected) or body["maxResults"] <= _SHORT:
                raise
            body = {**body, "maxResults": _SHORT}
            continue
        total = found.total
        if not isinstance(total, int) or (not found.ids and place.at < total):
            raise Unavailable("Jira ended a list before its total.")
        place.told(found.ids, total)
        post.expect(body, place.coming(total))
        yield found
        del found  # before the next is read: both would be held at once
        number += 1
        _bound(number)


class _Place:
    """Where a list is read, and whether what comes there follows on what was read."""

    def __init__(self) -> None:
        self.at, self.more = 0, True
        self._longest, self._overlaps = 0, False
        self._seen: set[str] = set()

    def told(self, ids: Sequence[str], total: int) -> None:
        """Go on from a page, or step back before it."""
        self._longest = max(self._longest, len(ids))
        if self._overlaps and not self._seen.intersection(ids[:1]):
            self.at = max(0, self.at - self._longest)
            self._overlaps = self.at > 0
            return
        self._seen.update(ids)
        self.at += len(ids)
        self.more = self.at < total
        self._overlaps = len(ids) > 1  # else it would not get on
        self.at -= self._overlaps

    def coming(self, total: int) -> Iterable[int]:
        """Where the next pages begin, if nothing comes between."""
        return range(self.at, total - 1, self._longest - 1) if self.more and self._overlaps else ()


def next_token(found: Mapping[str, Any]) -> Any:
    """The token of the page after this one; None on the last, whatever else it holds."""
    return None if found.get("isLast") is True else found.get("nextPageToken") or None


def listed(found: Mapping[str, Any], name: str) -> list[Any]:
    """The list an answer must hold."""
    values = found.get(name)
    if not isinstance(values, list):
        raise Unavailable(f"Jira sent a list without {name} in it.")
    return values


def _next(post: Post, body: Mapping[str, Any], *, later: bool) -> Answer:
    try:
        return post(body)
    except Rejected as error:
        if later:
            raise Unavailable(f"Jira stopped in the middle of a list: {error.word}.") from error
        raise


def _bound(number: int) -> None:
    if number >= _MOST_PAGES:
        raise Unavailable("Jira sent pages without an end.")
