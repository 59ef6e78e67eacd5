"""Long lists of ids in portions that every database takes in one query."""

from collections.abc import Collection, Iterator
from typing import TypeVar

T = TypeVar("T", int, str)


def chunks(wanted: Collection[T], size: int = 500) -> Iterator[list[T]]:
    """The ids in ascending order, ``size`` at a time."""
    ordered = sorted(wanted)
    return (ordered[first : first + size] for first in range(0, len(ordered), size))
