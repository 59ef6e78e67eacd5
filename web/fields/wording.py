"""What the values of a field mapping are called on its pages."""

from typing import Any, Final

from web.language import lazy

STATES: Final[dict[str, Any]] = {
    "todo": lazy("to do"),
    "doing": lazy("under way"),
    "done": lazy("done"),
    "dropped": lazy("dropped"),
}
CATEGORIES: Final[dict[str, Any]] = {**STATES, "unknown": lazy("none of these")}
COUNTS: Final[dict[str, Any]] = {
    "item": lazy("ordinary work"),
    "parent": lazy("a parent"),
    "subtask": lazy("a sub-task"),
    "never": lazy("nothing"),
}
LEVELS: Final[dict[int, Any]] = {-1: COUNTS["subtask"], 0: COUNTS["item"]}
POINTS: Final[dict[str, Any]] = {
    "field": lazy("a number field"),
    "label": lazy("a label with the number in it"),
    "sizes": lazy("labels that stand for points"),
}
OF: Final[dict[str, Any]] = {"statuses": lazy("status"), "categories": lazy("category")}
DAYS: Final[dict[str, Any]] = {
    "mon": lazy("Monday"),
    "tue": lazy("Tuesday"),
    "wed": lazy("Wednesday"),
    "thu": lazy("Thursday"),
    "fri": lazy("Friday"),
    "sat": lazy("Saturday"),
    "sun": lazy("Sunday"),
}
FIELDS: Final[dict[str, Any]] = {
    "statuses": lazy("Statuses"),
    "weights": lazy("Work begun, in part"),
    "categories": lazy("Categories"),
    "labels": lazy("Labels of open work"),
    "boards": lazy("Board statuses"),
    "types": lazy("Types"),
    "points": lazy("Points"),
    "dropped": lazy("Dropped work"),
    "working_days": lazy("Working days"),
    "reason": lazy("Why"),
}
"""The parts of the form, in its order; each is the id of its section."""


def level(number: int | None) -> Any:
    """What items of a level count as where nothing is said of them."""
    if number is None:
        return COUNTS["item"]
    return LEVELS.get(number, COUNTS["parent"] if number > 0 else COUNTS["subtask"])
