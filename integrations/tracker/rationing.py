"""What all processes of a service may call of one connection together, where there are several."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Share:
    """What a process is given: points to spend, and how many processes call, itself included."""

    callers: int
    points: int


class Ration(Protocol):
    """Points that processes have in common."""

    def take(self, key: str, points: int, *, most: int) -> Share | None:
        """So many points or none, of the ``most`` of a minute; None where nobody can tell."""
        ...


_common: Ration | None = None


def share(ration: Ration | None) -> None:
    """Have this process keep to what it has in common with others."""
    global _common  # noqa: PLW0603 - one for the process, as its pauses and limits are
    _common = ration


def common() -> Ration | None:
    """What this process has in common with others, if it was told."""
    return _common
