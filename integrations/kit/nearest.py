"""Which of the names there are somebody may have meant."""

from collections.abc import Iterable
from difflib import get_close_matches

_TOLD = 5


def nearest(wanted: str, known: Iterable[tuple[str, str]]) -> str:
    """Of pairs (a name, how it is written) those most like the wanted name, as the end of a
    sentence; one thing may have several names."""
    pairs = [(name.casefold(), written) for name, written in known]
    names = dict.fromkeys(name for name, _ in pairs)
    like = get_close_matches(wanted.casefold(), names, n=_TOLD, cutoff=0.5)
    found = dict.fromkeys(written for each in like for name, written in pairs if name == each)
    every = list(dict.fromkeys([*found, *(written for _, written in pairs)]))
    if not every:
        return "there are none"
    more = f" and {len(every) - _TOLD} more" if len(every) > _TOLD else ""
    return f"{'the nearest are' if found else 'there are'}: {', '.join(every[:_TOLD])}{more}"
