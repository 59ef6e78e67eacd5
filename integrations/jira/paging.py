"""Following Jira's pages to their end, and never for ever: by tokens on Cloud, else by offset."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from connector.errors import Unavailable
from integrations.kit.answers import Answer, Rejected

Page = tuple[Answer, dict[str, Any]]
Post = Callable[[Mapping[str, Any]], Answer]
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


def by_offset(post: Post, body: Mapping[str, Any]) -> Iterator[Page]:
    """Pages by number, as long as Jira makes them: it may send fewer than were asked for.

    Each begins with the last issue of the one before. Where it does not begin with one that was
    read, others left the list meanwhile and moved the rest forward: it steps back. A server that
    cannot make a long page is asked for short ones.
    """
    seen: set[str] = set()
    at, longest, number, overlaps = 0, 0, 0, False
    while True:
        try:
            answer = _next(post, {**body, "startAt": at}, later=number > 0)
        except Unavailable as error:
            if isinstance(error, Rejected) or body["maxResults"] <= _SHORT:
                raise
            body = {**body, "maxResults": _SHORT}
            continue
        found = answer.object()
        told, total = [_named(each) for each in listed(found, "issues")], found.get("total")
        if not isinstance(total, int) or (not told and at < total):
            raise Unavailable("Jira ended a list before its total.")
        yield answer, found
        del answer, found
        longest = max(longest, len(told))
        if overlaps and not seen.intersection(told[:1]):
            at = max(0, at - longest)
            overlaps = at > 0
        else:
            seen.update(told)
            at += len(told)
            if at >= total:
                return
            overlaps = len(told) > 1  # else it would not get on
            at -= overlaps
        number += 1
        _bound(number)


def _named(issue: object) -> str:
    return str(issue.get("id")) if isinstance(issue, dict) else ""


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
