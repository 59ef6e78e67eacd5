"""Repositories are read side by side, those that links need and those a setting names."""

import pytest

from connector.errors import Refused
from sync import connections, pipeline
from sync.abreast import abreast
from tests.world import World, key_result, link

REPOS = tuple(f"acme/part-{number}" for number in range(8))


@pytest.fixture
def parts(world: World, github) -> World:
    """Eight repositories with three issues each, one of them closed."""
    for repo in REPOS:
        github.site.add_repo(repo)
        for number in range(3):
            github.site.add_issue(repo, f"Change {number}")
        github.site.close(repo, 1)
    return world


def keys(world: World) -> set[str]:
    return {row.key for row in world.rows("source")}


def test_eight_repositories_drained_at_a_time_come_to_the_same(parts: World, github) -> None:
    assert parts.connect("github").error is None
    links = (link(f"github:repo:{repo}", {"share": "count"}) for repo in REPOS)
    parts.apply(*(key_result(f"KR-{n}", each) for n, each in enumerate(links)))
    github.faults.add("slow", seconds=0.05)
    found = list(abreast(lambda each: pipeline.drain(parts.runtime, each), parts.sources()))
    assert [drained.error for _, drained in found] == [None] * 8
    assert not any(drained.skipped for _, drained in found)
    assert len(parts.rows("item")) == 24
    assert [parts.link(f"KR-{n}")["done"] for n in range(8)] == [1] * 8


def test_a_repository_is_read_because_a_setting_names_it(parts: World) -> None:
    assert (
        parts.connect("github", options={"repositories": "Acme/Part-1, acme/part-2"}).error is None
    )
    parts.apply(key_result("KR-1", link("github:repo:acme/part-2")))
    parts.sync()
    assert keys(parts) == {"acme/part-1", "acme/part-2"}
    assert len(parts.rows("item")) == 6
    assert parts.connect("github", options={"repositories": "acme/part-3"}).error is None
    parts.sync()
    wanted = {row.key: row.need["scopes"] for row in parts.rows("source")}
    assert wanted == {
        "acme/part-1": [],
        "acme/part-2": [["repo", "acme/part-2"]],
        "acme/part-3": [["repo", "acme/part-3"]],
    }


def test_a_setting_that_names_no_repository_is_refused(parts: World) -> None:
    with pytest.raises(Refused, match="is not a repository of the form OWNER/REPO"):
        parts.connect("github", options={"repositories": "acme"})
    with parts.runtime.store.read() as session, pytest.raises(Refused):
        connections.find(session, "github")
