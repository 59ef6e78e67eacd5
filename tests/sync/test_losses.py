"""What GitHub loses: issues deleted and transferred, names changed, parts deleted.

Each is shown for what it is, and no number moves for a reason that is none.
"""

from typing import Any

import pytest

from sync.audit import audit
from tests.sync.losses import (
    API,
    LABEL,
    MILESTONE,
    OTHER,
    PARENT,
    WEB,
    WIDE,
    counts,
    linked,
    moves,
    quarter,
    repositories,
    row,
    sweep,
)
from tests.world import World


@pytest.fixture
def site(world: World) -> Any:
    return repositories(world)


def test_a_deleted_issue_leaves_with_the_reason(world: World, site: Any) -> None:
    linked(world, MILESTONE)
    site.delete(API, 3)
    sweep(world)
    assert counts(world) == (1, 2)
    assert world.part("acme/api#3")["reason"] == "deleted at GitHub, or made a discussion there"
    assert audit(world.runtime) == []


def test_a_transferred_issue_says_where_it_went_and_the_new_one_whence(
    world: World, site: Any
) -> None:
    linked(world, MILESTONE, OTHER)
    day = world.clock()
    world.clock.turn(minutes=1)
    site.transfer(API, 3, WEB)
    assert world.deliver("github").status == 202
    sweep(world)
    assert (counts(world), counts(world, "KR-2")) == ((1, 2), (1, 4))
    assert world.part("acme/api#3")["reason"] == "transferred to acme/web#4"
    assert world.part("acme/web#4", "KR-2")["reason"] == "transferred from acme/api#3"
    assert moves(world) == [("scope_removed", "acme/api#3")]
    assert world.explain("KR-1", day)["links"][0]["total"] == 3
    assert audit(world.runtime) == []


def test_a_transferred_parent_is_followed_to_its_new_repository(world: World, site: Any) -> None:
    linked(world, PARENT)
    site.transfer(API, 1, WEB)
    sweep(world)
    assert (counts(world), world.link()["error"], moves(world)) == ((1, 2), None, [])
    assert row(world).today == "acme/web/4"
    site.close(API, 3)
    world.tick()
    world.tick()
    assert counts(world) == (2, 2)
    assert audit(world.runtime) == []


def test_a_transfer_told_by_a_webhook_is_followed_at_once(world: World, site: Any) -> None:
    linked(world, PARENT)
    with site.quiet():
        site.edit(API, 1, title="Queue again")
    site.transfer(API, 1, WEB)
    deliveries = [each for each in site.deliveries if each.event == "issues"]
    site.deliveries[:] = [each for each in deliveries if b'"transferred"' in each.body]
    assert world.deliver("github").status == 202
    world.poll()
    assert (row(world).today, counts(world)) == ("acme/web/4", (1, 2))


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ("deleted", "acme/api#1 was deleted at GitHub, or made a discussion there: link another"),
        ("hidden", "transferred to a repository that this token does not see"),
    ],
)
def test_a_parent_that_is_gone_says_so_and_keeps_the_number(
    world: World, site: Any, how: str, said: str
) -> None:
    linked(world, PARENT)
    if how == "deleted":
        site.delete(API, 1)
    else:
        site.transfer(API, 1, WEB)
        site.hide_repo(WEB)
    for _ in range(3):
        sweep(world)
        assert said in world.link()["error"]
        assert counts(world) == (1, 2)


def test_a_retitled_milestone_counts_on_and_the_wide_scope_says_what_it_is_called(
    world: World, site: Any
) -> None:
    linked(world, MILESTONE, WIDE)
    site.edit_milestone(API, 1, title="v3")
    quarter(world)
    assert (counts(world), counts(world, "KR-2")) == ((1, 3), (1, 3))
    assert row(world).title == "v3"
    assert row(world, "KR-2").title == "v2; acme/api calls it v3 now"
    site.edit_milestone(WEB, 1, title="v4")
    quarter(world)
    told = "has a milestone v2; acme/api calls it v3 now; acme/web calls it v4 now."
    assert told in world.link("KR-2")["error"]
    assert counts(world, "KR-2") == (1, 3)
    assert audit(world.runtime) == []


@pytest.mark.parametrize("scope", [MILESTONE, LABEL])
def test_a_deleted_part_keeps_the_number_although_its_issues_change_first(
    world: World, site: Any, scope: str
) -> None:
    linked(world, scope)
    if scope == MILESTONE:
        site.delete_milestone(API, 1)
    else:
        site.delete_label(API, "okr")
    site.close(API, 3)
    for _ in range(2):
        world.tick()
        assert "was deleted: link something else instead" in world.link()["error"]
        assert counts(world) == (1, 3)
    sweep(world)
    assert (counts(world), moves(world)) == ((1, 3), [])


def test_a_renamed_label_is_followed_and_who_takes_its_name_is_another(
    world: World, site: Any
) -> None:
    linked(world, LABEL)
    day = world.clock()
    world.clock.turn(minutes=1)
    site.edit_label(API, "okr", name="goals")
    site.add_issue(API, "Somebody else's", labels=["okr"])
    quarter(world)
    assert (counts(world), world.link()["error"], moves(world)) == ((1, 3), None, [])
    assert (row(world).today, row(world).title) == ("acme/api/goals", "goals")
    site.close(API, 3)
    world.tick()
    sweep(world)
    assert counts(world) == (2, 3)
    assert world.explain("KR-1", day)["links"][0]["done"] == 1
    assert audit(world.runtime) == []
