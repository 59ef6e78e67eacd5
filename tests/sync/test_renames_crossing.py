"""Names that repositories take over from each other, and what asks for them by name."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import pairwise

import pytest

from connector import failpoints
from integrations.github.renaming import RENAMING
from sync import conventions, doctor, linking, pipeline
from sync.audit import audit
from tests.world import World, key_result, link

OWN = {"KR-1": "github:repo:acme/api", "KR-2": "github:repo:acme/web"}


@pytest.fixture
def two(world: World) -> World:
    """One issue in a repository, two in another; both are linked and read."""
    site = world.trackers["github"].site
    site.add_repo("acme/web")
    site.add_issue("acme/api", "Queue")
    for title in ("Page", "Form"):
        site.add_issue("acme/web", title)
    world.connect("github")
    world.apply(*(key_result(key, link(scope)) for key, scope in OWN.items()))
    world.poll()
    assert totals(world) == [1, 2]
    return world


def totals(world: World, *keys: str) -> list[float | None]:
    return [world.link(key)["total"] for key in keys or OWN]


def places(world: World) -> dict[str, str]:
    """What each key result's link is called now."""
    keys = {row.id: row.key for row in world.rows("key_result")}
    links = world.rows("link")
    return {keys[row.key_result_id]: row.today or row.value for row in links}


def settle(world: World) -> None:
    for _ in range(3):
        world.tick()


def test_two_repositories_that_swap_their_names_stay_themselves(two: World) -> None:
    site = two.trackers["github"].site
    for name, to in (("api", "aside"), ("web", "api"), ("aside", "web")):
        site.rename_repo(f"acme/{name}", to)
    settle(two)
    assert places(two) == {"KR-1": "acme/web", "KR-2": "acme/api"}
    assert [each.called for each in linking.held(two.runtime, "now", "KR-1")] == ["acme/web"]
    assert totals(two) == [1, 2]
    site.close("acme/api", 2)
    settle(two)
    assert [two.link(key)["done"] for key in OWN] == [0, 1]
    assert audit(two.runtime) == []


def test_a_deleted_repository_counts_nothing_of_another_that_takes_its_name(two: World) -> None:
    site = two.trackers["github"].site
    site.delete_repo("acme/web")
    site.rename_repo("acme/api", "web")
    settle(two)
    assert totals(two) == [1, 2]
    assert places(two)["KR-1"] == "acme/web"
    assert two.link("KR-1")["error"] is None
    assert "acme/web" in two.link("KR-2")["error"]
    assert "does not show" in two.link("KR-2")["error"]


def test_an_old_name_that_leads_to_another_repository_is_not_followed_there(two: World) -> None:
    site = two.trackers["github"].site
    site.rename_repo("acme/api", "core")
    site.rename_repo("acme/web", "api")
    site.rename_repo("acme/api", "lib")  # acme/api leads there now
    settle(two)
    assert places(two) == {"KR-1": "acme/core", "KR-2": "acme/lib"}
    assert totals(two) == [1, 2]


def test_what_is_read_by_two_names_is_compared_once(two: World) -> None:
    two.trackers["github"].site.rename_repo("acme/api", "gateway")
    two.apply(
        *(key_result(key, link(scope)) for key, scope in OWN.items()),
        key_result("KR-3", link("github:repo:acme/gateway")),
    )
    settle(two)
    assert totals(two, "KR-1", "KR-3") == [1, 1]
    assert {each.external_id for each in two.rows("source") if each.key == "acme/api"} <= {None}
    assert audit(two.runtime) == []


def test_a_linked_issue_is_not_taken_for_transferred_when_its_repository_is_renamed(
    two: World,
) -> None:
    site = two.trackers["github"].site
    site.set_parent(
        "acme/web", 2, ("acme/api", 1)
    )  # so that its sub-issues are asked for each time
    two.apply(key_result("KR-1", link("github:issue:acme/api/1")))
    two.poll()
    names = ["acme/api", *(f"acme/api{number}" for number in range(6))]
    for number, (was, now) in enumerate(pairwise(names)):
        two.clock.turn(minutes=2)
        with at_call(number, partial(site.rename_repo, was, now.partition("/")[2])):
            two.poll()
        settle(two)
        assert places(two)["KR-1"] == f"{now}/1"
        assert totals(two) == [1, 2]
    assert len(two.rows("source")) == 2


@contextmanager
def at_call(number: int, act: Callable[[], None]) -> Iterator[None]:
    """Act before the tracker is asked for the so-manieth time; at the end where it never is."""
    left = [number, 1]

    def come(place: str) -> None:
        if place == "tracker.asking":
            left[0] -= 1
            if left == [-1, 1]:
                left[1] = 0
                act()

    with failpoints.acting(come):
        yield
    if left[1]:
        act()


@pytest.mark.parametrize(
    ("value", "now"),
    [
        ("acme/1?Repository=acme/api", "acme/1?Repository=acme/gateway"),
        ('acme/1?Status=Todo&repository!="ACME/api", acme/web', None),
        ("acme/1?Title=acme/api", "acme/1?Title=acme/api"),
        ("acme/1", "acme/1"),
    ],
)
def test_only_a_filter_by_repository_takes_the_new_name(value: str, now: str | None) -> None:
    wanted = now or "acme/1?Status=Todo&repository!=acme/gateway, acme/web"
    assert RENAMING.value("project", value, "acme/api", "acme/gateway") == wanted


@pytest.mark.parametrize("linked", [True, False])
def test_a_filter_by_repository_follows_its_new_name(world: World, *, linked: bool) -> None:
    site = world.trackers["github"].site
    site.add_repo("acme/web")
    site.add_project("acme", "Board")
    for place in ("acme/api", "acme/web"):
        site.add_issue(place, "Queue")
        site.put_on_project(("acme", 1), (place, 1))
    world.connect("github")
    own = [key_result(key, link(scope)) for key, scope in OWN.items()] if linked else []
    world.apply(*own, key_result("KR-3", link("github:project:acme/1?Repository=acme/api")))
    world.poll()
    assert totals(world, "KR-3") == [1]
    site.rename_repo("acme/api", "gateway")
    site.add_repo("acme/api")  # somebody else's
    if linked:  # the repository's own source tells of it at once
        (own_source,) = [row.id for row in world.rows("source") if row.key == "acme/api"]
        pipeline.drain(world.runtime, own_source, force=True, full=True)
        assert places(world)["KR-3"] == "acme/1?Repository=acme/gateway"
    settle(world)
    assert places(world)["KR-3"] == "acme/1?Repository=acme/gateway"
    assert totals(world, "KR-3") == [1]
    site.close("acme/gateway", 1)
    settle(world)
    assert (world.link("KR-3")["done"], world.link("KR-3")["error"]) == (1, None)
    assert audit(world.runtime) == []


@pytest.fixture
def speaking(world: World) -> World:
    """A repository that may link itself, and does so by a milestone."""
    site = world.trackers["github"].site
    site.edit_milestone("acme/api", 1, description="Key-Result: KR-1")
    site.add_issue("acme/api", "Queue", milestone=1)
    world.connect("github", options={"conventions": "acme/api"})
    world.apply(key_result("KR-1"), key_result("KR-2"))
    settle(world)
    assert totals(world, "KR-1") == [1]
    return world


def allowed(world: World) -> str:
    (row,) = world.rows("connection")
    return str(row.options.get("conventions", ""))


def test_a_repository_that_is_renamed_may_go_on_linking_itself(speaking: World) -> None:
    site = speaking.trackers["github"].site
    site.rename_repo("acme/api", "gateway")
    settle(speaking)
    assert allowed(speaking) == "acme/gateway"
    assert conventions.unfollowed(speaking.runtime, "github") == ()


def test_another_owner_has_to_be_allowed_anew(speaking: World) -> None:
    site = speaking.trackers["github"].site
    site.transfer_repo("acme/api", "umbrella")
    settle(speaking)
    site.edit_milestone("umbrella/api", 1, description="Key-Result: KR-1, KR-2")
    speaking.clock.turn(hours=1)
    settle(speaking)
    assert allowed(speaking) == ""
    assert totals(speaking, "KR-1") == [1]
    assert speaking.explain("KR-2")["links"] == []
    (told,) = conventions.unfollowed(speaking.runtime, "github")
    assert told == (
        "acme/api went to another owner and is umbrella/api now: what is said there links nothing"
        " until an admin names umbrella/api under Repositories that may link themselves of github."
        " The links made so far stay."
    )
    checks = [each for each in doctor.examine(speaking.runtime) if "conv" in each.name]
    assert [each.message for each in checks] == [told]
    assert "worklift connect github github --conventions" in checks[0].fix
    speaking.connect("github", options={"conventions": "umbrella/api"})
    settle(speaking)
    assert conventions.unfollowed(speaking.runtime, "github") == ()
    assert totals(speaking, "KR-1", "KR-2") == [1, 1]


def test_a_repository_that_comes_back_is_trusted_as_before(speaking: World) -> None:
    site = speaking.trackers["github"].site
    site.transfer_repo("acme/api", "umbrella")
    settle(speaking)
    site.transfer_repo("umbrella/api", "acme")
    settle(speaking)
    assert allowed(speaking) == "acme/api"
    assert conventions.unfollowed(speaking.runtime, "github") == ()


def test_a_right_that_is_not_given_again_ends_what_it_linked(speaking: World) -> None:
    speaking.trackers["github"].site.transfer_repo("acme/api", "umbrella")
    settle(speaking)
    speaking.connect("github", options={})
    settle(speaking)
    assert speaking.explain("KR-1")["links"] == []
    assert conventions.unfollowed(speaking.runtime, "github") == ()
