"""Access that is lost and given back, and names that others take: numbers stay what they were."""

from typing import Any

import pytest

from sync.audit import audit
from tests.sync.losses import (
    API,
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
from tests.world import World, key_result, link


@pytest.fixture
def site(world: World) -> Any:
    return repositories(world)


def test_a_repository_out_of_sight_keeps_its_number_and_others_go_on(
    world: World, site: Any
) -> None:
    linked(world, MILESTONE, OTHER)
    site.hide_repo(API)
    site.close(API, 3)
    site.close(WEB, 3)
    world.tick()
    assert "does not show the issues of acme/api to this token" in world.link()["error"]
    assert (counts(world), counts(world, "KR-2")) == ((1, 3), (2, 3))
    assert world.link("KR-2")["error"] is None
    assert world.rows("connection")[0].broken_at is None
    world.clock.turn(days=3)
    world.poll()
    assert world.report()["health"] == "unknown"
    assert world.report("KR-2")["health"] != "unknown"
    site.show_repo(API)
    sweep(world)
    assert (counts(world), moves(world)) == ((2, 3), [("finished", "acme/api#3")])
    assert audit(world.runtime) == []


def test_an_owner_that_shuts_the_token_out_is_told_with_the_fix(world: World, site: Any) -> None:
    site.add_repo("umbrella/app")
    site.add_issue("umbrella/app", "Read before")
    linked(world, MILESTONE, "github:repo:umbrella/app")
    site.tokens.forbid("acme", "classic")
    site.add_issue("umbrella/app", "Still read")
    world.tick()
    assert "Use a fine-grained token or a GitHub App." in world.link()["error"]
    assert (counts(world), counts(world, "KR-2")) == ((1, 3), (0, 2))
    assert world.rows("connection")[0].broken_at is None


def test_a_token_that_is_no_good_any_more_breaks_the_connection(world: World, site: Any) -> None:
    linked(world, MILESTONE, OTHER)
    world.trackers["github"].faults.add("unauthorized")
    world.tick()
    assert world.rows("connection")[0].broken_at is not None


def test_issues_switched_off_are_told_apart(world: World, site: Any) -> None:
    linked(world, MILESTONE)
    site.repo(API).about["has_issues"] = False
    world.tick()
    assert "acme/api shows no issues any more: switch them on" in world.link()["error"]
    assert counts(world) == (1, 3)


def test_a_wide_scope_keeps_what_is_out_of_sight_and_catches_up(world: World, site: Any) -> None:
    linked(world, WIDE)
    site.hide_repo(WEB)
    site.close(WEB, 3)
    site.close(API, 3)
    for _ in range(2):
        world.tick()
        assert counts(world) == (3, 6)
        assert world.link()["error"].startswith("3 items of this scope could not be read")
        sweep(world)
    aside = world.rows("unreadable_item")
    assert {each.message.partition(":")[0] for each in aside} == {
        "acme/web is out of this token's sight"
    }
    site.show_repo(WEB)
    quarter(world)
    assert (counts(world), world.link()["error"]) == ((4, 6), None)
    assert audit(world.runtime) == []


def test_a_repository_renamed_within_a_wide_scope_changes_nothing(world: World, site: Any) -> None:
    linked(world, WIDE)
    site.rename_repo(WEB, "www")
    world.tick()
    assert (counts(world), moves(world), world.link()["error"]) == ((2, 6), [], None)
    assert {each.place for each in world.rows("item")} == {API, "acme/www"}
    assert audit(world.runtime) == []


def test_who_takes_the_name_within_a_wide_scope_is_another(world: World, site: Any) -> None:
    linked(world, WIDE)
    site.transfer_repo(WEB, "umbrella")
    site.add_repo(WEB)
    site.add_milestone(WEB, "v2")
    site.add_issue(WEB, "Another one's first", milestone=1)
    world.tick()
    assert counts(world) == (1, 4)
    places = {each.place for each in world.rows("item") if each.key.endswith("#1")}
    assert places == {API, "umbrella/web", WEB}
    assert audit(world.runtime) == []


def test_a_repository_is_found_by_its_id_though_its_name_leads_nowhere(
    world: World, site: Any
) -> None:
    linked(world, MILESTONE)
    site.rename_repo(API, "gateway")
    site.renamed.clear()
    site.close("acme/gateway", 3)
    world.tick()
    assert (counts(world), world.link()["error"]) == ((2, 3), None)
    assert row(world).today == "acme/gateway/1"


def test_a_sub_issue_elsewhere_that_is_taken_away_leaves_at_once(world: World, site: Any) -> None:
    site.set_parent(WEB, 3, (API, 1))
    linked(world, PARENT)
    assert counts(world) == (1, 3)
    site.set_parent(WEB, 3, None)
    world.tick()
    assert counts(world) == (1, 2)
    assert audit(world.runtime) == []


def test_a_sub_issue_out_of_sight_counts_as_last_seen(world: World, site: Any) -> None:
    site.set_parent(WEB, 3, (API, 1))
    linked(world, PARENT)
    site.hide_repo(WEB)
    world.tick()
    assert world.link()["error"].startswith("1 item of this scope could not be read")
    sweep(world)
    assert counts(world) == (1, 3)
    site.show_repo(WEB)
    site.close(WEB, 3)
    world.tick()
    assert (counts(world), world.link()["error"]) == ((2, 3), None)


def test_a_link_by_the_key_a_parent_had_is_followed_from_the_first_read(
    world: World, site: Any
) -> None:
    site.transfer(API, 1, WEB)
    world.connect("github")
    world.apply(key_result("KR-1", link(PARENT)))
    world.poll()
    assert (row(world).today, counts(world)) == ("acme/web/4", (1, 2))


def test_a_project_that_is_gone_keeps_its_number(world: World, site: Any) -> None:
    site.add_project("acme", "The board")
    for number in (1, 2, 3):
        site.put_on_project(("acme", 1), (API, number))
    linked(world, "github:project:acme/1")
    site.rename_repo(API, "gateway")
    world.tick()
    assert (counts(world), moves(world)) == ((1, 3), [])
    site.has_projects = False
    world.tick()
    assert "does not show project 1 of acme: it was deleted" in world.link()["error"]
    assert counts(world) == (1, 3)
