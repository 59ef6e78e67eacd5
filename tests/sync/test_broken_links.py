"""Links whose scope cannot be read keep their last number, whatever else is read."""

import pytest

from sync.audit import audit
from tests.sync.losses import counts, linked, moves, quarter, repositories, sweep
from tests.world import World, key_result, link

WIDE, OTHER = "github:milestone:acme/*/v2", "github:milestone:globex/*/v3"


def test_x(world: World) -> None:
    site = repositories(world)
    site.delete_repo("acme/web")
    linked(world, WIDE)
    site.transfer_repo("acme/api", "globex")
    for _ in range(3):
        world.tick()
    sweep(world)
    print(counts(world), moves(world), world.link()["error"])
    site.add_milestone("globex/api", "v3")
    site.add_issue("globex/api", "New", milestone=2)
    world.apply(key_result("KR-1", link(WIDE), link(OTHER)))
    for _ in range(3):
        world.tick()
        print(counts(world), moves(world), world.link()["error"])
    print(world.link(position=1))
    sweep(world)
    quarter(world)
    print(counts(world), moves(world), world.link()["error"])
    print([(r.key, r.place, r.source_id) for r in world.rows("item")], world.rows("item_tag"))
    print(audit(world.runtime))
    assert 0
