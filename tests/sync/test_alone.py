"""An issue without sub-issues counts itself; with some, it is counted by them."""

from datetime import timedelta
from typing import Any

import pytest

from connector.okr import LinkRule
from sync import preview
from tests.world import World, key_result, link

SCOPE = "github:issue:acme/api/1"


@pytest.fixture
def site(github: Any) -> Any:
    made = github.site
    made.add_repo("acme/api")
    for title in ("Move the queue", "Step", "Beside"):
        made.add_issue("acme/api", title)
    return made


@pytest.fixture
def linked(world: World, site: Any) -> World:
    world.connect("github")
    world.apply(key_result("KR-1", link(SCOPE)))
    world.sync()
    return world


def counted(world: World) -> set[str]:
    rows = world.rows("contribution", replaced_at=None)
    return {row.item_key for row in rows if row.in_scope}


def later(world: World, site: Any) -> None:
    world.clock.turn(minutes=5)
    site.now = world.clock


def test_it_counts_itself_until_something_lies_below_it(linked: World, site: Any) -> None:
    assert (counted(linked), linked.value()) == ({"acme/api#1"}, 0)
    later(linked, site)
    site.close("acme/api", 1)
    linked.sync()
    assert linked.value() == 100
    later(linked, site)
    site.set_parent("acme/api", 2, ("acme/api", 1))
    linked.sync()
    assert (counted(linked), linked.value()) == ({"acme/api#2"}, 0)
    later(linked, site)
    site.set_parent("acme/api", 2, None)
    linked.sync()
    assert (counted(linked), linked.value()) == ({"acme/api#1"}, 100)


def test_a_deleted_sub_issue_leaves_it_alone_again(linked: World, site: Any) -> None:
    later(linked, site)
    site.set_parent("acme/api", 2, ("acme/api", 1))
    linked.sync()
    site.delete("acme/api", 2)
    linked.clock.turn(hours=7)
    site.now = linked.clock
    linked.sync()
    assert counted(linked) == {"acme/api#1"}


def test_looking_before_it_is_linked_shows_the_same(linked: World, site: Any) -> None:
    (effect,) = preview.preview_link(
        linked.runtime, "now", "KR-1", "github:issue:acme/api/3", LinkRule()
    )
    assert effect.effect is not None
    assert effect.effect.matches == 1


def test_its_past_is_its_own_while_nothing_lay_below_it(world: World, site: Any) -> None:
    start = world.clock() - timedelta(days=20)
    for number, title in ((4, "Old"), (5, "Part")):
        site.add_issue("acme/api", title, at=start)
        assert site.repo("acme/api").items[number].number == number
    site.close("acme/api", 4, at=start + timedelta(days=2))
    site.set_parent("acme/api", 5, ("acme/api", 4), at=start + timedelta(days=5))
    world.connect("github")
    world.apply(key_result("KR-1", link("github:issue:acme/api/4")))
    world.sync()
    world.sync()
    rows = world.rows("contribution", cause="history")
    rows.sort(key=lambda row: (row.valid_from, row.item_key))
    told = [(row.item_key, row.done, row.in_scope, (row.valid_from - start).days) for row in rows]
    assert told == [
        ("acme/api#4", 0.0, True, 0), ("acme/api#4", 1.0, True, 2),
        ("acme/api#4", 0.0, False, 5), ("acme/api#5", 0.0, True, 5),
    ]  # fmt: skip
    assert counted(world) == {"acme/api#5"}
