"""Mutants: the pipeline with one thing wrong, which the harness must find out by itself."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any
from unittest import mock

Made = Callable[[], AbstractContextManager[None]]


@dataclass(frozen=True, slots=True)
class Mutant:
    """One thing wrong, and how it is seen best.

    ``first`` is the seed to begin with, ``names`` are the trackers. ``meets`` says that only live
    actors of these kinds show it; ``struck`` is the scenario, and the blow, that does.
    """

    name: str
    wrong: Made
    first: int = 0
    meets: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    struck: tuple[str, str] | None = None


@contextmanager
def replaced(*several: tuple[Any, str, Any]) -> Iterator[None]:
    """These names of these modules mean something else until the block ends."""
    if not several:
        yield
        return
    (place, name, value), *rest = several
    with mock.patch.object(place, name, value), replaced(*rest):
        yield


def instead(place: Any, name: str, value: Any) -> Made:
    """A mutant that has something else under a name."""
    return lambda: replaced((place, name, value))


def around(place: Any, name: str, wrap: Callable[[Any], Any]) -> Made:
    """A mutant that has something around what stands under a name."""
    return lambda: replaced((place, name, wrap(getattr(place, name))))


def together(*several: Made) -> Made:
    """All of these at once."""

    @contextmanager
    def made() -> Iterator[None]:
        if not several:
            yield
            return
        with several[0](), together(*several[1:])():
            yield

    return made


def same(found: Any, **otherwise: Any) -> Mapping[str, Any]:
    """The values of a row, some of them others."""
    return {**dict(found._mapping), **otherwise}
