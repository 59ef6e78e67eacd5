"""What GitHub tells by itself reaches the source that holds the issue, and the right connection."""

from typing import Any

import pytest

from integrations.simulators.github.posting import GithubHook
from sync import inbox
from tests.world import World, key_result, link


@pytest.fixture
def board(world: World) -> World:
    """One issue on a project, which alone is linked, and one that is not on it."""
    world.connect("github")
    for number in (1, 2):
        site(world).add_issue("acme/api", f"Item {number}")
    site(world).add_project("acme", "Board")
    site(world).put_on_project(("acme", 1), ("acme/api", 1), Status="Todo")
    return linked(world, "github:project:acme/1")


def linked(world: World, *scopes: str) -> World:
    world.apply(key_result("KR-1", *(link(each) for each in scopes)))
    world.sync()
    site(world).postman.hooks[:] = [organization(world)]
    world.clock.turn(seconds=5)
    return world


def organization(world: World) -> Any:
    """A webhook of the organization, as GitHub holds it."""
    secret = world.secrets["github"]
    return GithubHook(7, "http://127.0.0.1:9/", secret, kind="org", owner="acme")


def dirty(world: World) -> set[str]:
    return {row.key for row in world.rows("source") if row.dirty_seq > row.done_seq}


def site(world: World) -> Any:
    return world.trackers["github"].site


def test_an_issue_that_a_project_alone_holds_is_read_again(board: World) -> None:
    site(board).close("acme/api", 1)
    assert board.deliver("github").status == 202
    assert dirty(board) == {"acme/projects/1"}
    board.poll()
    assert board.value() == 100
    assert board.rows("hint") == []


def test_an_issue_that_nothing_holds_marks_nothing(board: World) -> None:
    site(board).close("acme/api", 2)
    assert board.deliver("github").status == 202
    assert dirty(board) == set()


def test_an_issue_that_comes_onto_a_project_is_read(board: World) -> None:
    site(board).put_on_project(("acme", 1), ("acme/api", 2), Status="Done")
    assert board.deliver("github").status == 202
    assert dirty(board) == {"acme/projects/1"}
    board.poll()
    assert len(board.explain()["links"][0]["contributions"]) == 2


def test_a_deleted_issue_leaves_the_numbers_at_once(world: World) -> None:
    world.connect("github")
    for number in (1, 2):
        site(world).add_issue("acme/api", f"Item {number}")
    linked(world, "github:repo:acme/api")
    site(world).close("acme/api", 1)
    world.tick()
    assert world.value() == 50
    site(world).delete("acme/api", 2)
    assert world.deliver("github").status == 202
    world.poll()
    assert world.value() == 100


def test_a_pull_request_is_known_by_its_number(world: World) -> None:
    world.connect("github")
    number = site(world).add_issue("acme/api", "Change", pull_request=True)
    linked(world, "github:repo:acme/api")
    site(world).edit("acme/api", number, title="Another title")
    headers, _ = world.last_delivery("github")
    assert headers["X-GitHub-Event"] == "pull_request"
    assert world.deliver("github").status == 202
    world.poll()
    (item,) = world.rows("item")
    assert (item.title, world.rows("hint"), world.waiting()) == ("Another title", [], [])


def test_a_milestone_has_the_small_lists_read(world: World) -> None:
    world.connect("github")
    site(world).add_issue("acme/api", "Item", milestone=1)
    linked(world, "github:repo:acme/api", "github:milestone:acme/*/v1")
    site(world).edit_milestone("acme/api", 1, title="v1.1")
    assert world.deliver("github").status == 202
    assert dirty(world) == {"acme/api", "acme/*"}
    assert all(row.lists_seq == row.dirty_seq for row in world.rows("source"))


def test_a_doubled_and_a_forged_delivery_change_nothing(board: World) -> None:
    site(board).close("acme/api", 1)
    headers, body = board.last_delivery("github")
    for _ in range(2):
        assert inbox.receive(board.runtime, "github", headers, body).status == 202
    assert len(board.rows("delivery")) == 1
    forged = inbox.receive(board.runtime, "github", headers, body.replace(b"closed", b"opened"))
    assert forged.status == 401
    old = {**headers, "X-Hub-Signature": "sha1=0"}
    old.pop("X-Hub-Signature-256")
    assert inbox.receive(board.runtime, "github", old, body).status == 401
