"""Deep links: a parent that is new brings only what lies below it, not a read of everything."""

import json
from dataclasses import replace

import pytest
from sqlalchemy import select

from connector.errors import Unavailable
from connector.store.tables import Source
from sync import pipeline
from tests.sync.shelf import Shelf
from tests.world import World, key_result, link

DEEP = link("shelf:under:S-10", depth=2)


@pytest.fixture
def deep(swept: World, shelf: Shelf) -> World:
    """A deep link by which nothing was read yet but what the fixture before read."""
    shelf.spec = replace(shelf.spec, capabilities=frozenset({"absence", "fresh"}))
    shelf.put(10, "P")
    swept.apply(key_result("KR-1", DEEP))
    swept.poll()
    shelf.reads.clear()
    shelf.needs.clear()
    shelf.put(11, "Q", parent_key="S-10", parent_id="10")
    return swept


def told(shelf: Shelf) -> list[tuple[bool, set[str]]]:
    """Of every read, whether it went on from a cursor, and the parents it was to read below."""
    return [
        (cursor is not None, set(need.fresh))
        for (cursor, _), need in zip(shelf.reads, shelf.needs, strict=True)
    ]


def test_what_lies_below_a_new_parent_is_asked_for_once(deep: World, shelf: Shelf) -> None:
    deep.tick()
    assert told(shelf) == [(True, set()), (True, {"S-11"})]
    deep.tick()
    assert told(shelf)[2:] == [(True, set())]
    assert shelf.needs[-1].parents == {"S-11"}


def test_it_is_asked_for_until_it_was_read(deep: World, shelf: Shelf) -> None:
    (source,) = deep.sources()
    pipeline.drain(deep.runtime, source, force=True)
    shelf.error = Unavailable("not now")
    pipeline.drain(deep.runtime, source)
    shelf.error = None
    shelf.put(12, "Q", parent_key="S-10", parent_id="10")
    deep.clock.turn(minutes=30)
    deep.poll()
    assert [fresh for _, fresh in told(shelf)] == [set(), {"S-11"}, {"S-11"}, {"S-12"}]
    assert all(went_on for went_on, _ in told(shelf))


def test_where_that_cannot_be_read_apart_all_is_read(swept: World, shelf: Shelf) -> None:
    shelf.put(10, "P")
    shelf.put(11, "Q", parent_key="S-10", parent_id="10")
    swept.apply(key_result("KR-1", DEEP))
    shelf.reads.clear()
    shelf.needs.clear()
    swept.poll()
    assert told(shelf) == [(False, set()), (False, set())]


def test_another_scope_reads_everything_from_the_beginning(deep: World, shelf: Shelf) -> None:
    deep.tick()
    deep.apply(key_result("KR-1", DEEP, link("shelf:box:B")))
    deep.poll()
    assert told(shelf)[2:] == [(False, set())]


def test_jira_reads_old_children_of_a_new_parent_and_nothing_else(connected: World, jira) -> None:
    site = jira.site
    site.add_project("OPS", "Operations")
    epic = site.add_issue("PLAT", "The epic", "Epic")
    for number in range(9):
        site.add_issue("PLAT", f"Item {number}")
    story = site.add_issue("OPS", "The story")
    site.add_issue("OPS", "Its part", "Sub-task", parent=story.key)
    connected.clock.turn(hours=1)
    connected.apply(key_result("KR-1", link(f"jira:epic:{epic.key}", depth=2)))
    connected.sync()
    now = connected.clock.turn(hours=1)
    with connected.runtime.store.write() as session:
        source = session.scalars(select(Source)).one()
        told = json.loads(source.cursor)
        source.cursor = json.dumps({**told, "since": int(now.timestamp() * 1000)})
    assert connected.link()["items"] == 0

    site.edit(story.key, parent=epic.key, at=connected.clock.turn(minutes=1))
    (changed, below) = connected.tick()
    assert connected.link()["items"] == 2
    assert (changed.items_read, below.items_read) == (1, 2)
    assert {row.key for row in connected.rows("item")} >= {"OPS-1", "OPS-2"}
