"""Work items for the ledger's tests: only what a test names differs from an ordinary open issue."""

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from connector.ledger import Candidate, Part, parts
from connector.mapping import FieldMapping, NumberField, Words
from connector.okr import LinkRule, Measure
from connector.work import WorkItem

START = datetime(2026, 10, 1, 9, 0, tzinfo=UTC)
MAPPING = FieldMapping(
    Words(dropped=frozenset({"won't do", "duplicate"}), points=(NumberField("points"),))
)
POINTS = Measure(of="points")
_ids = count(1)


def item(key: str = "PLAT-1", **more: Any) -> WorkItem:
    points = more.pop("points", None)
    fields: dict[str, Any] = {
        "external_id": str(next(_ids)), "key": key, "title": key, "url": "", "type": "Story",
        "status": "To Do", "category": "todo", "created_at": START,
        "updated_at": START + timedelta(days=2), "state_at": START + timedelta(days=1),
    }  # fmt: skip
    if points is not None:
        fields["numbers"] = {"points": points}
    return WorkItem(**{**fields, **more})


def done(key: str = "PLAT-1", **more: Any) -> WorkItem:
    return item(key, **{"status": "Done", "category": "done", "resolution": "Done", **more})


def dropped(key: str = "PLAT-1", **more: Any) -> WorkItem:
    return done(key, **{"resolution": "Won't Do", **more})


def counted(rule: LinkRule, *items: WorkItem, is_query: bool = False) -> list[Part]:
    """The parts of these items, which the mirror numbers from 1."""
    found = [Candidate(number, each) for number, each in enumerate(items, 1)]
    return parts(rule, found, MAPPING, is_query=is_query)
