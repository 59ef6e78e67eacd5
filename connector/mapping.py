"""Field mapping: how a tracker's fields become a state and a size."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from connector.work import State, WorkItem


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldMapping:
    """What a connection's words mean.

    ``dropped`` are resolutions (folded) that mean finished without being done; ``statuses``
    overrides the tracker's category by status name (folded).
    """

    dropped: frozenset[str]
    statuses: Mapping[str, State] = field(default_factory=dict)


def fold(word: str) -> str:
    """A word as it is compared: case and typographic apostrophes do not matter."""
    return word.replace("’", "'").strip().casefold()


def state_of(item: WorkItem, mapping: FieldMapping) -> State:
    """The state of an item: a dropped resolution wins over any status.

    The category decides, never the status name, unless the mapping names it; a category the
    tracker leaves undefined counts as todo.
    """
    if item.resolution is not None and fold(item.resolution) in mapping.dropped:
        return "dropped"
    named = mapping.statuses.get(fold(item.status))
    if named is not None:
        return named
    return "todo" if item.category == "unknown" else item.category


def size_of(item: WorkItem, of: str) -> float | None:
    """The item's size for a measure ``of`` count, points or field:<id>; None without one."""
    if of == "count":
        return 1.0
    size = item.numbers.get(of.removeprefix("field:"))
    return size if size is not None and math.isfinite(size) and size >= 0 else None
