"""Items that several sources read: each tells what it knows, and none ends what others list."""

import pytest

from sync import mappings
from tests.world import World, key_result, link

BOARD = ("acme", 1)


@pytest.fixture
def shared(connected: World, github) -> World:
    """Two repositories; a project holds one issue of each; both have a milestone v1."""
    github.site.add_repo("acme/web")
    github.site.add_milestone("acme/web", "V1")
    for repo in ("acme/api", "acme/web"):
        for number in range(2):
            github.site.add_issue(repo, f"Change {number}", milestone=1)
    assert github.site.add_project("acme", "Launch") == BOARD[1]
    github.site.put_on_project(BOARD, ("acme/api", 1), Status="In progress", Points=3)
    github.site.put_on_project(BOARD, ("acme/web", 1), Status="Todo", Points=5)
    return connected


def items(world: World, key: str) -> list[str]:
    parts = world.explain(key)["links"][0]["contributions"]
    return sorted(each["item"] for each in parts if each["included"])


def test_a_project_a_milestone_of_many_repositories_and_a_repository_share_items(
    shared: World, github
) -> None:
    shared.apply(
        key_result("KR-1", link("github:project:acme/1")),
        key_result("KR-2", link("github:milestone:acme/*/v1")),
        key_result("KR-3", link("github:repo:acme/api")),
    )
    for _ in range(2):
        shared.sync()
        assert items(shared, "KR-1") == ["acme/api#1", "acme/web#1"]
        assert items(shared, "KR-2") == ["acme/api#1", "acme/api#2", "acme/web#1", "acme/web#2"]
        assert items(shared, "KR-3") == ["acme/api#1", "acme/api#2"]
        shared.clock.turn(hours=7)
    github.site.close("acme/api", 1)
    shared.tick()
    assert [shared.link(key)["done"] for key in ("KR-1", "KR-2", "KR-3")] == [1, 1, 1]
    assert len(shared.rows("item")) == 4


def test_what_leaves_a_project_leaves_only_that(shared: World, github) -> None:
    shared.apply(
        key_result("KR-1", link("github:project:acme/1")),
        key_result("KR-3", link("github:repo:acme/api")),
    )
    shared.sync()
    github.site.take_off_project(BOARD, ("acme/api", 1))
    shared.sync(full=True)
    assert items(shared, "KR-1") == ["acme/web#1"]
    assert items(shared, "KR-3") == ["acme/api#1", "acme/api#2"]
    shared.sync(full=True)
    assert items(shared, "KR-3") == ["acme/api#1", "acme/api#2"]


def test_a_status_and_a_number_of_a_project_count_by_the_mapping(shared: World) -> None:
    shared.apply(
        key_result("KR-1", link("github:project:acme/1", {"share": "points"}, statuses={})),
    )
    shared.sync()
    document = {"points": ["field:project:acme/1/Points"], "boards": {"In progress": "doing"}}
    mappings.save(
        shared.runtime, "github", document, mappings.Saving(author="admin", reason="our board")
    )
    shared.sync()
    assert (shared.link()["done"], shared.link()["total"]) == (1.5, 8)


def test_sub_issues_count_below_their_parent_wherever_they_live(shared: World, github) -> None:
    github.site.add_issue("acme/api", "Umbrella")
    for child in (("acme/api", 2), ("acme/web", 2)):
        github.site.set_parent(*child, ("acme/api", 3))
    shared.apply(key_result("KR-1", link("github:issue:acme/api/3")))
    shared.sync()
    assert items(shared, "KR-1") == ["acme/api#2", "acme/web#2"]
    github.site.close("acme/web", 2)
    shared.tick()
    shared.sync(full=True)
    assert shared.link()["done"] == 1
