"""One key result fed by both trackers at once, explained item by item on the command line."""

import pytest

from integrations.simulators import start_github
from tests.cli.conftest import Typed
from tests.world import key_result, link

API, WEB = "acme/api", "acme/web"
ESTIMATE = "field:project:acme/1/Estimate"


@pytest.fixture
def mixed(typed: Typed) -> Typed:
    """Two milestones of two repositories, a project with a number field, and an epic in Jira."""
    github, jira = typed.github.site, typed.jira.site
    github.add_repo(WEB)
    github.add_milestone(WEB, "v1")
    for repo, titles in ((API, ("One", "Two", "Three")), (WEB, ("Four", "Five"))):
        for title in titles:
            github.add_issue(repo, title, milestone=1)
    github.add_issue(API, "A change", milestone=1, pull_request=True)
    github.close(API, 1)
    github.close(API, 2, reason="not_planned")
    github.close(WEB, 1)
    github.add_project("acme", "The board")
    for number, size in enumerate((5, 3, 2), 5):
        github.add_issue(API, f"On the board {number}")
        github.put_on_project(("acme", 1), (API, number), Estimate=size, Status="Todo")
    github.put_on_project(("acme", 1), "Only an idea")
    github.close(API, 5)
    epic = jira.add_issue("PLAT", "Move the queue", "Epic").key
    keys = [jira.add_issue("PLAT", f"Step {n}", parent=epic, points=2.0).key for n in range(4)]
    for key in keys[:3]:
        jira.transition(key, "Done")
    typed.connect()
    typed.connect_github()
    return typed


def apply(typed: Typed) -> None:
    typed("apply", typed.plan(key_result(
        "KR-1",
        link("github:milestone:acme/api/1"),
        link("github:milestone:acme/web/1", weight=2),
        link("github:project:acme/1?Status=Todo", {"share": ESTIMATE}),
        link("jira:epic:PLAT-1", {"share": "points"}),
        combine="weighted",
    )))  # fmt: skip


def test_two_milestones_a_project_and_an_epic_make_one_number(mixed: Typed) -> None:
    apply(mixed)
    mixed("sync")
    found = mixed.json("explain", "KR-1")
    told = {
        each["scope"]: {
            part["item"]: (part["state"], part["done"], part["total"], part["reason"])
            for part in each["contributions"]
        }
        for each in found["links"]
    }
    assert told == {
        "github:milestone:acme/api/1": {
            "acme/api#1": ("done", 1, 1, ""),
            "acme/api#2": ("dropped", 0, 0, "dropped: not_planned"),
            "acme/api#3": ("todo", 0, 1, ""),
            "acme/api#4": ("todo", 0, 0, "pull requests are not counted by this link"),
        },
        "github:milestone:acme/web/1": {
            "acme/web#1": ("done", 1, 1, ""),
            "acme/web#2": ("todo", 0, 1, ""),
        },
        "github:project:acme/1?Status=Todo": {
            "acme/api#5": ("done", 5, 5, ""),
            "acme/api#6": ("todo", 0, 3, ""),
            "acme/api#7": ("todo", 0, 2, ""),
        },
        "jira:epic:PLAT-1": {
            "PLAT-2": ("done", 2, 2, ""),
            "PLAT-3": ("done", 2, 2, ""),
            "PLAT-4": ("done", 2, 2, ""),
            "PLAT-5": ("todo", 0, 2, ""),
        },
    }
    readings = [each["reading"] for each in found["links"]]
    assert readings == [0.5, 0.5, 0.5, 0.75]
    assert found["value"] == pytest.approx(100 * (0.5 + 2 * 0.5 + 0.5 + 0.75) / 5)
    text = mixed("explain", "KR-1").stdout
    for line in (
        "github:project:acme/1?Status=Todo  5 of 10",
        "jira:epic:PLAT-1  6 of 8",
        "Two (dropped: not planned)",
    ):
        assert line in text


def test_a_change_at_either_tracker_moves_the_number_by_its_own_item(mixed: Typed) -> None:
    apply(mixed)
    mixed("sync")
    before = mixed.json("explain", "KR-1")["value"]
    mixed.github.site.put_on_project(("acme", 1), ("acme/api", 6), Estimate=7)
    mixed.github.site.close("acme/api", 6)
    mixed.jira.site.transition("PLAT-5", "Done")
    mixed("sync")
    found = mixed.json("explain", "KR-1")
    board, epic = found["links"][2], found["links"][3]
    assert (board["done"], board["total"], epic["reading"]) == (12, 14, 1)
    assert found["value"] - before == pytest.approx(100 * (12 / 14 - 0.5 + 0.25) / 5)
    moved = {each["item"] for each in (*board["movements"], *epic["movements"])
             if each["kind"] == "finished"}  # fmt: skip
    assert {"acme/api#6", "PLAT-5"} <= moved


def test_a_filter_that_cannot_be_read_says_so_everywhere(mixed: Typed) -> None:
    told = mixed.refused("apply", mixed.plan(
        key_result("KR-1", link("github:project:acme/1?Status>3,4"))
    ))  # fmt: skip
    assert "'Status>3,4' compares with several values" in told
    mixed("apply", mixed.plan(key_result("KR-1", link("github:project:acme/1?Status=Tdo"))))
    mixed("sync")
    (one,) = mixed.json("explain", "KR-1")["links"]
    assert "has no option 'Tdo'; there are: Todo, In Progress, Done." in one["error"]


def test_a_mapping_is_proposed_from_what_is_linked(mixed: Typed) -> None:
    mixed.github.site.add_issue("acme/api", "Sized", labels=["points: 3", "in progress"])
    apply(mixed)
    shown = mixed("mapping", "propose", "github").stdout
    assert "field:project:acme/1/Estimate" in shown
    assert "# boards: of open items, In Progress = doing, Done = done" in shown
    found = mixed.json("mapping", "propose", "github")
    assert found["mapping"]["points"] == [ESTIMATE, "label:points: *"]
    assert found["mapping"]["labels"] == {"in progress": "doing"}
    assert {"name": "In Progress", "category": "doing"} in found["statuses"]


def test_a_server_without_projects_says_so_on_every_way(typed: Typed) -> None:
    with start_github(enterprise=True) as server:
        server.site.add_repo("acme/api")
        server.site.add_issue("acme/api", "One")
        typed("connect", "github", "ghes", "--url", server.url, "--token-env", "GITHUB_TOKEN",
              "--allow-private")  # fmt: skip
        told = "GitHub Enterprise Server 3.19.0 has no {} in its API"
        projects, issues = told.format("projects"), told.format("sub-issues")
        path = typed.plan(
            key_result("KR-1", link("github:project:acme/1?Status=Done")),
            key_result("KR-2", link("github:issue:acme/api/1")),
            key_result("KR-3", link("github:repo:acme/api")),
        )
        assert projects in typed("apply", path, "--dry-run").stdout
        typed("apply", path)
        typed("sync")
        errors = [typed.json("explain", f"KR-{n}")["links"][0]["error"] for n in (1, 2, 3)]
        assert errors[0].startswith(projects)
        assert errors[1].startswith(issues)
        assert errors[2] is None
        assert projects in typed("explain", "KR-1").stdout
