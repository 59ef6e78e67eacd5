"""Long lists, a page at a time."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from flask import request, url_for

T = TypeVar("T")
SIZE = 25


@dataclass(frozen=True, slots=True)
class Paged(Generic[T]):
    """One page of a list; ``argument`` is the query argument that turns its pages."""

    items: Sequence[T]
    total: int
    first: int
    number: int
    pages: int
    argument: str


def paged(items: Sequence[T], argument: str, size: int = SIZE) -> Paged[T]:
    """The page of a list the URL asks for; a page out of range is the nearest one."""
    return paged_by(lambda first, most: items[first : first + most], len(items), argument, size)


def paged_by(
    read: Callable[[int, int], Sequence[T]], total: int, argument: str, size: int = SIZE
) -> Paged[T]:
    """The same of a list of which only that page is read: from where, and how many at most."""
    pages = max(1, -(-total // size))
    asked = request.args.get(argument, 1, type=int)
    number = min(max(1, asked), pages)
    first = (number - 1) * size
    return Paged(read(first, size), total, first, number, pages, argument)


def url_with(**changes: object) -> str:
    """This page's URL with some query arguments changed; None takes one away."""
    arguments: dict[str, Any] = {**request.args.to_dict(), **changes, **(request.view_args or {})}
    # Arguments of url_for itself must not come from a query string.
    plain = {name: value for name, value in arguments.items() if not name.startswith("_")}
    return url_for(str(request.endpoint), **plain)
