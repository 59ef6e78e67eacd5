"""Items that show the same weigh the same: weighing what they show once changes nothing."""

from collections.abc import Hashable
from datetime import UTC, datetime, timedelta

import pytest

from connector import ledger
from connector.ledger import Candidate, Crowd, Member
from connector.mapping import FieldMapping
from connector.okr import LinkRule, Measure
from connector.work import Category, WorkItem

AT = datetime(2026, 3, 1, tzinfo=UTC)
STATUSES: tuple[Category, ...] = ("todo", "doing", "done", "unknown")


def work(number: int) -> WorkItem:
    at = AT + timedelta(hours=number)
    return WorkItem(
        external_id=str(number), key=f"PLAT-{number}", title=f"T {number}", url="",
        status=STATUSES[number % 4], category=STATUSES[number % 4],
        type="Story", level=int(number % 7 == 0), created_at=AT, updated_at=at, state_at=at,
        numbers={} if number % 3 == 0 else {"size": float(number % 5)},
    )  # fmt: skip


def shown(item: WorkItem) -> Hashable:
    return item.status, item.level, item.numbers.get("size")


@pytest.mark.parametrize("policy", ["exclude", "zero", "default:3", "median"])
def test_many_alike_weigh_what_each_would_alone(policy: str) -> None:
    rule = LinkRule(measure=Measure(of="field:size"), unestimated=policy)
    found = [Candidate(number, work(number)) for number in range(60)]
    members = [
        Member(each.item_id, i.key, i.updated_at, i.state_at, shown(i))
        for each in found
        for i in (each.item,)
    ]
    crowd = Crowd(members, {shown(each.item): each.item for each in found})
    mapping = FieldMapping()
    expected = ledger.parts(rule, found, mapping, is_query=False)
    assert list(ledger.alike(rule, [crowd], mapping, is_query=False)) == [expected]
    halves = [Crowd(members[:25], crowd.shown), Crowd(members[25:], crowd.shown)]
    portions = list(ledger.alike(rule, halves, mapping, is_query=False))
    assert portions == [expected[:25], expected[25:]]
    assert len(crowd.shown) < len(found)
