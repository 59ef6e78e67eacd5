"""What names people gave usually mean: estimates in labels, states of boards; pure."""

import re
from collections.abc import Iterable, Mapping

from connector.conditions import plain
from connector.mapping import fold
from connector.work import State

_NUMBER = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,2})?")
_ESTIMATE = re.compile(r"(?:story[ -]?)?points?|sp|pts?|estimates?|effort|size|weight")
_POINTS = frozenset(
    """estimate estimates estimation points story-points story-point story-point-estimate effort
    sp weight""".split()
)
_SIZES = {"xxs": 1, "xs": 1, "s": 2, "m": 3, "l": 5, "xl": 8, "xxl": 13, "xxxl": 21}
_LONG = {"tiny": "xs", "small": "s", "medium": "m", "large": "l", "huge": "xl"}
_PREFIX = re.compile(r"(?:status|state|stage|workflow)\s*[:/=-]+\s*(.+)")


def _words(text: str) -> frozenset[str]:
    return frozenset(" ".join(each.split()) for each in text.split(","))


_STATES: Mapping[State, frozenset[str]] = {
    "todo": _words(
        """todo, to do, backlog, new, ready, triage, icebox, planned, up next, next, later, open,
        no status, ready for development, selected for development"""
    ),
    "doing": _words(
        """in progress, doing, wip, work in progress, started, in development, development,
        in review, review, needs review, code review, in qa, qa, testing, in test, blocked, active,
        ready for review"""
    ),
    "done": _words(
        """done, complete, completed, closed, shipped, released, merged, deployed, finished,
        resolved"""
    ),
    "dropped": _words(
        """won't do, wont do, won't fix, wontfix, cancelled, canceled, dropped, duplicate, rejected,
        abandoned, invalid, obsolete, declined, not planned"""
    ),
}


def state(name: str) -> State | None:
    """What a status of a board or a label says of work, where it says anything usual."""
    bare = _bare(name)
    return next((held for held, names in _STATES.items() if bare in names), None)


def is_points(field: str) -> bool:
    """Whether a number field of that name is what teams estimate in."""
    return plain(field) in _POINTS


def patterns(labels: Iterable[str]) -> list[str]:
    """Patterns of labels that hold a number beside a word for estimates, as a mapping has them."""
    found: dict[str, None] = {}
    for label in labels:
        number = _NUMBER.search(label)
        rest = _NUMBER.sub("*", label, count=1) if number else ""
        words = re.sub(r"[\s:/=_*-]+", " ", rest).strip().casefold()
        if number and _ESTIMATE.fullmatch(words) and rest.count("*") == 1:
            found[rest] = None
    return list(found)


def sizes(labels: Iterable[str]) -> dict[str, int]:
    """Labels that are T-shirt sizes, with the points usually given for them."""
    found = {}
    for label in labels:
        head, mark, size = re.sub(r"\s*([:/=])\s*", r"\1", fold(label)).rpartition("/")
        for sign in (":", "=", "-"):
            if not mark:
                head, mark, size = fold(label).rpartition(sign)
        size = _LONG.get(size.strip(), size.strip())
        if mark and _ESTIMATE.fullmatch(head.strip()) and size in _SIZES:
            found[label] = _SIZES[size]
    return found


def _bare(name: str) -> str:
    """A name without marks before it (``🚧 In progress``) or what kind of word it is."""
    words = re.sub(r"^[^\w]+|[^\w]+$", "", fold(name).replace("_", " "))
    told = _PREFIX.fullmatch(words)
    return (told[1] if told else words).strip()
