"""What a connection's words mean, as values; all names are folded."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal

from connector.work import Category, State

Counts = Literal["item", "parent", "subtask", "never"]
"""What items of a type are: ordinary work, above it, below it, or nothing a link counts."""


@dataclass(frozen=True, slots=True)
class NumberField:
    """Points are in a number field: its id in ``WorkItem.numbers``."""

    field: str


@dataclass(frozen=True, slots=True)
class LabelPattern:
    """Points are written in a label: ``*`` in the pattern stands for the number."""

    pattern: str


@dataclass(frozen=True, slots=True)
class LabelSizes:
    """Points are said by labels: name -> points."""

    sizes: Mapping[str, float]


PointSource = NumberField | LabelPattern | LabelSizes


@dataclass(frozen=True, slots=True, kw_only=True)
class TypeRule:
    """What holds for the items of one type only; ``counts`` None leaves it to the tracker."""

    counts: Counts | None = None
    statuses: Mapping[str, State] = field(default_factory=dict)
    categories: Mapping[Category, State] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What the words of one project or repository mean.

    ``points`` are looked at in order. ``labels`` and ``boards`` (statuses on a project board,
    of one board as ``acme/3/done``) say the state of an open item. ``dropped`` are resolutions that
    mean finished without being done.
    ``weights`` are the shares of a size that a state or status has done, for links that weigh.
    ``working_days`` are 0 (Monday) to 6; None leaves it to the organisation.
    """

    points: tuple[PointSource, ...] = ()
    statuses: Mapping[str, State] = field(default_factory=dict)
    categories: Mapping[Category, State] = field(default_factory=dict)
    labels: Mapping[str, State] = field(default_factory=dict)
    boards: Mapping[str, State] = field(default_factory=dict)
    types: Mapping[str, TypeRule] = field(default_factory=dict)
    dropped: frozenset[str] = frozenset()
    weights: Mapping[str, float] = field(default_factory=dict)
    working_days: frozenset[int] | None = None


@dataclass(frozen=True, slots=True)
class FieldMapping:
    """A connection's words, and those of projects or repositories that have their own."""

    words: Words = Words()
    places: Mapping[str, Words] = field(default_factory=dict)

    def at(self, place: str) -> Words:
        """The words of a project or repository."""
        return self.places.get(fold(place), self.words) if self.places else self.words

    @property
    def reads_boards(self) -> bool:
        """Whether what an item is called on a board matters: only then its tags are needed."""
        return any(words.boards for words in (self.words, *self.places.values()))

    @property
    def reads_labels(self) -> bool:
        """Whether labels say the state of an item."""
        return any(words.labels for words in (self.words, *self.places.values()))

    def fields(self) -> frozenset[str]:
        """The number fields that points are taken from, anywhere."""
        found = (source for words in (self.words, *self.places.values()) for source in words.points)
        return frozenset(each.field for each in found if isinstance(each, NumberField))


@lru_cache(maxsize=4096)
def fold(word: str) -> str:
    """A word as it is compared: case and typographic apostrophes do not matter."""
    return word.replace("’", "'").strip().casefold()
