"""Named places between steps that belong together; tests stop, break or end the program there.

Nothing happens at them unless a test says what, and only code in the same process can: no setting
and no request reaches this module.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

Act = Callable[[str], None]
"""What is done where the program comes by; told the name of the place."""
_acts: list[Act] = []


def reach(name: str) -> None:
    """Say that the program has come to the place of that name."""
    for act in _acts:
        act(name)


@contextmanager
def acting(act: Act) -> Iterator[None]:
    """Have ``act`` done at every place, in all threads, until the block ends."""
    _acts.append(act)
    try:
        yield
    finally:
        _acts.remove(act)
