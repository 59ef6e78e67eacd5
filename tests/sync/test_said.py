"""What people say of a key result stands until they end it; the computed value goes on below."""

import math
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from connector.errors import Refused
from connector.store.tables import Base
from sync import audit, said, schedule
from sync.said import Subject, Word
from tests.world import World, key_result, link

EPIC = key_result("KR-1", link("jira:project:PLAT"))
GUARDED = key_result("KR-2", link("jira:project:PLAT"), needs_confirmation=True, target=50)
TYPED = key_result("KR-3", unit="", target=10)
DONE = {**key_result("KR-4", unit="", kind="done"), "start": None, "target": None}
CARRIED = key_result("KR-5", progress_from="supports")


@pytest.fixture
def told(connected: World, jira) -> World:
    """Four items of which one is done; five kinds of key results."""
    for number in range(4):
        jira.site.add_issue("PLAT", f"Item {number}")
    jira.site.transition("PLAT-1", "Done")
    connected.apply(EPIC, GUARDED, TYPED, DONE, CARRIED)
    connected.sync()
    connected.clock.turn(minutes=5)
    return connected


def subject(key: str = "KR-1", cycle: str = "now", author: str = "lead") -> Subject:
    return Subject(cycle, key, author)


def override(world: World, value: float, key: str = "KR-1", *, until: date | None = None) -> None:
    said.override(world.runtime, subject(key), value, reason="seen on site", until=until)


def check_in(world: World, key: str = "KR-1", **word: Any) -> None:
    said.check_in(world.runtime, subject(key), Word(**word))


def today(world: World, days: int = 0) -> date:
    return world.clock().date() + timedelta(days=days)


def both(world: World, key: str = "KR-1") -> tuple[float | None, float | None]:
    """What is shown, and what is computed below it."""
    shown = world.report(key)
    return shown["value"], shown["computed"]


def both_at(world: World, at: datetime, key: str = "KR-1") -> tuple[float | None, float | None]:
    shown = world.explain(key, at)
    return shown["value"], shown["computed"]


def everything(world: World) -> dict[str, list[Any]]:
    return {name: world.rows(name) for name in Base.metadata.tables}


def done(world: World, jira: Any, key: str) -> None:
    jira.site.transition(key, "Done", at=world.clock.turn(minutes=1))
    world.tick()


def test_an_override_stands_over_what_goes_on_being_computed(told: World, jira) -> None:
    override(told, 80)
    shown = told.report()
    assert (shown["value"], shown["computed"], shown["progress"]) == (80, 25, 0.8)
    assert (shown["override"]["reason"], shown["override"]["author"]) == ("seen on site", "lead")
    done(told, jira, "PLAT-2")
    told.sync(full=True)
    assert both(told) == (80, 50)
    assert told.report()["score"] == 0.8


def test_neither_a_sync_nor_a_change_of_links_ends_an_override(told: World, jira) -> None:
    override(told, 80)
    told.apply(key_result("KR-1", link("jira:project:PLAT", types=["Bug"]), target=200))
    told.sync()
    assert both(told) == (80, None)
    told.apply(key_result("KR-1", link("jira:label:PLAT/okr")))
    told.sync()
    assert both(told) == (80, None)
    told.apply(EPIC)
    told.sync()
    schedule.sweep(told.runtime)
    assert both(told) == (80, 25)
    (row,) = told.rows("override")
    assert row.ended_at is None


def test_an_override_ends_by_hand_and_past_instants_keep_it(told: World) -> None:
    before = told.clock()
    override(told, 80)
    during = told.clock()
    told.clock.turn(hours=1)
    said.end_override(told.runtime, subject(author="owner"))
    assert both(told) == (25, 25)
    assert told.report()["override"] is None
    told.clock.turn(hours=1)
    assert told.explain("KR-1", before - timedelta(minutes=1))["value"] == 25
    assert both_at(told, during) == (80, 25)
    assert both_at(told, during + timedelta(hours=1)) == (25, 25)
    moved = [(each["kind"], each["author"]) for each in told.explain()["changes"][:2]]
    assert moved == [("override_ended", "owner"), ("override_set", "lead")]
    with pytest.raises(Refused, match="KR-1 has no override to end"):
        said.end_override(told.runtime, subject())


def test_an_override_is_replaced_by_the_next_and_each_is_told_once(told: World) -> None:
    override(told, 80, until=today(told, 2))
    first = told.clock()
    told.clock.turn(minutes=1)
    override(told, 40)
    assert both(told) == (40, 25)
    told.clock.turn(minutes=1)
    assert told.explain("KR-1", first)["value"] == 80
    changes = told.explain()["changes"]
    assert [each["kind"] for each in changes[:3]] == [
        "override_set", "override_ended", "override_set",
    ]  # fmt: skip
    assert sum(each["delta"] for each in changes) == pytest.approx(0.4, abs=1e-12)
    assert [row.ended_by for row in told.rows("override")] == ["lead", None]
    override(told, 10, until=today(told))
    assert told.explain()["changes"][0]["value"] == 10


def test_the_sweep_ends_an_override_when_its_last_day_is_over(told: World) -> None:
    override(told, 80, until=today(told, 1))
    override(told, 7, "KR-3")
    told.clock.now = told.clock().replace(hour=23, minute=58) + timedelta(days=1)
    schedule.sweep(told.runtime)
    assert both(told) == (80, 25), "its last day is not over"
    last = told.clock()
    told.clock.turn(minutes=5)
    assert said.end_due(told.runtime) == 1
    assert said.end_due(told.runtime) == 0
    assert both(told) == (25, 25)
    assert both(told, "KR-3") == (7, None), "the next check-in ends that one"
    assert told.rows("override")[0].ended_by == f"its last day, {today(told, -1)}, was over"
    assert told.explain("KR-1", last)["value"] == 80
    assert not audit.audit(told.runtime, trackers=False)


def test_the_clock_itself_ends_overrides(told: World) -> None:
    override(told, 80, until=today(told))
    told.clock.turn(days=1)
    schedule.sweep(told.runtime)
    assert both(told) == (25, 25)


def test_a_check_in_ends_only_an_override_that_waits_for_one(told: World) -> None:
    override(told, 80, until=today(told, 3))
    override(told, 9, "KR-3")
    check_in(told, confidence=4, note="slow")
    check_in(told, "KR-3", confidence=9)
    assert both(told) == (80, 25)
    assert both(told, "KR-3") == (None, None)
    assert told.rows("override")[1].ended_by == "the check-in by lead"
    assert [told.report(key)["confidence"] for key in ("KR-1", "KR-3", "KR-4")] == [4, 9, None]


def test_confidence_is_of_its_day_and_no_sync_writes_it(told: World, jira) -> None:
    check_in(told, confidence=3)
    then = told.clock()
    told.clock.turn(hours=2)
    check_in(told, confidence=8)
    check_in(told, note="no number this time", blockers="waiting for a licence")
    done(told, jira, "PLAT-2")
    assert told.report()["confidence"] == 8
    assert told.explain("KR-1", then)["confidence"] == 3
    assert told.explain("KR-1", then - timedelta(minutes=1))["confidence"] is None
    assert [row.blockers for row in told.rows("check_in")][-1] == "waiting for a licence"
    assert told.report()["score"] == 0.5


def test_a_value_comes_by_check_in_and_push_only_where_nothing_computes_it(told: World) -> None:
    check_in(told, "KR-3", value=4)
    first = told.clock()
    told.clock.turn(minutes=1)
    said.push(told.runtime, subject("KR-3", author="exporter"), 6)
    check_in(told, "KR-4", value=1)
    assert both(told, "KR-3") == (6, 6)
    assert told.report("KR-4")["score"] == 1
    assert told.explain("KR-3", first)["value"] == 4
    moved = [(each["kind"], each["author"]) for each in told.explain("KR-3")["changes"]]
    assert moved == [("value_pushed", "exporter"), ("value_typed", "lead")]
    assert [row.pushed for row in told.rows("typed")] == [False, True, False]
    assert not audit.audit(told.runtime, trackers=False)


def test_a_guarded_outcome_waits_at_95_until_it_is_confirmed(told: World, jira) -> None:
    assert (told.report("KR-2")["progress"], told.report("KR-2")["capped"]) == (0.5, False)
    done(told, jira, "PLAT-2")
    waiting = told.clock()
    shown = told.report("KR-2")
    assert (shown["value"], shown["progress"], shown["capped"]) == (50, 0.95, True)
    assert shown["health"] != "done"
    told.clock.turn(minutes=1)
    check_in(told, "KR-2", confirms=True)
    assert (told.report("KR-2")["progress"], told.report("KR-2")["capped"]) == (1, False)
    assert told.report("KR-2")["health"] == "done"
    assert told.explain("KR-2", waiting)["progress"] == 0.95
    assert not audit.audit(told.runtime, trackers=False)


def test_a_persons_word_is_not_held_back_by_a_guard(told: World) -> None:
    override(told, 50, "KR-2")
    assert (told.report("KR-2")["progress"], told.report("KR-2")["capped"]) == (1, False)


REFUSED = [
    (lambda w: override(w, math.nan), "nan is not a finite number"),
    (lambda w: override(w, math.inf), "inf is not a finite number"),
    (lambda w: override(w, 0.5, "KR-4"), "KR-4 is done or not; give 1"),
    (lambda w: override(w, 1, until=today(w, -1)), "is over; give today or a later day"),
    (lambda w: override(w, 1, "KR-9"), "no key result 'KR-9' in cycle now"),
    (lambda w: said.override(w.runtime, subject(), 1, reason="  ", until=None), "reason: say why"),
    (lambda w: said.override(w.runtime, subject(), 1, reason="x" * 2001, until=None), "shorten"),
    (lambda w: said.override(w.runtime, subject(cycle="then"), 1, reason="r", until=None),
     "in cycle then"),
    (lambda w: said.end_override(w.runtime, subject("KR-3")), "no override to end"),
    (check_in, "a check-in says something"),
    (lambda w: check_in(w, note=" ", blockers=" "), "a check-in says something"),
    (lambda w: check_in(w, confidence=0), "confidence: 0 is out of place"),
    (lambda w: check_in(w, confidence=11), "confidence: 11 is out of place"),
    (lambda w: check_in(w, confidence=5, note="x" * 2001), "note: is longer than 2000"),
    (lambda w: check_in(w, confidence=5, blockers="x" * 2001), "blockers: is longer"),
    (lambda w: check_in(w, value=5, confidence=5), "the links of KR-1 compute it; override"),
    (lambda w: check_in(w, "KR-5", value=5), "objectives that support KR-5 compute it"),
    (lambda w: check_in(w, "KR-3", value=-math.inf), "-inf is not a finite number"),
    (lambda w: check_in(w, "KR-4", value=2), "KR-4 is done or not"),
    (lambda w: check_in(w, confirms=True), "KR-1 does not wait for a confirmation"),
    (lambda w: said.push(w.runtime, subject(), 5), "the links of KR-1 compute it"),
    (lambda w: said.push(w.runtime, subject("KR-5"), 5), "support KR-5 compute it"),
    (lambda w: said.push(w.runtime, subject("KR-3"), math.nan), "not a finite number"),
]  # fmt: skip


def test_what_cannot_be_is_refused_with_a_sentence_and_nothing_is_half_saved(told: World) -> None:
    override(told, 60)
    before = everything(told)
    for say, sentence in REFUSED:
        with pytest.raises(Refused, match=sentence):
            say(told)
        assert everything(told) == before, sentence


def test_in_a_closed_cycle_nobody_says_anything_more(told: World) -> None:
    override(told, 60)
    start, end = today(told, -30), today(told, 60)
    told.apply(cycles=[{"key": "now", "start": start, "end": end, "state": "closed"}])
    before = everything(told)
    for say in (
        lambda: override(told, 70),
        lambda: said.end_override(told.runtime, subject()),
        lambda: check_in(told, confidence=5),
        lambda: said.push(told.runtime, subject("KR-3"), 5),
    ):
        with pytest.raises(Refused, match="cycle now is closed: its numbers stay"):
            say()
    assert everything(told) == before
