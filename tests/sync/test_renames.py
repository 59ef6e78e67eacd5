"""A repository that is called otherwise or lives elsewhere: its links, numbers and past follow."""

import pytest

from sync import mappings
from sync.audit import audit
from sync.mappings import Saving
from tests.world import World, key_result, link

SCOPES = {
    "KR-1": "github:milestone:acme/api/1",
    "KR-2": "github:label:acme/api/okr",
    "KR-3": "github:repo:acme/api",
    "KR-4": "github:issue:acme/api/1",
}


@pytest.fixture
def linked(world: World) -> World:
    """An issue with two sub-issues, one of them closed; each kind of scope linked and read."""
    site = world.trackers["github"].site
    for title in ("Queue", "Retry", "Drain"):
        site.add_issue("acme/api", title, milestone=1, labels=["okr"])
    for number in (2, 3):
        site.set_parent("acme/api", number, ("acme/api", 1))
    site.close("acme/api", 2)
    world.connect("github")
    world.apply(*(key_result(key, link(scope)) for key, scope in SCOPES.items()))
    world.poll()
    assert readings(world) == {"KR-1": (1, 3), "KR-2": (1, 3), "KR-3": (1, 3), "KR-4": (1, 2)}
    return world


def readings(world: World) -> dict[str, tuple[float, float]]:
    found = {key: world.report(key)["links"][0] for key in SCOPES}
    assert [each["error"] for each in found.values()] == [None] * len(SCOPES)
    return {key: (each["done"], each["total"]) for key, each in found.items()}


def test_everything_follows_the_new_name_and_no_number_moves(linked: World) -> None:
    before, moved = readings(linked), [linked.movements(key) for key in SCOPES]
    linked.trackers["github"].site.rename_repo("acme/api", "gateway")
    linked.tick()
    assert readings(linked) == before
    assert [linked.movements(key) for key in SCOPES] == moved
    assert {each.key for each in linked.rows("item")} == {f"acme/gateway#{n}" for n in (1, 2, 3)}
    assert {each.today for each in linked.rows("link")} == {
        "acme/gateway/1", "acme/gateway/okr", "acme/gateway",
    }  # fmt: skip
    linked.tick()
    assert audit(linked.runtime) == []


def test_what_happens_after_it_counts(linked: World) -> None:
    site = linked.trackers["github"].site
    site.rename_repo("acme/api", "gateway")
    linked.tick()
    site.close("acme/gateway", 3)
    linked.tick()
    assert readings(linked) == {"KR-1": (2, 3), "KR-2": (2, 3), "KR-3": (2, 3), "KR-4": (2, 2)}


def test_a_repository_that_went_to_another_owner_is_followed(linked: World) -> None:
    site = linked.trackers["github"].site
    site.transfer_repo("acme/api", "umbrella")
    linked.tick()
    site.close("umbrella/api", 3)
    linked.tick()
    assert readings(linked)["KR-1"] == (2, 3)


def test_the_mapping_of_the_repository_is_called_by_its_new_name(linked: World) -> None:
    document = {"places": {"acme/api": {"labels": {"okr": "doing"}}}}
    mappings.save(linked.runtime, "github", document, Saving(author="admin", reason="by label"))
    linked.trackers["github"].site.rename_repo("acme/api", "gateway")
    linked.tick()
    with linked.runtime.store.read() as session:
        newest = mappings.versions(session, "github")[0]
    assert list(newest.body["places"]) == ["acme/gateway"]
    assert (newest.author, newest.reason) == ("GitHub", "acme/api is called acme/gateway now.")


def test_a_link_by_the_new_name_and_one_by_the_old_share_what_is_read(linked: World) -> None:
    linked.trackers["github"].site.rename_repo("acme/api", "gateway")
    linked.tick()
    linked.apply(
        *(key_result(key, link(scope)) for key, scope in SCOPES.items()),
        key_result("KR-5", link("github:repo:acme/gateway")),
        key_result("KR-6", link("github:label:acme/api/okr", {"number": "count"})),
    )
    linked.poll()
    assert linked.report("KR-5")["links"][0]["total"] == 3
    assert linked.report("KR-6")["links"][0]["items"] == 3
    assert {each.key for each in linked.rows("item")} == {f"acme/gateway#{n}" for n in (1, 2, 3)}


def test_another_repository_that_took_the_name_counts_for_nobody(linked: World) -> None:
    site = linked.trackers["github"].site
    site.rename_repo("acme/api", "gateway")
    site.add_repo("acme/api")
    site.add_issue("acme/api", "Somebody else's")
    before = readings(linked)
    linked.tick()
    linked.tick()
    assert readings(linked) == before
    site.close("acme/gateway", 3)
    linked.clock.turn(minutes=5)
    linked.poll()
    assert readings(linked)["KR-3"] == (2, 3)


def test_a_past_day_is_explained_as_before(linked: World) -> None:
    day = linked.clock()
    linked.clock.turn(minutes=1)
    before = linked.explain("KR-1", day)["links"][0]["reading"]
    linked.trackers["github"].site.rename_repo("acme/api", "gateway")
    linked.tick()
    assert linked.explain("KR-1", day)["links"][0]["reading"] == before
