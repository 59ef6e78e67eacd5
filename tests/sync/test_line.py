"""The straight line: connect, apply, sync, and the numbers are right."""

import pytest

from integrations.simulators import start_jira
from tests.world import World, key_result, link


def test_both_trackers_give_their_share_of_a_key_result(connected: World, jira, github) -> None:
    epic = jira.site.add_issue("PLAT", "Move the queue", "Epic").key
    keys = [jira.site.add_issue("PLAT", f"Step {n}", parent=epic, points=2.0).key for n in range(4)]
    jira.site.transition(keys[0], "Done")
    jira.site.transition(keys[1], "Done", resolution="Won't Do")
    for number in range(1, 6):
        github.site.add_issue("acme/api", f"Change {number}", milestone=1)
    github.site.close("acme/api", 1)
    github.site.close("acme/api", 2, reason="not_planned")
    github.site.add_issue("acme/api", "A pull request", milestone=1, pull_request=True)

    connected.apply(
        key_result("KR-1", link(f"jira:epic:{epic}"), link("github:milestone:acme/api/1"),
                   combine="weighted"),
        key_result("KR-2", link(f"jira:epic:{epic}", {"share": "points"})),
    )  # fmt: skip
    assert [each.error for each in connected.sync()] == [None, None]

    report = connected.report()
    epic_link, milestone = report["links"]
    assert (epic_link["done"], epic_link["total"], epic_link["reading"]) == (1, 3, 1 / 3)
    assert (epic_link["items"], epic_link["excluded"], epic_link["error"]) == (4, 1, None)
    assert (milestone["done"], milestone["total"], milestone["items"]) == (1, 4, 6)
    assert report["value"] == pytest.approx(100 * (1 / 3 + 1 / 4) / 2)
    assert not report["partial"]
    assert connected.link("KR-2")["total"] == 6


def test_scores_reach_objective_team_and_company(connected: World, github) -> None:
    for number in (1, 2):
        github.site.add_issue("acme/api", f"Change {number}", milestone=1)
    connected.apply(key_result("KR-1", link("github:milestone:acme/api/1")))
    connected.sync()
    github.site.close("acme/api", 1, at=connected.clock.turn(minutes=5))
    connected.sync()
    rows = {(each.kind, each.subject_id): each for each in connected.rows("score")}
    acme, platform = connected.rows("team")
    assert rows["key_result", 1].score == rows["objective", 1].score == 0.5
    assert (rows["team", platform.id].score, rows["team", platform.id].known) == (0.5, 1)
    assert (rows["team", acme.id].score, rows["team", acme.id].subtree_score) == (None, 0.5)


@pytest.mark.parametrize("deployment", ["cloud", "datacenter"])
def test_either_jira_is_read(world: World, deployment) -> None:
    with start_jira(deployment=deployment) as running:
        running.site.add_project("PLAT", "Platform")
        world.trackers["jira"] = running
        running.site.now = world.clock
        key = running.site.add_issue("PLAT", "One", points=5.0).key
        running.site.add_issue("PLAT", "Two", points=3.0)
        connected = world.connect("jira")
        assert (connected.error, connected.options["deployment"]) == (None, deployment)
        world.apply(key_result("KR-1", link("jira:project:PLAT", {"share": "points"})))
        world.sync()
        assert world.link()["total"] == 8
        running.site.transition(key, "Done", at=world.clock.turn(minutes=1))
        world.tick()
        assert world.value() == 62.5
        running.site.delete(key)
        world.sync(full=True)
        assert (world.link()["items"], world.value()) == (1, 0)


def test_a_first_look_at_nothing_is_unknown_and_never_zero(connected: World) -> None:
    connected.apply(key_result("KR-1", link("jira:project:PLAT")))
    report = connected.report()
    assert (report["value"], report["score"], report["health"]) == (None, None, "unknown")
    assert "not read yet" in report["links"][0]["error"]
    connected.sync()
    report = connected.report()
    assert (report["value"], report["score"], report["health"]) == (None, None, "unknown")
    assert report["links"][0]["error"] == "no items yet"
    assert report["links"][0]["as_of"] is not None


def test_one_read_serves_every_link_of_a_source(connected: World, jira) -> None:
    jira.site.add_issue("PLAT", "One", labels=["okr"])
    links = [
        link("jira:project:PLAT"),
        link("jira:label:PLAT/okr"),
        link("jira:jql:project = PLAT"),
    ]
    connected.apply(*(key_result(f"KR-{n}", each) for n, each in enumerate(links)))
    before = connected.calls("jira")
    (drained,) = connected.sync()
    assert drained.calls <= 10
    assert drained.calls < connected.calls("jira") - before  # the rest is history
    assert drained.items_read == 1
    assert [connected.link(f"KR-{n}")["total"] for n in range(3)] == [1, 1, 1]


def test_numbers_follow_queries_whose_members_change(connected: World, jira) -> None:
    bugs = [jira.site.add_issue("PLAT", f"Bug {n}", "Bug").key for n in range(3)]
    story = jira.site.add_issue("PLAT", "Story").key
    scope = "jira:jql:project = PLAT AND type = Bug AND statusCategory != Done ORDER BY created"
    connected.apply(
        key_result("KR-1", link(scope, {"number": "count", "over": "open"}), kind="decrease",
                   start=5, target=0, unit="")
    )  # fmt: skip
    connected.sync()
    assert (connected.value(), connected.report()["progress"]) == (3, 0.4)
    jira.site.transition(bugs[0], "Done", at=connected.clock.turn(minutes=1))
    jira.site.edit(story, type="Bug", at=connected.clock.turn(minutes=1))
    connected.tick()
    assert connected.value() == 3
    assert {each for each, _ in connected.movements()[3:]} == {"scope_added", "scope_removed"}


def test_any_number_field_can_be_measured(connected: World, jira) -> None:
    key = jira.site.add_issue("PLAT", "One").key
    measure = {"number": "sum", "of": "field:customfield_10036", "over": "all"}
    connected.apply(key_result("KR-1", link("jira:project:PLAT"), unit="%"))
    connected.sync()
    jira.site.edit(key, customfield_10036=7.0, at=connected.clock.turn(minutes=1))
    connected.apply(key_result("KR-1", link("jira:project:PLAT", measure), target=10, unit=""))
    connected.sync()
    assert connected.value() == 7


def test_a_deep_link_reads_level_by_level_with_sub_tasks(connected: World, jira) -> None:
    epic = jira.site.add_issue("PLAT", "Epic", "Epic").key
    stories = [jira.site.add_issue("PLAT", f"Story {n}", parent=epic).key for n in range(2)]
    jira.site.add_project("OPS", "Operations")
    subtasks = [
        jira.site.add_issue("PLAT", f"Part {n}", "Sub-task", parent=stories[0]).key
        for n in range(3)
    ]
    connected.apply(key_result("KR-1", link(f"jira:epic:{epic}", depth=2, subtasks=True)))
    connected.sync()
    assert connected.link()["items"] == 5
    jira.site.transition(subtasks[1], "Done", at=connected.clock.turn(minutes=1))
    jira.site.add_issue("PLAT", "Part 4", "Sub-task", parent=stories[1])
    connected.tick()
    assert (connected.link()["done"], connected.link()["total"]) == (1, 6)


def test_a_new_child_of_a_deep_link_in_another_project_is_found(connected: World, jira) -> None:
    jira.site.add_project("OPS", "Operations")
    initiative = jira.site.add_issue("PLAT", "Initiative", "Initiative").key
    connected.apply(key_result("KR-1", link(f"jira:epic:{initiative}", depth=2)))
    connected.sync()
    epic = jira.site.add_issue("OPS", "Epic", "Epic", parent=initiative).key
    jira.site.add_issue("OPS", "Story", parent=epic)
    connected.tick()
    parts = {
        each["item"]: each["included"] for each in connected.explain()["links"][0]["contributions"]
    }
    assert parts == {"OPS-1": False, "OPS-2": True}
