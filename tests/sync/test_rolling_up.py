"""From key results to objectives, teams and the company, through the whole service."""

from datetime import timedelta
from typing import Any

import pytest

from sync import audit, mappings, reports, said
from sync.mappings import Saving
from sync.rebuild import rebuild
from sync.said import Subject, Word
from tests.world import World, key_result, link, plan


def objective(key: str, *key_results: dict[str, Any], **more: Any) -> dict[str, Any]:
    shape = {"cycle": "now", "team": "platform", "title": f"Objective {key}", "kind": "committed"}
    return {"key": key, **shape, "key_results": list(key_results), **more}


def typed(key: str, percent: float | None = None, **more: Any) -> dict[str, Any]:
    """A key result whose score is what was typed, or unknown."""
    return key_result(key, value=percent, **more)


def apply(world: World, *objectives: dict[str, Any], **more: Any) -> None:
    world.apply_text(plan(objectives=list(objectives), **more))
    assert not audit.audit(world.runtime, trackers=False)


def cycle(world: World, at: Any = None) -> dict[str, Any]:
    with world.runtime.store.read() as session:
        settings, now = world.runtime.settings, world.clock()
        return reports.cycle_report(session, "now", now, settings, at=at).as_json()


def team(world: World, key: str) -> dict[str, Any]:
    (found,) = [each for each in cycle(world)["teams"] if each["key"] == key]
    return dict(found)


def shown(world: World, key: str) -> dict[str, Any]:
    """An objective as the cycle's report has it."""
    found = [each for one in cycle(world)["teams"] for each in one["objectives"]]
    return next(each for each in found if each["key"] == key)


def score(world: World, key: str) -> tuple[float | None, float | None]:
    found = shown(world, key)
    return found["score"], found["known"]


def test_an_objective_takes_its_key_results_its_children_or_both(world: World) -> None:
    below = [
        objective("O-2", typed("KR-2", 20), supports=["O-1"]),
        objective("O-3", typed("KR-3", 60), supports=[{"key": "O-1", "weight": 3}]),
    ]
    told = {}
    for takes in ("key_results", "children", "both"):
        apply(world, objective("O-1", typed("KR-1", 90), takes=takes), *below)
        told[takes] = score(world, "O-1")
    assert told == {
        "key_results": (0.9, 1),
        "children": (pytest.approx((0.2 + 3 * 0.6) / 4), 1),
        "both": (pytest.approx((0.9 + 0.2 + 3 * 0.6) / 5), 1),
    }


def test_every_mean_says_how_much_of_it_is_known(world: World) -> None:
    apply(
        world,
        objective("O-1", typed("KR-1", 80, weight=3), typed("KR-2"), weight=2),
        objective("O-2", typed("KR-3"), weight=6),
        objective("O-3", typed("KR-4", 40), team="acme"),
    )
    assert score(world, "O-1") == (0.8, 0.75)
    assert score(world, "O-2") == (None, 0)
    platform, acme = team(world, "platform"), team(world, "acme")
    assert (platform["score"], platform["known"]) == (0.8, 0.25)
    assert (acme["score"], acme["known"]) == (0.4, 1)
    assert acme["subtree_score"] == pytest.approx((2 * 0.8 + 0.4) / 3)
    assert acme["subtree_known"] == pytest.approx(3 / 9)


def test_a_weight_of_nothing_leaves_a_key_result_and_a_support_out(world: World) -> None:
    apply(
        world,
        objective("O-1", typed("KR-1", 80), typed("KR-2", weight=0), takes="both"),
        objective("O-2", typed("KR-3", 10), supports=[{"key": "O-1", "weight": 0}]),
    )
    assert score(world, "O-1") == (0.8, 1)


@pytest.mark.parametrize("state", ["draft", "candidate", "postponed", "cancelled"])
def test_what_is_not_active_never_counts_anywhere(world: World, state: str) -> None:
    apply(
        world,
        objective("O-1", typed("KR-1", 80), takes="both"),
        objective("O-2", typed("KR-2", 0), state=state, supports=["O-1", "KR-3"]),
        objective("O-3", key_result("KR-3", progress_from="supports"), team="acme"),
    )
    assert score(world, "O-1") == (0.8, 1)
    assert score(world, "O-3") == (None, 0)
    assert team(world, "platform")["score"] == 0.8
    assert team(world, "acme")["subtree_score"] == 0.8
    assert [each["key"] for each in team(world, "platform")["objectives"]] == ["O-1"]


def test_a_key_result_carried_by_objectives_follows_them_and_a_persons_word(world: World) -> None:
    carried = key_result("KR-1", progress_from="supports", start=50, target=150)
    below = [
        objective("O-2", typed("KR-2", 20), supports=[{"key": "KR-1", "weight": 3}]),
        objective("O-3", typed("KR-3"), supports=["KR-1"]),
    ]
    apply(world, objective("O-1", carried, typed("KR-4", 100)), *below)
    before = world.report("KR-1")
    assert [before[name] for name in ("score", "progress", "value", "partial")] == [
        0.2, 0.2, 70, True,
    ]  # fmt: skip
    assert score(world, "O-1") == (0.6, 1)
    world.clock.turn(minutes=1)
    subject = Subject("now", "KR-1", "lead")
    said.override(world.runtime, subject, 150, reason="signed off", until=None)
    assert (world.report("KR-1")["computed"], score(world, "O-1")) == (70, (1, 1))
    said.push(world.runtime, Subject("now", "KR-2", "exporter"), 40)
    assert world.report("KR-1")["computed"] == 90, "it goes on below"
    said.end_override(world.runtime, subject)
    assert score(world, "O-1") == (0.7, 1)
    assert not audit.audit(world.runtime, trackers=False)


def test_a_guardrail_counts_for_health_and_not_for_the_score(world: World) -> None:
    limit = {"kind": "at_most", "start": None, "target": 5, "unit": "", "guardrail": True}
    apply(world, objective("O-1", typed("KR-1", 100), typed("KR-2", 9, **limit)))
    assert score(world, "O-1") == (1, 1)
    assert shown(world, "O-1")["health"] == "off_track"
    assert team(world, "platform")["health"] == "off_track"
    apply(world, objective("O-1", typed("KR-1", 100), typed("KR-2", 5, **limit)))
    assert shown(world, "O-1")["health"] == "on_track"


def test_health_follows_the_rule_and_the_pass_marks_of_the_policy(world: World) -> None:
    third = (30 * 24 + world.clock().hour + world.clock().minute / 60) / (91 * 24)
    aimed = objective("O-1", typed("KR-1", 100 * (0.7 * third - 0.04)), kind="aspirational")
    apply(world, aimed)
    assert shown(world, "O-1")["health"] == "on_track"
    apply(world, aimed, scoring={"pass": {"aspirational": 1.0}})
    assert shown(world, "O-1")["health"] == "at_risk"
    apply(world, aimed, scoring={"health": {"by": "ratio"}, "pass": {"aspirational": 1.0}})
    assert shown(world, "O-1")["health"] == "at_risk"
    apply(world, aimed, scoring={"health": {"by": "ratio", "on_track": 0.5, "at_risk": 0.1},
                                 "pass": {"aspirational": 0.1}})  # fmt: skip
    assert shown(world, "O-1")["health"] == "on_track"
    assert shown(world, "O-1")["passed"] is False, "the pace is set, what passes is not"


def test_pace_counts_working_days_those_of_a_field_mapping_first(connected: World, jira) -> None:
    for number in range(4):
        jira.site.add_issue("PLAT", f"Item {number}")
    objectives = [objective("O-1", key_result("KR-1", link("jira:project:PLAT")), typed("KR-2"))]
    names = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
    today = connected.clock().weekday()
    only_today = {"working_days": [names[today]]}
    apply(connected, *objectives)
    connected.sync()
    plain = connected.report("KR-1")["expected"]
    apply(connected, *objectives, scoring=only_today)
    weekly = connected.report("KR-1")["expected"]
    assert weekly == connected.report("KR-2")["expected"] != plain
    tomorrow = {"working_days": [names[(today + 1) % 7]]}
    mappings.save(connected.runtime, "jira", tomorrow, Saving(author="lead", reason="part time"))
    begun = connected.clock().date() - timedelta(days=30)
    days = [begun + timedelta(days=n) for n in range(91)]
    worked = [each for each in days if each.weekday() == (today + 1) % 7]
    over = [each for each in worked if each < connected.clock().date()]
    assert connected.report("KR-1")["expected"] == pytest.approx(len(over) / len(worked))
    assert connected.report("KR-2")["expected"] == weekly


@pytest.fixture
def closed(connected: World, jira) -> World:
    """A cycle that was closed with one of four items done, confirmed by nobody."""
    for number in range(4):
        jira.site.add_issue("PLAT", f"Item {number}")
    jira.site.transition("PLAT-1", "Done")
    apply(connected, *ended())
    connected.sync()
    connected.clock.turn(minutes=1)
    apply(connected, *ended(), cycles=[closing(connected)])
    return connected


def ended() -> list[dict[str, Any]]:
    work = key_result("KR-1", link("jira:project:PLAT"))
    return [objective("O-1", work, typed("KR-2", 35), kind="aspirational")]


def closing(world: World, **more: Any) -> dict[str, Any]:
    start, end = world.clock().date() - timedelta(days=30), world.clock().date()
    return {"key": "now", "start": start, "end": end, "state": "closed", **more}


def test_the_numbers_of_a_closed_cycle_stay_whatever_the_trackers_do(closed: World, jira) -> None:
    before = cycle(closed)
    jira.site.transition("PLAT-2", "Done", at=closed.clock.turn(minutes=1))
    closed.tick()
    closed.sync(full=True)
    closed.clock.turn(days=40)
    mappings.save(closed.runtime, "jira", {"statuses": {"To Do": "done"}},
                  Saving(author="lead", reason="another way to count"))  # fmt: skip
    rebuild(closed.runtime)
    after = cycle(closed)
    assert closed.value("KR-1") == 25
    assert score(closed, "O-1") == (pytest.approx(0.3), 1)
    assert closed.report("KR-1")["health"] == "off_track", "old, and still what it ended with"
    assert [each["score"] for each in after["teams"]] == [each["score"] for each in before["teams"]]
    assert not audit.audit(closed.runtime)


def test_a_closed_cycle_is_told_whether_it_aimed_too_high_or_too_low(closed: World) -> None:
    assert cycle(closed)["verdict"].startswith("The aspirational objectives ended low")
    world = closed
    world.apply_text(plan(
        objectives=[objective("O-9", typed("KR-9", 120), cycle="then", kind="aspirational")],
        cycles=[closing(world), closing(world, key="then")],
    ))  # fmt: skip
    with world.runtime.store.read() as session:
        settings = world.runtime.settings
        found = reports.cycle_report(session, "then", world.clock(), settings)
    assert (found.verdict or "").startswith("Every aspirational objective ended at 1.0")


def test_an_open_cycle_is_told_no_verdict(world: World) -> None:
    apply(world, objective("O-1", typed("KR-1", 5), kind="aspirational"))
    assert cycle(world)["verdict"] is None


def test_an_unconfirmed_outcome_holds_its_objective_below_a_full_score(
    connected: World, jira
) -> None:
    jira.site.add_issue("PLAT", "The only item")
    jira.site.transition("PLAT-1", "Done")
    guarded = key_result("KR-1", link("jira:project:PLAT"), needs_confirmation=True)
    apply(connected, objective("O-1", guarded))
    connected.sync()
    assert (score(connected, "O-1"), shown(connected, "O-1")["passed"]) == ((0.95, 1), False)
    said.check_in(connected.runtime, Subject("now", "KR-1", "lead"), Word(confirms=True))
    assert (score(connected, "O-1"), shown(connected, "O-1")["passed"]) == ((1, 1), True)
