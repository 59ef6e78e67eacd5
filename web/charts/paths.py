"""Lines of a plot as SVG path texts; nothing is interpolated where something was counted."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

Spot = tuple[float, float]
"""(x, y) in a plot."""


@dataclass(frozen=True, slots=True)
class Step:
    """A value at a place; ``y`` None is unknown, ``rebuilt`` is told from a tracker's history."""

    x: float
    y: float | None
    rebuilt: bool = False


@dataclass(frozen=True, slots=True)
class Trace:
    """A stepped line in two parts: as it was read, and as it was rebuilt."""

    read: str
    rebuilt: str


def trace(steps: Sequence[Step]) -> Trace:
    """Each value holds until the next one; where it is unknown there is no line."""
    texts = {True: "", False: ""}
    joined: bool | None = None
    for this, after in pairwise(steps):
        if this.y is None:
            joined = None
            continue
        if joined is not this.rebuilt:
            texts[this.rebuilt] += f"M{_at(this.x, this.y)}"
            joined = this.rebuilt
        texts[this.rebuilt] += f"H{after.x:g}" + (f"V{after.y:g}" if after.y is not None else "")
    return Trace(texts[False], texts[True])


def filled(steps: Sequence[Step], ground: float) -> str:
    """The area between a stepped line and ``ground``."""
    known = [(each.x, each.y) for each in steps if each.y is not None]
    if len(known) < 2:
        return ""
    way = "".join(f"H{x:g}V{y:g}" for x, y in known[1:])
    return f"M{_at(known[0][0], ground)}V{known[0][1]:g}{way}V{ground:g}Z"


def line(spots: Iterable[Spot]) -> str:
    """A line from spot to spot."""
    found = [_at(x, y) for x, y in spots]
    return "M" + "L".join(found) if len(found) > 1 else ""


def between(low: Sequence[Spot], high: Sequence[Spot]) -> str:
    """The area between two lines."""
    around = line([*low, *reversed(high)])
    return f"{around}Z" if around else ""


def _at(x: float, y: float) -> str:
    return f"{x:g},{y:g}"
