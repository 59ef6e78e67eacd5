"""What GitHub loses: issues deleted and transferred, names changed, parts deleted, access lost.

Each is shown for what it is, and no number moves for a reason that is none.
"""

from typing import Any

import pytest

from sync.audit import audit
from tests.world import World, key_result, link

API, WEB = "acme/api", "acme/web"
MILESTONE, WIDE, LABEL = (
    "github:milestone:acme/api/1",
    "github:milestone:acme/*/v2",
    "github:label:acme/api/okr",
)
PARENT, OTHER = "github:issue:acme/api/1", "github:repo:acme/web"


@pytest.fixture
def site(world: World) -> Any:
    """Two repositories alike: three issues of a milestone and a label, the second one closed; in
    the first the others are sub-issues of the first issue."""
    here = world.trackers["github"].site
    here.repos.clear()
    for repo in (API, WEB):
        here.add_repo(repo)
        here.add_milestone(repo, "v2")
        for title in ("Queue", "Retry", "Drain"):
            here.add_issue(repo, title, milestone=1, labels=["okr"])
        here.close(repo, 2)
    for number in (2, 3):
        here.set_parent(API, number, (API, 1))
    return here


def linked(world: World, *scopes: str) -> World:
    """Connected and read, KR-1 and so on linked to each."""
    world.connect("github")
    world.hook("github")
    world.apply(*(key_result(f"KR-{n}", link(scope)) for n, scope in enumerate(scopes, 1)))
    world.poll()
    assert [world.link(f"KR-{n}")["error"] for n in range(1, len(scopes) + 1)] == [None] * len(
        scopes
    )
    return world


def counts(world: World, key: str = "KR-1") -> tuple[float, float]:
    found = world.link(key)
    return found["done"], found["total"]


def sweep(world: World) -> None:
    world.clock.turn(hours=7)
    world.poll()
    world.tick()


def quarter(world: World) -> None:
    """Until the small lists are read again."""
    world.clock.turn(minutes=16)
    world.poll()


def row(world: World, key: str = "KR-1") -> Any:
    (found,) = [each for each in world.rows("link") if each.scope == world.link(key)["scope"]]
    return found


def moves(world: World, key: str = "KR-1") -> list[tuple[str, str]]:
    """What moved since the first read."""
    return [each for each in world.movements(key) if each[0] != "scope_added"]


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
