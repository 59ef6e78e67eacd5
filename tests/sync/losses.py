"""Two repositories alike, links on them, and what became of their numbers."""

from typing import Any

from tests.world import World, key_result, link

API, WEB = "acme/api", "acme/web"
MILESTONE, WIDE, LABEL = (
    "github:milestone:acme/api/1",
    "github:milestone:acme/*/v2",
    "github:label:acme/api/okr",
)
PARENT, OTHER = "github:issue:acme/api/1", "github:repo:acme/web"


def repositories(world: World) -> Any:
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
