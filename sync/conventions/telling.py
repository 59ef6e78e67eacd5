"""Why what items ask for is not done, as sentences for people."""

from sync.connections import find
from sync.conventions.asking import asked_of, named
from sync.conventions.wishes import wishes
from sync.runtime import Runtime

SHOWN = 20
"""Sentences told of one connection."""


def unfollowed(runtime: Runtime, name: str) -> tuple[str, ...]:
    """What the items of a connection ask for and does not happen, with the reason each."""
    with runtime.store.read() as session:
        asked = asked_of(runtime, session, find(session, name))
        if asked is None:
            return ()
        problems = [problem for _, _, problem in wishes(asked, named(asked))]
    return tuple(each for each in problems if each is not None)[:SHOWN]
