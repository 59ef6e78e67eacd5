"""The audit of a board whose issues another source reads."""

import pytest
from sqlalchemy import delete, update

from connector.store.tables import Item, ItemTag
from sync import auditing
from sync.audit import audit
from tests.world import World, key_result, link

POINTS = "project:acme/1/Points"
BOARD = ("acme", 1)
BOARD_SOURCE = "github acme/projects/1"


@pytest.fixture
def boarded(world: World) -> World:
    """Three issues of a repository that is linked too, on a board with their points."""
    site = world.trackers["github"].site
    site.add_project("acme", "Board")
    world.connect("github", options={"repositories": "acme/api"})
    for number in (1, 2, 3):
        at = world.clock.turn(minutes=1)
        site.add_issue("acme/api", f"Issue {number}", at=at)
        site.put_on_project(BOARD, ("acme/api", number), Points=float(number), at=at)
    world.clock.turn(minutes=10)
    measure = {"share": f"field:{POINTS}"}
    world.apply(
        key_result("KR-1", link("github:repo:acme/api")),
        key_result("KR-2", link("github:project:acme/1", measure)),
    )
    world.sync()
    assert world.link("KR-2")["total"] == 6
    (own,) = {row.source_id for row in world.rows("item")}
    assert [row.key for row in world.rows("source", id=own)] == ["acme/api"]
    return world


def found(world: World) -> list[str]:
    return [each.sentence for each in audit(world.runtime) if each.where == BOARD_SOURCE]


def test_a_board_is_counted_whoever_reads_its_issues(boarded: World) -> None:
    assert audit(boarded.runtime) == []
    for source in boarded.sources():
        auditing.audit_source(boarded.runtime, source)
    kept = [row.audit for row in boarded.rows("source")]
    assert [(each["here"], each["there"], each["differences"]) for each in kept] == [(3, 3, 0)] * 2


def test_a_number_and_a_tag_that_only_the_board_tells_are_compared(boarded: World) -> None:
    (third,) = boarded.rows("item", key="acme/api#3")
    with boarded.runtime.store.write() as session:
        wrong = update(Item).where(Item.key == "acme/api#2").values(numbers={POINTS: 40.0})
        session.execute(wrong)
        tag = (ItemTag.item_id == third.id, ItemTag.tag == "project:acme/1")
        assert session.execute(delete(ItemTag).where(*tag)).rowcount == 1
    assert found(boarded) == [
        "acme/api#2 differs from the tracker in numbers",
        "acme/api#3 differs from the tracker in tags",
    ]
