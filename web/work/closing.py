"""What closing a work item would move, as words."""

from connector.attribution import Effect, ServingReport
from web import words
from web.language import _

STEADY = 1e-9
"""Differences of progress below this are none."""


def closing(serving: ServingReport) -> str:
    """What closing the item would do to the key result, or "" where that cannot be told."""
    effect = serving.effect
    if effect is None or not serving.counts:
        return ""
    now, then = effect.progress
    if now is None or then is None:
        return ""
    key = serving.key_result.key
    if abs(then - now) < STEADY:
        return _("closing it does not move %(key)s now", key=key)
    shown = words.percent(now), words.percent(then)
    if shown[0] == shown[1]:
        return _("closing it: %(key)s %(delta)s", key=key, delta=words.points(then - now))
    return _("closing it: %(key)s %(now)s → %(then)s", key=key, now=shown[0], then=shown[1])


def gain(effect: Effect | None) -> tuple[float, float] | None:
    """The progress (now, then) where closing the item would add to it, for a bar."""
    if effect is None:
        return None
    now, then = effect.progress
    return (now, then) if now is not None and then is not None and then - now > STEADY else None
