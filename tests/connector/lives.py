"""Random lives of work items: lived forwards, so that what is rebuilt backwards can be checked."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from connector.work import ItemEvent, WorkItem
from tests.connector.items import START, item

SCOPE = "milestone:acme/api/1"
STATUSES = {"To Do": "todo", "In Review": "doing", "Done": "done", "Odd": "unknown"}


@dataclass(frozen=True)
class Lived:
    """An item as it is now, its events, and how it was from each time on."""

    item: WorkItem
    events: tuple[ItemEvent, ...]
    through: tuple[tuple[datetime, WorkItem], ...]

    def at(self, moment: datetime) -> WorkItem | None:
        """The item as it was, or None before it was there."""
        known = [each for at, each in self.through if at <= moment]
        return known[-1] if known else None


def _status(before: WorkItem, name: str) -> tuple[dict[str, Any], dict[str, Any]]:
    was = {"status": before.status, "category": before.category}
    return was, {"status": name, "category": STATUSES[name]}


def _points(before: WorkItem, size: float | None) -> tuple[dict[str, Any], dict[str, Any]]:
    return {"numbers": {"points": before.numbers.get("points")}}, {"numbers": {"points": size}}


def _scope(before: WorkItem, tag: str) -> tuple[dict[str, Any], dict[str, Any]]:
    return ({"tags": [tag]}, {}) if tag in before.tags else ({}, {"tags": [tag]})


def _resolution(before: WorkItem, name: str | None) -> tuple[dict[str, Any], dict[str, Any]]:
    return {"resolution": before.resolution}, {"resolution": name}


def _type(before: WorkItem, name: str) -> tuple[dict[str, Any], dict[str, Any]]:
    level = 1 if name == "Epic" else 0
    return {"type": before.type, "level": before.level}, {"type": name, "level": level}


def _label(before: WorkItem, name: str) -> tuple[dict[str, Any], dict[str, Any]]:
    return ({"labels": [name]}, {}) if name in before.labels else ({}, {"labels": [name]})


def _apply(item: WorkItem, before: dict[str, Any], after: dict[str, Any]) -> WorkItem:
    new = {k: v for k, v in after.items() if k not in ("tags", "labels", "numbers")}
    for name in ("tags", "labels"):
        held = [x for x in getattr(item, name) if x not in before.get(name, ())]
        kept = [*held, *(x for x in after.get(name, ()) if x not in held)]
        new[name] = frozenset(kept) if name == "tags" else tuple(kept)
    numbers = {**item.numbers, **after.get("numbers", {})}
    new["numbers"] = {k: v for k, v in numbers.items() if v is not None}
    return replace(item, **new)


CHANGES = st.one_of(
    st.tuples(st.just(_status), st.sampled_from(sorted(STATUSES))),
    st.tuples(st.just(_points), st.sampled_from([None, 0.0, 1.0, 2.5, 8.0])),
    st.tuples(st.just(_scope), st.just(SCOPE)),
    st.tuples(st.just(_resolution), st.sampled_from([None, "Done", "Won't Do"])),
    st.tuples(st.just(_type), st.sampled_from(["Story", "Epic"])),
    st.tuples(st.just(_label), st.sampled_from(["okr", "size/M"])),
)


@st.composite
def lives(draw: st.DrawFn, number: int = 0) -> Lived:
    """One item's life over some forty days."""
    begins = START + timedelta(hours=draw(st.integers(0, 200)))
    tags = frozenset({SCOPE}) if draw(st.booleans()) else frozenset()
    current = item(f"K-{number}", external_id=str(number), created_at=begins, tags=tags)
    through, events, at = [(begins, current)], [], begins
    for change, value in draw(st.lists(CHANGES, max_size=6)):
        at += timedelta(hours=draw(st.integers(1, 150)))
        before, after = change(current, value)
        current = _apply(current, before, after)
        through.append((at, current))
        events.append(ItemEvent(external_id=str(number), at=at, before=before, after=after))
    now = replace(current, updated_at=at, state_at=at)
    return Lived(now, tuple(events), tuple(through))


COMPANIES = st.integers(0, 5).flatmap(lambda n: st.tuples(*(lives(k) for k in range(n))))
