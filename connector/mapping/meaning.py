"""The state and the size of a work item by the words of its project or repository."""

import re
from functools import lru_cache

from connector.mapping.words import FieldMapping, LabelPattern, LabelSizes, NumberField, Words, fold
from connector.work import LARGEST, State, WorkItem

_NUMBER = r"([0-9]{1,9}(?:\.[0-9]{1,9})?)"


def state_of(item: WorkItem, mapping: FieldMapping) -> State:
    """The state of an item: a dropped resolution wins over any status.

    Then, while it is open, its status on a board and its labels; then its status by name, within
    its type first; then the tracker's category. An undefined category counts as todo.
    """
    words = mapping.at(item.place)
    if _is_dropped(item, words):
        return "dropped"
    named = _by_label(item, words) or _by_status(item, words)
    if named is not None:
        return named
    return "todo" if item.category == "unknown" else item.category


def is_mapped(item: WorkItem, mapping: FieldMapping) -> bool:
    """Whether the mapping or the tracker says what the item's status means."""
    words = mapping.at(item.place)
    return (
        item.category != "unknown"
        or _is_dropped(item, words)
        or (_by_label(item, words) or _by_status(item, words)) is not None
    )


def size_of(item: WorkItem, of: str, mapping: FieldMapping) -> float | None:
    """The item's size for a measure ``of`` count, points or field:<id>; None without one."""
    if of == "count":
        return 1.0
    if of != "points":
        return _size(item.numbers.get(of.removeprefix("field:")))
    found = (_points(item, source) for source in mapping.at(item.place).points)
    return next((size for size in found if size is not None), None)


def _is_dropped(item: WorkItem, words: Words) -> bool:
    return item.resolution is not None and fold(item.resolution) in words.dropped


def _by_label(item: WorkItem, words: Words) -> State | None:
    if item.category == "done":
        return None
    on_board = _by_board(item, words) if words.boards else None
    if on_board is not None:
        return on_board
    if words.labels:
        found = (words.labels.get(fold(label)) for label in sorted(item.labels))
        return next((state for state in found if state is not None), None)
    return None


def _by_board(item: WorkItem, words: Words) -> State | None:
    """What its status on a board means: on that very board first (``acme/3/done``), then on any."""
    for tag in sorted(item.tags):
        # board:<owner>/<number>/<status>, and a status may hold a slash itself.
        kind, _, rest = tag.partition(":")
        if kind != "board":
            continue
        names = (fold(rest), fold(rest.split("/", 2)[-1]))
        state = next((words.boards[name] for name in names if name in words.boards), None)
        if state is not None:
            return state
    return None


def _by_status(item: WorkItem, words: Words) -> State | None:
    rule = words.types.get(fold(item.type))
    status = fold(item.status)
    named = (rule.statuses.get(status) if rule else None) or words.statuses.get(status)
    if named is not None:
        return named
    return (rule.categories.get(item.category) if rule else None) or words.categories.get(
        item.category
    )


def _points(item: WorkItem, source: NumberField | LabelPattern | LabelSizes) -> float | None:
    match source:
        case NumberField(field):
            return _size(item.numbers.get(field))
        case LabelPattern(pattern):
            written = (_compiled(pattern).fullmatch(fold(label)) for label in sorted(item.labels))
            return next((_size(float(each[1])) for each in written if each), None)
        case LabelSizes(sizes):
            named = (sizes.get(fold(label)) for label in sorted(item.labels))
            return next((_size(each) for each in named if each is not None), None)


def _size(number: float | None) -> float | None:
    # A comparison with nan is false.
    return number if number is not None and 0 <= number <= LARGEST else None


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> re.Pattern[str]:
    before, _, after = fold(pattern).partition("*")
    return re.compile(re.escape(before) + _NUMBER + re.escape(after))
