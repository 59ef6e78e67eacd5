"""Where the parts of a progress bar lie, in per cent of its width."""

from dataclasses import dataclass

WIDEST = 1.5
"""Progress beyond this is drawn no wider; the text beside the bar still says it."""


@dataclass(frozen=True, slots=True)
class Bar:
    """``fill`` up to the target, ``over`` what lies past it, ``tick`` what is expected today."""

    fill: float
    over: float
    target: float
    tick: float | None


def bar(progress: float | None, expected: float | None) -> Bar:
    """Lay out a bar; it shrinks to make room for an overshoot."""
    reached = min(max(progress or 0.0, 0.0), WIDEST)
    full = max(1.0, reached)
    tick = None if expected is None else round(100 * min(max(expected, 0.0), full) / full, 2)
    return Bar(
        fill=round(100 * min(reached, 1.0) / full, 2),
        over=round(100 * max(reached - 1.0, 0.0) / full, 2),
        target=round(100 / full, 2),
        tick=tick,
    )
