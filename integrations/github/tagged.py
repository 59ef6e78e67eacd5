"""Lists that are read again and again: while nothing in them changes, their answers are free."""

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlencode

from integrations.github.client import PAGE, GitHubClient, once
from integrations.kit.answers import Answer

Pages = tuple[tuple[str, str], ...]
"""The address and the tag of each page of a list; none where that would not tell of a new one."""


def again(
    client: GitHubClient, path: str, params: Mapping[str, str | int], held: Pages
) -> tuple[list[Any] | None, Pages]:
    """The rows of a list and its pages as they are to be ``held``; None in place of the rows when
    they are what they were."""
    address = f"{path}?{urlencode({**params, 'per_page': PAGE})}"
    if held and held[0][0] != address:
        held = ()  # it is called otherwise now: what bears that name may be another
    first: Answer | None = None
    for number, (page, tag) in enumerate(held):
        answer = client.get(page, etag=tag)
        if answer.status != 304:
            first = answer if number == 0 else None
            break
    else:
        if held:
            return None, held
    return _whole(client, address, first or client.get(address))


def pages_of(value: Iterable[Iterable[object]]) -> Pages:
    """Pages as they were stored."""
    return tuple((str(page), str(tag)) for page, tag in value)


def _whole(client: GitHubClient, address: str, answer: Answer) -> tuple[list[Any], Pages]:
    rows: list[Any] = []
    pages: list[tuple[str, str | None]] = []
    seen: set[str] = set()
    while True:
        found = answer.array()
        rows += found
        pages.append((address, answer.headers.get("ETag")))
        following = client.following(answer)
        if not following:
            # A last page that is full stays as it is when another one begins.
            known = tuple((page, tag) for page, tag in pages if tag)
            fit = len(known) == len(pages) and len(found) < PAGE
            return rows, known if fit else ()
        once(following, seen)
        address, answer = following, client.get(following)
