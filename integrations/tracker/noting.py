"""What a tracker declares of notes: which kinds people may ask for, and how fast they are sent."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from connector.notes import Teller, Told

NoteKind = Literal["remote_link", "comment", "property", "block", "check", "reply"]
"""What a writer is given. A ``reply`` answers one comment, once; nobody asks for it as a kind."""


def _nothing(_value: str) -> str | None:
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Noting:
    """One kind of notes that people may ask for, by its name and label.

    ``note`` is what a writer is given; of kinds with the same one, an item carries a single note.
    ``on`` is what carries it: the item that the scope ``named``, every item that the link
    ``counted``, the ``pulls`` among these, or a ``place`` beside items, such as a milestone.
    ``text`` makes the body for the key results served; ``leading`` has it lead to the page of the
    item that carries it, whose address it is given.
    """

    kind: str
    label: str
    note: NoteKind
    on: Literal["named", "counted", "pulls", "place"]
    text: Callable[[Sequence[Told], Teller], Mapping[str, Any]]
    leading: Callable[[dict[str, Any], str], dict[str, Any]] | None = None
    apart: bool = False
    """One note for each key result, instead of one for all."""
    open_only: bool = False
    """Items that are done get none, and keep the last words of the one they carry."""
    dated: bool = False
    """Looked at again whenever the item changed: the body then holds ``at``."""
    scope: str = ""
    """Of notes on a place: the kind of scope that names it."""
    place: Callable[[str], str | None] = _nothing
    """(value of such a scope) -> the one place it names, always called the same, or None."""


@dataclass(frozen=True, slots=True)
class WritePace:
    """What a tracker bears of one writer: seconds from one note to the next, and notes an hour."""

    gap: float
    an_hour: int


def alike(several: Iterable[Noting]) -> tuple[tuple[Noting, ...], ...]:
    """Kinds in groups of the same note, in their order."""
    groups: dict[str, list[Noting]] = {}
    for each in several:
        groups.setdefault(each.note, []).append(each)
    return tuple(tuple(group) for group in groups.values())
