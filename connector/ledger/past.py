"""Work items as they were: the tracker's own events, undone from what it shows now."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from connector.work import ItemEvent, WorkItem

_SETS = ("tags", "labels")


@dataclass(frozen=True, slots=True)
class Moment:
    """An item as it was from ``at`` on, until the next moment."""

    at: datetime
    item: WorkItem


def moments(item: WorkItem, events: Iterable[ItemEvent]) -> list[Moment]:
    """The item through its life, oldest first; the first moment is when it was created.

    What happened as it was created (or is dated before) is part of its beginning.
    """
    ordered = sorted(events, key=lambda event: event.at)
    found: list[Moment] = []
    shown = item
    for event in reversed(ordered):
        if event.at <= item.created_at:
            break  # it began so
        found.append(Moment(event.at, replace(shown, **_dates(event.at, item))))
        shown = undone(shown, event)
    first = replace(shown, **_dates(item.created_at, item))
    return [Moment(item.created_at, first), *reversed(found)]


def undone(item: WorkItem, event: ItemEvent) -> WorkItem:
    """The item as it was just before an event."""
    was: dict[str, Any] = {
        name: value for name, value in event.before.items() if name not in (*_SETS, "numbers")
    }
    if "tags" in event.before or "tags" in event.after:
        was["tags"] = frozenset(_without(item.tags, event, "tags"))
    if "labels" in event.before or "labels" in event.after:
        was["labels"] = tuple(_without(item.labels, event, "labels"))
    if "numbers" in event.before:
        was["numbers"] = _numbers(item.numbers, event.before["numbers"])
    return replace(item, **was)


def _without(held: Iterable[str], event: ItemEvent, name: str) -> Sequence[str]:
    added, removed = set(event.after.get(name, ())), event.before.get(name, ())
    kept = [each for each in held if each not in added]
    return [*kept, *(each for each in removed if each not in kept)]


def _numbers(held: Mapping[str, float], before: Mapping[str, float | None]) -> dict[str, float]:
    both = {**held, **before}
    return {name: value for name, value in both.items() if value is not None}


def _dates(at: datetime, item: WorkItem) -> dict[str, Any]:
    moment = max(at, item.created_at)
    return {"updated_at": moment, "state_at": moment}
