"""Pages of lists with their Link headers: by number, or by cursor."""

import base64
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import urlencode

from flask import Response, request

from integrations.simulators.github.shapes import Json
from integrations.simulators.github.state import GithubError
from integrations.simulators.github.web import answer, root, site

TOO_DEEP = (
    "Pagination with the page parameter is not supported for large datasets, "
    "please use cursor based pagination (after/before)"
)
Values = Sequence[Any]


def paged(
    values: Values, show: Callable[[Any], Any] = list, *,
    wrap: Callable[[Any], Any] = list, by_cursor: str = "", numbered: bool = False,
    place: Callable[[Any], str] | None = None,
) -> Response:  # fmt: skip
    """A page with its Link header: by number, or by cursor only when the list is long.

    ``show`` turns the page's values into JSON, ``wrap`` puts them into an object; ``by_cursor``
    names the parameter of lists without page numbers, ``numbered`` lists have nothing else. With
    ``place``, what a list is ordered by, a cursor holds a place in it: nothing that comes or goes
    before it shifts what follows.
    """
    size = min(_number("per_page", 30) or 30, 100)
    if not numbered and (by_cursor or len(values) > site().cursor_from):
        start, links = _by_cursor(values, size, by_cursor or "after", place)
    else:
        start, links = _by_number(len(values), size)
    made = [f'<{_address(at)}>; rel="{rel}"' for rel, at in links.items()]
    shown = wrap(show(values[start : start + size]))
    return answer(shown, headers={"Link": ", ".join(made)} if made else None)


def _number(name: str, default: int) -> int:
    text = request.args.get(name, "")
    return int(text) if text.isdigit() else default


def _by_number(total: int, size: int) -> tuple[int, dict[str, Json]]:
    page, last = max(1, _number("page", 1)), max(1, -(-total // size))
    links: dict[str, Json] = {}
    if page > 1:
        links["prev"] = {"page": min(page - 1, last)}
    if page < last:
        links |= {"next": {"page": page + 1}, "last": {"page": last}}
    if page > 1:
        links["first"] = {"page": 1}
    return (page - 1) * size, links


def _by_cursor(
    values: Values, size: int, name: str, place: Callable[[Any], str] | None
) -> tuple[int, dict[str, Json]]:
    page = max(1, _number("page", 1))
    if page * size > site().cursor_from and page > 1:
        raise GithubError(422, TOO_DEEP)
    start = (page - 1) * size
    given = request.args.get(name)
    if given:
        start = _place(given, values, place)
    if start + size >= len(values):
        return start, {}
    last = place(values[start + size - 1]) if place else str(start + size)
    after = base64.urlsafe_b64encode(f"cursor:{last}".encode()).decode()
    return start, {"next": {name: after}}


def _place(cursor: str, values: Values, place: Callable[[Any], str] | None) -> int:
    try:
        word, _, where = base64.urlsafe_b64decode(cursor).decode().partition(":")
        if place is None or word != "cursor":
            return {"cursor": int(where)}[word]
    except (ValueError, KeyError):
        raise GithubError(422, "Invalid cursor") from None
    if not values or place(values[0]) <= place(values[-1]):
        return bisect_right(values, where, key=place)
    return len(values) - bisect_left(values[::-1], where, key=place)


def _address(at: Json) -> str:
    kept = [(name, value) for name, value in request.args.items(multi=True)
            if name not in ("page", "after", "before", "cursor")]  # fmt: skip
    return f"{root()}{_by_id(request.path)}?{urlencode([*kept, *at.items()])}"


def _by_id(path: str) -> str:
    """An address as GitHub links to it: a repository by its id, which outlives its name."""
    named = request.view_args or {}
    if "name" not in named or not site().links_by_id:
        return path
    repo = site().repo(f"{named['owner']}/{named['name']}")
    rest = path.removeprefix(f"/repos/{named['owner']}/{named['name']}")
    return f"/repositories/{repo.about['id']}{rest}"
