"""Errors by kind: what is stored of one beside its sentence, and what Worklift does about it."""

from collections.abc import Collection

from connector.errors import (
    AccessDenied,
    BadReading,
    BadScope,
    Declined,
    Gone,
    Refused,
    TrackerError,
    Unavailable,
)

UNANSWERED, CRASHED = "unanswered", "crashed"
_KINDS: tuple[tuple[type[Exception], str], ...] = (
    (AccessDenied, "denied"),
    (Gone, "gone"),
    (BadScope, "scope"),
    (BadReading, "reading"),
    (Declined, "declined"),
    (Unavailable, UNANSWERED),
    (Refused, "settings"),
)
_NAMED = frozenset({"denied", "gone", "scope", "settings"})
"""Kinds whose sentences say themselves what to do."""
STOPPED = (
    "No call is made until somebody acts: once that is done, test the connection on its page or"
    " with worklift connections --test, or connect it again."
)
_CRASHED = "Worklift keeps trying by itself; if it lasts, report what its log says."
_KEEPS = "Worklift keeps trying by itself; there is nothing to do unless it lasts."
_LASTS = "Worklift keeps trying by itself; see whether this machine can reach the tracker."


def kind_of(error: TrackerError | Refused) -> str:
    """What is stored of an error beside its sentence."""
    return next((kind for known, kind in _KINDS if isinstance(error, known)), UNANSWERED)


def advice(kinds: Collection[str | None], *, stale: bool = False) -> str | None:
    """What to do about errors of these kinds; None where their own sentences say it.

    ``stale`` says that nothing was read for so long that the numbers are unknown.
    """
    rest = set(kinds) - _NAMED
    if not rest:
        return None
    if CRASHED in rest:
        return _CRASHED
    return _LASTS if stale else _KEEPS
