"""A past day is told by the plan, the policy, the work and the looks of that day."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from connector.errors import Refused
from sync import reports
from sync.audit import audit
from tests.world import World, key_result, link, plan

TEAMS = [
    {"key": "acme", "name": "Acme", "kind": "company"},
    {"key": "platform", "name": "Platform", "kind": "team", "parent": "acme"},
    {"key": "apps", "name": "Apps", "kind": "team", "parent": "platform"},
]


def objective(key: str, *key_results: dict[str, Any], **more: Any) -> dict[str, Any]:
    shape = {"cycle": "now", "team": "platform", "title": f"Objective {key}", "kind": "committed"}
    return {"key": key, **shape, "key_results": list(key_results), **more}


def company() -> list[dict[str, Any]]:
    return [
        objective("O-1", key_result("KR-1", value=80), takes="both"),
        objective("O-2", key_result("KR-2", value=20), team="apps", supports=["O-1"]),
    ]


def apply(world: World, *objectives: dict[str, Any], teams: Any = None, **more: Any) -> datetime:
    """Apply a plan; returns an instant at which it held."""
    world.clock.turn(minutes=10)
    found = list(objectives) or company()
    world.apply_text(plan(objectives=found, teams=teams or TEAMS, **more))
    return world.clock.turn(minutes=10)


def told(world: World, at: datetime | None = None) -> dict[str, dict[str, Any]]:
    """Teams, objectives and key results of the cycle's report by key."""
    with world.runtime.store.read() as session:
        settings, now = world.runtime.settings, world.clock()
        found = reports.cycle_report(session, "now", now, settings, at=at).as_json()
    shown = {each["key"]: each for each in found["teams"]}
    shown |= {each["key"]: each for one in found["teams"] for each in one["objectives"]}
    below = [each for one in list(shown.values()) for each in one.get("key_results", ())]
    return {**shown, **{each["key"]: each for each in below}}


def test_a_team_that_moved_is_where_it_was(world: World) -> None:
    before = apply(world)
    lone = objective("O-3", key_result("KR-3", value=40), team="acme")
    there = apply(world, *company(), lone)
    moved = [*TEAMS[:2], {**TEAMS[2], "parent": "acme", "name": "Applications"}]
    after = apply(world, *company(), lone, teams=moved)
    world.clock.turn(days=1)
    assert told(world, there)["platform"]["subtree_score"] == pytest.approx((0.5 + 0.2) / 2)
    assert told(world, after)["platform"]["subtree_score"] == pytest.approx(0.5)
    assert (told(world, there)["apps"]["parent"], told(world, there)["apps"]["name"]) == (
        "platform", "Apps",
    )  # fmt: skip
    assert told(world, after)["apps"]["parent"] == "acme"
    assert "O-3" not in told(world, before)
    assert told(world, after)["acme"]["score"] == 0.4


def test_an_objective_counts_where_and_as_what_it_was(world: World) -> None:
    first = apply(world)
    one, two = company()
    second = apply(world, {**one, "team": "acme", "takes": "key_results", "weight": 3}, two)
    third = apply(world, {**one, "team": "acme", "takes": "key_results"},
                  {**two, "state": "cancelled"})  # fmt: skip
    world.clock.turn(days=1)
    assert [told(world, at)["O-1"]["score"] for at in (first, second)] == [0.5, 0.8]
    assert [told(world, at)["acme"]["score"] for at in (first, second)] == [None, 0.8]
    assert told(world, second)["acme"]["subtree_score"] == pytest.approx((3 * 0.8 + 0.2) / 4)
    assert "O-2" in told(world, second)
    assert "O-2" not in told(world, third)


def test_supports_are_those_of_the_day(world: World) -> None:
    one, two = company()
    alone = apply(world, {**one}, {**two, "supports": None})
    weighed = apply(world, one, {**two, "supports": [{"key": "O-1", "weight": 3}]})
    ended = apply(world, one, {**two, "supports": None})
    world.clock.turn(days=1)
    assert [told(world, at)["O-1"]["score"] for at in (alone, weighed, ended)] == [
        0.8, pytest.approx((0.8 + 3 * 0.2) / 4), 0.8,
    ]  # fmt: skip
    assert told(world, weighed)["O-2"]["supports"] == ["O-1"]
    assert told(world, ended)["O-2"]["supports"] == []


def test_any_key_result_explains_a_day_on_which_another_was_carried(world: World) -> None:
    carried = objective("O-9", key_result("KR-9", progress_from="supports"), team="acme")
    one, two = company()
    day = apply(world, one, {**two, "supports": ["KR-9"]}, carried)
    later = apply(world, one, {**two, "supports": None}, carried)
    world.clock.turn(days=1)
    assert world.explain("KR-1", day)["score"] == 0.8
    assert world.explain("KR-9", day)["score"] == 0.2
    assert world.explain("KR-9", later)["score"] is None


def test_the_policy_judges_as_it_did_that_day(world: World) -> None:
    aimed = objective("O-1", key_result("KR-1", value=25), kind="aspirational")
    first = apply(world, aimed)
    second = apply(world, aimed, scoring={"pass": {"aspirational": 0.5}})
    third = apply(world, aimed, scoring={"health": {"on_track": 0.0, "at_risk": 0.01},
                                         "pass": {"aspirational": 1.0}})  # fmt: skip
    world.clock.turn(days=20)
    apply(world, aimed, scoring={"health": None, "pass": None})
    expected = [told(world, at)["KR-1"]["expected"] for at in (first, second, third)]
    assert [each / expected[2] for each in expected] == [
        pytest.approx(0.7, rel=1e-2), pytest.approx(0.5, rel=1e-2), 1,
    ]  # fmt: skip
    healths = [told(world, at)["KR-1"]["health"] for at in (first, third)]
    assert healths == ["on_track", "off_track"]
    assert world.explain("KR-1", second)["expected"] == expected[1]


def test_a_target_is_that_of_the_day(world: World) -> None:
    first = apply(world, objective("O-1", key_result("KR-1", value=30)))
    second = apply(world, objective("O-1", key_result("KR-1", value=30, target=60)))
    third = apply(world, objective("O-1", key_result("KR-1", value=45, target=60, start=30)))
    world.clock.turn(days=1)
    days = (first, second, third)
    assert [told(world, at)["KR-1"]["score"] for at in days] == [0.3, 0.5, 0.5]
    assert [world.explain("KR-1", at)["target"] for at in days] == [100, 60, 60]
    assert [world.explain("KR-1", at)["value"] for at in days] == [30, 30, 45]


@pytest.fixture
def worked(connected: World, jira) -> World:
    for number in range(4):
        jira.site.add_issue("PLAT", f"Item {number}", labels=["okr"] if number else [])
    jira.site.transition("PLAT-1", "Done")
    connected.apply(key_result("KR-1", link("jira:project:PLAT"), link("jira:label:PLAT/okr")))
    connected.sync()
    return connected


def test_a_link_that_ended_still_tells_the_days_it_counted(worked: World) -> None:
    both = worked.clock()
    worked.clock.turn(minutes=5)
    worked.apply(key_result("KR-1", link("jira:label:PLAT/okr")))
    worked.sync()
    one = worked.clock()
    worked.clock.turn(minutes=5)
    worked.apply(key_result("KR-1", link("jira:label:PLAT/okr"), link("jira:project:PLAT")))
    worked.sync()
    worked.clock.turn(days=1)
    assert [worked.explain("KR-1", at)["value"] for at in (both, one)] == [25, 0]
    scopes = [[each["scope"] for each in worked.explain("KR-1", at)["links"]] for at in (both, one)]
    assert scopes == [["jira:project:PLAT", "jira:label:PLAT/okr"], ["jira:label:PLAT/okr"]]
    assert told(worked, both)["KR-1"]["score"] == 0.25


def test_pooled_links_that_changed_places_count_as_they_did(worked: World) -> None:
    """The first link that includes an item says how much of it is done."""
    half = link("jira:label:PLAT/okr", statuses={"todo": 0.5})
    whole = link("jira:project:PLAT")
    worked.clock.turn(minutes=5)
    worked.apply(key_result("KR-1", half, whole))
    worked.sync()
    first = worked.clock()
    shown = worked.report()
    worked.clock.turn(minutes=5)
    worked.apply(key_result("KR-1", whole, half))
    worked.sync()
    assert (shown["value"], worked.value()) == (62.5, 25)
    worked.clock.turn(minutes=5)
    assert worked.explain("KR-1", first)["value"] == 62.5
    changes = worked.explain()["changes"]
    assert changes[0]["kind"] == "rule_changed"
    assert sum(each["delta"] for each in changes) == pytest.approx(0.25, abs=1e-12)


def test_a_pooled_link_without_any_size_leaves_its_items_to_the_next(worked: World, jira) -> None:
    points = {"share": "points"}
    nothing = link("jira:label:PLAT/okr", dict(points), unestimated="zero")
    worked.apply(key_result("KR-1", nothing, link("jira:project:PLAT", points,
                                                  unestimated="default:2")))  # fmt: skip
    worked.sync()
    assert worked.report()["progress"] == 0.25
    assert sum(each["delta"] for each in worked.explain()["changes"]) == pytest.approx(0.25)
    jira.site.edit("PLAT-2", points=6.0, at=worked.clock.turn(minutes=5))
    worked.tick()
    assert worked.report()["progress"] == 0.25, "2 of 8: the others are nothing to the first link"
    assert sum(each["delta"] for each in worked.explain()["changes"]) == pytest.approx(0.25)


def test_late_news_recorded_in_the_instant_of_a_new_rule_has_the_last_word(
    worked: World, jira
) -> None:
    """A clock that was set back has several recordings share an instant."""
    now = worked.clock.turn(minutes=30)
    worked.apply(key_result("KR-1", link("jira:project:PLAT", statuses={"todo": 0.1})))
    jira.site.transition("PLAT-2", "Done", at=now - timedelta(minutes=5))
    worked.sync()
    (told_of,) = worked.explain("KR-1")["links"]
    assert told_of["reading"] == pytest.approx(2.2 / 4)
    assert sum(each["delta"] for each in told_of["movements"]) == pytest.approx(2.2 / 4)
    assert sum(each["delta"] for each in worked.explain()["changes"]) == pytest.approx(2.2 / 4)
    assert not audit(worked.runtime)


def test_an_empty_scope_that_was_read_is_part_of_the_story(connected: World) -> None:
    most = {"kind": "at_most", "start": None, "target": 2, "unit": ""}
    connected.apply(key_result("KR-1", link("jira:project:PLAT", {"number": "count"}), **most))
    connected.sync()
    assert connected.report()["progress"] == 1
    assert sum(each["delta"] for each in connected.explain()["changes"]) == 1


def test_while_a_source_failed_its_old_numbers_were_nobodys_health(worked: World, jira) -> None:
    fresh = worked.clock()
    healthy = worked.report()["health"]
    jira.faults.add("error")
    worked.clock.turn(hours=20)
    worked.poll()
    young = worked.clock()
    worked.clock.turn(hours=30)
    worked.poll()
    old = worked.clock()
    seen = worked.report()
    assert (seen["health"], seen["value"]) == ("unknown", 25)
    jira.faults.clear()
    worked.clock.turn(hours=2)
    worked.poll()
    again = worked.clock()
    worked.clock.turn(days=3)
    worked.poll()
    days = (fresh, young, old, again)
    assert [told(worked, at)["KR-1"]["health"] for at in days] == [
        healthy, healthy, "unknown", healthy,
    ]  # fmt: skip
    assert worked.explain("KR-1", old)["health"] == "unknown"
    assert worked.explain("KR-1", old)["value"] == 25
    assert healthy != "unknown"


def test_a_time_without_a_zone_is_refused(worked: World) -> None:
    naive = worked.clock().replace(tzinfo=None)
    with pytest.raises(ValueError, match="a time without a zone is refused"):
        told(worked, naive)
    with pytest.raises(ValueError, match="a time without a zone is refused"):
        worked.explain("KR-1", naive)


def test_before_the_plan_was_there_is_nothing_to_tell(worked: World) -> None:
    long_ago = worked.clock() - timedelta(days=400)
    assert "KR-1" not in told(worked, long_ago)
    with pytest.raises(Refused, match="KR-1 was not recorded yet"):
        worked.explain("KR-1", long_ago)
