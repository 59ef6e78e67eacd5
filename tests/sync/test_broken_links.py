"""Links whose scope cannot be read keep their last number, whatever is planned beside them."""

import pytest

from sync.audit import audit
from tests.sync.losses import counts, linked, moves, repositories, sweep
from tests.world import World, key_result, link

WIDE, BESIDE = "github:milestone:acme/*/v2", "github:milestone:globex/*/v3"


@pytest.fixture
def broken(world: World) -> World:
    """A milestone of an owner whose repository went to another owner, items and all."""
    site = repositories(world)
    site.delete_repo("acme/web")
    site.add_repo("acme/other")
    linked(world, WIDE)
    site.transfer_repo("acme/api", "globex")
    world.tick()
    sweep(world)
    site.add_milestone("globex/api", "v3")
    site.add_issue("globex/api", "New", milestone=2)
    assert keeps(world)
    return world


def keeps(world: World) -> bool:
    """Whether the broken link shows what it last did."""
    said = "No repository of acme that the token sees has a milestone v2."
    return (counts(world), moves(world), world.link()["error"]) == ((1, 3), [], said)


def test_another_link_made_beside_a_broken_one_leaves_its_number(broken: World) -> None:
    broken.apply(key_result("KR-1", link(WIDE), link(BESIDE)))
    assert keeps(broken)
    broken.tick()
    sweep(broken)
    assert keeps(broken)
    assert broken.link(position=1)["total"] == 1
    assert audit(broken.runtime) == []


def test_a_broken_link_that_measures_otherwise_is_unknown_until_it_is_read(broken: World) -> None:
    otherwise = key_result("KR-1", link(WIDE, {"number": "count"}))
    broken.apply(otherwise)
    broken.tick()
    assert (broken.link()["reading"], broken.value()) == (None, None)
    site = broken.trackers["github"].site
    site.transfer_repo("globex/api", "acme")
    sweep(broken)
    sweep(broken)
    assert (broken.link()["reading"], broken.link()["error"]) == (3, None)
    assert audit(broken.runtime) == []
