"""Searches made of steps: each asked for in turn, until enough is found or people waited enough."""

import time
from collections.abc import Callable, Iterable
from typing import TypeVar

from connector.errors import AccessDenied, Gone, TrackerError
from integrations.kit.answers import Rejected
from integrations.tracker import Found

MOST = 20
"""What one search finds at most."""
T = TypeVar("T")
Step = Callable[[], Iterable[Found]]


def gathered(steps: Iterable[Step], share: int, patience: float) -> tuple[Found, ...]:
    """What the steps find, each scope once and of each step no more than its share; one that is
    refused does not stop the others. After ``patience`` seconds nothing further is begun."""
    found: dict[tuple[str, str], Found] = {}
    problem: TrackerError | None = None
    end = time.monotonic() + patience
    for step in steps:
        try:
            for each in list(step())[:share]:
                found.setdefault((each.kind, each.value), each)
        except (Gone, Rejected, AccessDenied) as error:
            problem = problem or (None if isinstance(error, Gone) else error)
        except TrackerError:
            if not found:
                raise
            break
        if len(found) >= MOST or time.monotonic() > end:
            break
    if problem and not found:
        raise problem
    return tuple(found.values())[:MOST]


def tolerantly(step: Callable[[], Iterable[T]]) -> list[T]:
    """What a search finds; nothing where the tracker does not allow or know it."""
    try:
        return list(step())
    except (Gone, AccessDenied, Rejected):
        return []
