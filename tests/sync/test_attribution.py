"""From a work item, and from a person, up to what their work serves."""

from datetime import timedelta
from typing import Any

import pytest

from connector.attribution import ItemServes, PersonWork
from connector.errors import Refused
from sync.reports.attribution import item_serves, person_work
from tests.world import World, key_result, link, plan

TEAMS = [
    {"key": "acme", "name": "Acme", "kind": "company"},
    {"key": "engineering", "name": "Engineering", "kind": "department", "parent": "acme"},
    {"key": "platform", "name": "Platform", "kind": "team", "parent": "engineering"},
]


def objective(key: str, *key_results: dict[str, Any], **more: Any) -> dict[str, Any]:
    shape = {"cycle": "now", "team": "platform", "title": f"Objective {key}"}
    return {"key": key, **shape, "key_results": list(key_results), **more}


def serves(world: World, name: str) -> ItemServes:
    with world.runtime.store.read() as session:
        return item_serves(session, name, trackers=world.runtime.trackers)


def work(world: World, key: str) -> PersonWork:
    with world.runtime.store.read() as session:
        return person_work(session, key, now=world.clock(), trackers=world.runtime.trackers)


def apply(world: World, *objectives: dict[str, Any], **more: Any) -> None:
    """Apply these objectives in three levels of teams, and read what they need."""
    world.apply_text(plan(objectives=list(objectives), teams=TEAMS, **more))
    world.sync()


@pytest.fixture
def busy(connected: World, jira, github) -> World:
    """PLAT-1 … PLAT-4 and acme/api#1; the platform's objective carries the company's."""
    for number in range(4):
        jira.site.add_issue("PLAT", f"Item {number}")
    github.site.add_issue("acme/api", "Change", milestone=1)
    apply(
        connected,
        objective("O-0", key_result("KR-0", value=1), team="acme"),
        objective("O-5", key_result("KR-5", value=1), team="engineering", supports="O-0"),
        objective(
            "O-1",
            key_result("KR-1", link("jira:project:PLAT")),
            key_result("KR-2", link("jira:project:PLAT", types=["Bug"])),
            supports=["O-5", "KR-0"],
        ),
    )
    return connected


def test_an_item_leads_to_its_links_key_results_objectives_and_teams(busy: World) -> None:
    found = serves(busy, "PLAT-1")
    assert (found.item.title, found.item.state, found.reason) == ("Item 0", "todo", "")
    first, second = found.serves
    assert [each.key_result.key for each in found.serves] == ["KR-1", "KR-2"]
    assert (first.objective.key, first.cycle, first.scope) == ("O-1", "now", "jira:project:PLAT")
    assert [team.key for team in first.teams] == ["platform", "engineering", "acme"]
    assert [(each.kind, each.key, each.objective, each.supported_by, each.level)
            for each in first.above] == [
        ("objective", "O-5", "O-5", "O-1", 1),
        ("key_result", "KR-0", "O-0", "O-1", 1),
        ("objective", "O-0", "O-0", "O-5", 2),
    ]  # fmt: skip
    assert (first.contribution.done, first.contribution.total) == (0.0, 1.0)
    assert (first.counts, second.counts) == (True, False)
    assert second.contribution.reason == "type Story is not counted by this link"
    shown = found.as_json()
    assert shown["serves"][0]["effect"]["progress"] == {"now": 0.0, "then": 0.25, "delta": 0.25}
    assert shown["serves"][0]["above"][1]["team"] == "acme"


def test_what_finishing_would_move_is_what_finishing_moves(busy: World, jira) -> None:
    expected = serves(busy, "PLAT-2").serves[0].effect
    assert expected is not None
    jira.site.transition("PLAT-2", "Done", at=busy.clock.turn(minutes=1))
    busy.tick()
    found = serves(busy, "PLAT-2").serves[0]
    assert (found.contribution.done, found.effect) == (1.0, None)
    report = busy.report("KR-1")
    assert (report["links"][0]["reading"], report["progress"]) == (
        expected.reading[1],
        expected.progress[1],
    )
    assert serves(busy, "PLAT-3").serves[0].effect.as_json()["reading"]["delta"] == 0.25


def test_an_item_is_found_by_key_tracker_connection_and_page(busy: World, jira, github) -> None:
    page = f"{jira.url}/browse/PLAT-1?focusedId=7#comment"
    for name in ("PLAT-1", "plat-1", "jira:PLAT-1", "jira@jira:PLAT-1", page):
        assert serves(busy, name).item.key == "PLAT-1"
    apply(busy, objective("O-1", key_result("KR-3", link("github:milestone:acme/api/1"))))
    for name in ("acme/api#1", "Acme/API#1", "github:acme/api#1"):
        found = serves(busy, name)
        assert (found.item.tracker, found.item.key) == ("github", "acme/api#1")
    assert serves(busy, found.item.url).serves[0].key_result.key == "KR-3"


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("PLAT-99", "no work item 'PLAT-99' is known; check its key"),
        ("https://example.com/PLAT-1", "no work item 'https://example.com/PLAT-1' is known"),
        ("trello:PLAT-1", "there is no connection 'trello'"),
        ("jira@eu:PLAT-1", "there is no connection 'jira@eu'"),
        ("github:PLAT-1", "no work item 'github:PLAT-1' is known"),
        ("  ", "name a work item: PLAT-43"),
    ],
)
def test_what_is_not_known_is_refused_with_a_sentence(
    busy: World, name: str, sentence: str
) -> None:
    with pytest.raises(Refused, match=sentence):
        serves(busy, name)


def test_an_item_of_two_connections_asks_which_and_then_shows_both_apart(busy: World) -> None:
    busy.connect("jira", "eu")
    linked = link("jira@jira:project:PLAT"), link("jira@eu:project:PLAT")
    apply(busy, objective("O-1", key_result("KR-3", linked[0]), key_result("KR-4", linked[1])))
    with pytest.raises(Refused, match="say jira@eu:PLAT-1 or jira@jira:PLAT-1"):
        serves(busy, "PLAT-1")
    assert [each.key_result.key for each in serves(busy, "jira@eu:PLAT-1").serves] == ["KR-4"]


def test_links_an_item_left_are_told_apart_with_the_reason(busy: World, jira) -> None:
    jira.site.add_project("OPS", "Operations")
    apply(busy, objective("O-7", key_result("KR-7", link("jira:project:OPS"))))
    moved = jira.site.move("PLAT-1", "OPS", at=busy.clock.turn(minutes=1))
    busy.tick()
    found = serves(busy, "PLAT-1")
    assert found.item.key == moved.key
    assert [each.key_result.key for each in found.serves] == ["KR-7"]
    assert [each.key_result.key for each in found.once] == ["KR-1", "KR-2"]
    assert found.once[0].reason == "no longer in this scope"
    assert found.once[0].left_at <= busy.clock()


def test_an_item_that_serves_nothing_says_why(busy: World, jira) -> None:
    jira.site.add_issue("PLAT", "Epic", "Epic")
    jira.site.delete("PLAT-4")
    busy.clock.turn(minutes=1)
    busy.sync(full=True)
    epic = serves(busy, "PLAT-5")
    assert "parent: the items below it count" in epic.reason
    assert serves(busy, "PLAT-4").reason.startswith("it serves nothing: ")
    assert "deleted" in serves(busy, "PLAT-4").reason
    apply(busy, objective("O-1", state="postponed"))
    found = serves(busy, "PLAT-1")
    assert found.reason.startswith("it serves nothing: objective O-1 is postponed; ")
    apply(busy, objective("O-1", key_result("KR-1", links=[]), key_result("KR-2", links=[])))
    found = serves(busy, "PLAT-1")
    assert found.reason == "it serves nothing: no link of any key result holds it"
    assert found.serves == ()
    assert {each.reason for each in found.once} == {"the link was taken off the key result"}


PEOPLE = [
    {"key": "dev", "name": "Developer", "jira": "712020:00000002", "github": "OctoCat"},
    {"key": "ops", "name": "Operator"},
]


def test_a_persons_open_and_just_finished_items_lead_to_key_results(
    connected: World, jira, github
) -> None:
    now, site = connected.clock(), jira.site
    made = now - timedelta(days=40)
    for name, assignee in (("Open", "Dev"), ("Fresh", "Dev"), ("Old", "Dev"), ("Other", "Ops")):
        site.add_issue("PLAT", name, assignee=assignee, at=made)
    site.add_issue("PLAT", "Loose", "Epic", assignee="Dev", at=made)
    site.transition("PLAT-2", "Done", at=now - timedelta(days=13))
    site.transition("PLAT-3", "Done", at=now - timedelta(days=15))
    number = github.site.add_issue("acme/api", "Change", at=now - timedelta(days=1))
    github.site.edit("acme/api", number, assignees=["octocat"], at=now)
    links = link("jira:project:PLAT"), link("github:repo:acme/api")
    apply(connected, objective("O-1", key_result("KR-1", *links)), people=PEOPLE)
    assert connected.rows("account", tracker="jira")[0].external_id in {
        row.external_id for row in connected.rows("tracker_account")
    }
    found = work(connected, "dev")
    assert [each.item.key for each in found.serving] == ["acme/api#1", "PLAT-2", "PLAT-1"]
    assert [each.item.state for each in found.serving] == ["todo", "done", "todo"]
    assert found.serving[1].finished_at == now - timedelta(days=13)
    (served,) = found.serving[1].serves
    assert (served.key_result.key, served.team.key, served.done) == ("KR-1", "platform", 1.0)
    assert [each.item.key for each in found.untied] == ["PLAT-5"]
    assert "parent" in found.untied[0].reason
    nobody = work(connected, "ops")
    assert (nobody.serving, nobody.untied) == ((), ())
    assert nobody.reason == "no tracker account is known to be Operator's yet"
    with pytest.raises(Refused, match="there is no person 'nobody'"):
        work(connected, "nobody")


def test_a_persons_work_in_a_closed_cycle_or_a_cancelled_objective_serves_nothing_now(
    connected: World, jira
) -> None:
    jira.site.add_issue("PLAT", "Open", assignee="Dev")
    linked = objective("O-1", key_result("KR-1", link("jira:project:PLAT")))
    apply(connected, linked, people=PEOPLE)
    assert len(work(connected, "dev").serving) == 1
    apply(connected, {**linked, "state": "cancelled"})
    (untied,) = work(connected, "dev").untied
    assert untied.reason == "objective O-1 is cancelled"
    today = connected.clock().date()
    closed = {"key": "now", "start": today - timedelta(days=30), "end": today, "state": "closed"}
    apply(connected, {**linked, "state": "active"}, cycles=[closed])
    assert work(connected, "dev").untied[0].reason == "no link of any key result holds it"
    assert serves(connected, "PLAT-1").reason == "it serves nothing: cycle now is closed"
