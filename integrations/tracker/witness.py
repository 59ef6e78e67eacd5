"""Who is told what is about to be read, so that it is known what ended the process."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

BROKE = "the reader"
"""The field of what is set aside because reading it failed by a fault of ours."""
ENDED = "the process"
"""The field of what is set aside because the process that read it ended, again and again."""


@dataclass(frozen=True, slots=True)
class Named:
    """What is known of an item before it is read; ``stamp`` is the tracker's time of its change,
    as it was sent. Any of them may be ''."""

    external_id: str
    key: str
    stamp: str = ""


Before = Callable[[Named], str | None]
"""Told of an item before it is read; answers why it is not to be, or None."""


class Witness(Protocol):
    """Is told of items one by one before they are read; several threads take turns."""

    def portion(self) -> AbstractContextManager[Before]:
        """Held while some items that came together are read."""
        ...
