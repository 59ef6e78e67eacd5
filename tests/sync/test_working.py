"""A page of items at once says of each what asking for it alone says."""

from typing import Any

import pytest
from sqlalchemy import select

from connector.store import tables as t
from sync.reports.attribution import item_serves
from sync.reports.working import Asked, Frame, Working, working
from tests.world import World, key_result, link

POINTS = (None, 1.0, 1.0, 5.0, 8.0, 3.0)
PEOPLE = [{"key": "dev", "name": "Developer", "jira": "712020:00000002"}]


@pytest.fixture
def busy(connected: World, jira: Any) -> World:
    """Items of all sizes and states in links that count, weigh, pool and give numbers."""
    top = jira.site.add_issue("PLAT", "The epic", "Epic", assignee="Dev").key
    for number, points in enumerate(POINTS):
        jira.site.add_issue(
            "PLAT", f"Item {number}", assignee="Dev", points=points, parent=top,
            labels=["okr"] if number % 2 else [],
        )  # fmt: skip
    jira.site.transition("PLAT-3", "In Progress")
    jira.site.transition("PLAT-4", "Done")
    epic, label = f"jira:epic:{top}", "jira:label:PLAT/okr"
    both = link(epic, {"share": "points"}), link(label, {"share": "points"})
    connected.apply(
        key_result("KR-1", link(epic, statuses={"doing": 0.5})),
        key_result("KR-2", link(epic, {"share": "points"}, unestimated="median")),
        key_result("KR-3", *both, combine="pooled"),
        key_result("KR-4", link(label, {"number": "count", "over": "open"}), kind="decrease",
                   start=9, target=0, unit=""),
        people=PEOPLE,
    )  # fmt: skip
    connected.sync()
    return connected


def asked(world: World, **more: Any) -> Working:
    running = world.runtime
    frame = Frame(now=world.clock(), settings=running.settings, trackers=running.trackers)
    with running.store.read() as session:
        person = session.scalars(select(t.Person.id).where(t.Person.key == "dev")).one()
        return working(session, Asked(persons=[person], **more), frame)


def test_each_item_moves_by_itself_what_it_moves_among_others(busy: World) -> None:
    rows = [row for group in asked(busy).groups for row in group.rows]
    assert len(rows) == 7
    for row in rows:
        with busy.runtime.store.read() as session:
            alone = item_serves(session, row.item.key, trackers=busy.runtime.trackers)
        one_each = {each.key_result.key: each for each in reversed(alone.serves) if each.counts}
        assert {each.key_result.key: each for each in row.serves} == one_each
    moved = {each.effect for row in rows for each in row.serves if each.effect}
    assert len(moved) > len(POINTS)  # sizes do matter


def test_portions_together_are_the_whole(busy: World) -> None:
    whole = [row.item.key for group in asked(busy).groups for row in group.rows]
    portions = [asked(busy, first=first, size=3) for first in (0, 3, 6)]
    turned = [row.item.key for each in portions for group in each.groups for row in group.rows]
    assert turned == whole
    assert {(each.total, each.open) for each in portions} == {(7, 6)}


def test_the_parent_that_a_link_names_comes_after_the_items_below_it(busy: World) -> None:
    (group, *_rest) = asked(busy).groups
    assert [row.above for row in group.rows] == [*[False] * (len(group.rows) - 1), True]
    assert group.rows[-1].item.key == "PLAT-1"
