"""A plan file is applied whole or not at all, and twice is once."""

import pytest
import yaml
from sqlalchemy import update

from connector.errors import Refused
from connector.store.tables import Base, KeyResult, Link
from tests.world import World, key_result, link, plan


@pytest.fixture
def linked(connected: World, jira) -> World:
    for number in range(4):
        jira.site.add_issue("PLAT", f"Item {number}", "Bug" if number else "Story", points=2.0)
    jira.site.transition("PLAT-1", "Done")
    connected.apply(key_result("KR-1", link("jira:project:PLAT")))
    connected.sync()
    connected.clock.turn(minutes=1)
    return connected


def everything(world: World) -> dict[str, list[object]]:
    return {name: world.rows(name) for name in Base.metadata.tables}


def test_a_new_plan_says_what_it_created_and_twice_changes_nothing(connected: World) -> None:
    text = plan(key_result("KR-1", link("jira:project:PLAT")), key_result("KR-2", value=40))
    first = connected.apply_text(text)
    assert {*first.created} == {"now", "acme", "platform", "O-1", "KR-1", "KR-2"}
    assert first.updated == ()
    connected.sync()
    before = everything(connected)
    again = connected.apply_text(text)
    assert (again.created, again.updated, again.unchanged) == ((), (), 6)
    assert everything(connected) == before


def test_a_dry_run_says_the_same_and_changes_nothing(connected: World) -> None:
    before = everything(connected)
    text = plan(key_result("KR-1", link("jira:project:PLAT")))
    dry = connected.apply_text(text, dry_run=True)
    assert everything(connected) == before
    assert dry == connected.apply_text(text)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"links": [link("jira:nothing:PLAT")]}, "no scope 'nothing'"),
        ({"links": [link("gitlab:issue:1")]}, "gitlab"),
        ({"links": [link("jira:epic:not a key")]}, "not an issue key"),
        ({"links": [link("jira@moon:project:PLAT")]}, "moon"),
        ({"wieght": 3}, "wieght"),
        ({"links": [link("jira:project:PLAT")], "value": 3}, "value"),
    ],
)
def test_a_plan_with_one_mistake_leaves_nothing_half_saved(
    connected: World, change: dict[str, object], said: str
) -> None:
    before = everything(connected)
    with pytest.raises(Refused, match=said) as caught:
        connected.apply(key_result("KR-1", value=1), key_result("KR-2", **change))
    assert all(problem.startswith("plan.yaml:") for problem in caught.value.problems)
    assert everything(connected) == before


def test_what_the_file_does_not_mention_stays(linked: World) -> None:
    linked.apply(key_result("KR-2", value=3))
    assert linked.value("KR-1") == 25
    assert linked.link("KR-1")["items"] == 4


def test_a_rule_that_changes_is_recorded_as_that_and_counts_at_once(linked: World) -> None:
    before = linked.calls("jira")
    linked.apply(key_result("KR-1", link("jira:project:PLAT", types=["Story"])))
    assert (linked.value(), linked.link()["excluded"]) == (100, 3)
    assert {kind for kind, _ in linked.movements()[4:]} == {"rule_changed"}
    assert linked.calls("jira") == before
    moved = linked.explain()["links"][0]["movements"]
    assert sum(each["delta"] for each in moved) == pytest.approx(1)


def test_a_link_keeps_its_history_while_its_scope_stays(linked: World) -> None:
    (before,) = linked.rows("link")
    linked.apply(key_result("KR-1", link("jira:project:PLAT", {"share": "points"})))
    (after,) = linked.rows("link")
    assert (after.id, after.created_at) == (before.id, before.created_at)
    assert linked.link()["total"] == 8


def test_a_link_taken_away_ends_and_keeps_its_ledger(linked: World) -> None:
    ledger = linked.rows("contribution")
    linked.apply(key_result("KR-1", link("jira:jql:project = PLAT AND type = Bug")))
    first, second = linked.rows("link")
    assert (first.ended_at, second.ended_at) == (linked.clock(), None)
    assert linked.rows("contribution", link_id=first.id) == ledger
    assert linked.value() is None
    linked.sync()
    assert (linked.value(), linked.link()["items"]) == (0, 3)


def test_links_given_as_none_end_them_all(linked: World) -> None:
    linked.apply({**key_result("KR-1"), "links": []})
    assert linked.report()["links"] == []
    assert linked.value() is None


def test_a_value_typed_by_a_person_is_kept_until_the_files_own_word_changes(world: World) -> None:
    text = plan(key_result("KR-1", kind="at_least", target=99.9, start=None, value=99.95))
    world.apply_text(text)
    with world.runtime.store.write() as session:
        session.execute(update(KeyResult).values(value=99.5))
    world.apply_text(text)
    assert world.rows("key_result")[0].value == 99.5
    world.apply_text(text.replace("Key result KR-1", "Another title"))
    assert world.rows("key_result")[0].value == 99.5
    world.apply_text(text.replace("99.95", "99.97"))
    assert world.value() == 99.97
    assert world.report()["score"] == 1


def test_several_connections_want_to_be_named(connected: World) -> None:
    connected.connect("jira", "eu")
    with pytest.raises(Refused, match=r"several connections to jira \(eu, jira\).*jira@eu:project"):
        connected.apply(key_result("KR-1", link("jira:project:PLAT")))
    connected.apply(key_result("KR-1", link("jira@eu:project:PLAT")))
    eu = connected.rows("connection", name="eu")[0]
    assert connected.rows("link")[0].connection_id == eu.id


def test_a_plan_before_any_connection_waits_for_one(world: World, jira) -> None:
    jira.site.add_issue("PLAT", "Item", status="Done")
    world.apply(
        key_result("KR-1", link("jira:project:PLAT")),
        key_result("KR-2", link("jira@eu:project:PLAT")),
    )
    assert "no connection to jira yet" in world.link()["error"]
    assert world.sources() == []
    world.connect("jira")
    world.poll()
    assert world.value() == 100
    assert "no connection" in world.link("KR-2")["error"]
    world.connect("jira", "eu")
    world.poll()
    assert world.value("KR-2") == 100


def test_the_same_scope_linked_twice_is_counted_once_by_its_key_result(
    connected: World, jira
) -> None:
    epic = jira.site.add_issue("PLAT", "Epic", "Epic").key
    jira.site.add_issue("PLAT", "In both", parent=epic, status="Done")
    jira.site.add_issue("PLAT", "In the project only")
    connected.apply(key_result("KR-1", link(f"jira:epic:{epic}"), link("jira:project:PLAT")))
    connected.sync()
    assert connected.value() == 50
    assert [each["total"] for each in connected.report()["links"]] == [1, 2]


def test_every_wording_is_kept(linked: World) -> None:
    text = plan(key_result("KR-1", link("jira:project:PLAT"), title="New words", target=50))
    assert linked.apply_text(text).updated == ("KR-1",)
    bodies = [each.body for each in linked.rows("revision", kind="key_result")]
    assert [each["target"] for each in bodies] == [100, 50]
    assert {each.author for each in linked.rows("revision")} == {"lead"}


def test_moving_a_team_moves_what_is_below_it(linked: World) -> None:
    raw = yaml.safe_load(plan())
    assert linked.rows("score", kind="team")[0].subtree_score == 0.25
    raw["teams"].append(
        {"key": "products", "name": "Products", "kind": "department", "parent": "acme"}
    )
    linked.apply_text(yaml.safe_dump(raw))
    raw["teams"][1]["parent"] = "products"
    linked.apply_text(yaml.safe_dump(raw))
    teams = {row.id: row.key for row in linked.rows("team")}
    below = {teams[row.subject_id]: row.subtree_score for row in linked.rows("score", kind="team")}
    assert below == {"acme": 0.25, "products": 0.25, "platform": 0.25}


def test_a_link_stored_before_a_field_was_known_goes_on_unchanged(linked: World) -> None:
    (row,) = linked.rows("link")
    older = {name: value for name, value in row.rule.items() if name != "labels"}
    with linked.runtime.store.write() as session:
        session.execute(update(Link).values(rule=older))
    links = [link("jira:project:PLAT"), link("jira:epic:PLAT-1")]
    linked.apply(key_result("KR-1", *links))
    (first, _) = linked.rows("link")
    assert (first.rule, first.pending) == (older, False)


def test_labels_narrow_a_link(linked: World, jira) -> None:
    jira.site.add_issue("PLAT", "Marked", labels=["OKR"])
    linked.apply(key_result("KR-1", link("jira:project:PLAT", labels=["okr"])))
    linked.sync()
    assert (linked.link()["total"], linked.link()["excluded"]) == (1, 4)
