"""Rare meetings: what is under way when something else changes must still give right numbers."""

import json
import threading
from datetime import timedelta
from typing import Any

import pytest
import yaml
from sqlalchemy import event

from connector.errors import RateLimited, Refused, Unavailable
from connector.okr import LinkRule, Measure
from integrations.jira.session import JiraSession
from sync import audit, failures, lease, mappings, pipeline, preview, said, sources
from sync import runtime as composition
from sync.mappings import Saving
from sync.queue import SilentDoorbell
from sync.said import Subject
from tests.databases import somebody_waits
from tests.servers import PATIENCE, wait_for
from tests.world import World, key_result, link, plan, settings

WHO = Saving(author="admin", reason="as agreed")
POINTS = {"number": "sum", "of": "points", "over": "all"}
OTHER = "customfield_10036"


@pytest.fixture
def lived(connected: World, jira) -> World:
    """An epic with four estimated stories, one of them done."""
    jira.site.add_issue("PLAT", "Move the queue", "Epic", at=day(connected, -28))
    for number in range(4):
        made = day(connected, -27 + number)
        jira.site.add_issue("PLAT", f"Step {number}", parent="PLAT-1", points=2.0, at=made)
    jira.site.transition("PLAT-2", "Done", at=day(connected, -20))
    return connected


@pytest.fixture
def one_field(lived: World, jira) -> World:
    """Only one field holds points; another one holds a 3 on every story."""
    options = {"email": "admin@example.com", "story_points": "customfield_10016"}
    lived.connect("jira", options=options)
    for number in range(2, 6):
        jira.site.edit(f"PLAT-{number}", **{OTHER: 3.0})
    return lived


def day(world: World, days: float):
    return world.clock() + timedelta(days=days)


def two_cycles(world: World, state: str = "active") -> None:
    """The same key result in an open cycle and in one that is in this state."""
    document = yaml.safe_load(plan(key_result("KR-1", link("jira:epic:PLAT-1"))))
    document["cycles"].append({**document["cycles"][0], "key": "old", "state": state})
    document["objectives"].append({**document["objectives"][0], "cycle": "old"})
    world.apply_text(json.dumps(document, default=str))


def once_read(monkeypatch: pytest.MonkeyPatch, then: Any) -> None:
    """Something happens once, after a look at Jira and before its end is written."""
    original, done = JiraSession.read, []

    def reading(self, *given, **how):
        yield from original(self, *given, **how)
        if not done:
            done.append(then())

    monkeypatch.setattr(JiraSession, "read", reading)


def failing_history(monkeypatch: pytest.MonkeyPatch, error: Any) -> None:
    def history(self, *_given):
        raise error()
        yield

    monkeypatch.setattr(JiraSession, "history", history)


def test_a_cycle_closed_before_its_past_was_told_is_not_drained_for_ever(lived: World) -> None:
    two_cycles(lived)
    (source,) = lived.sources()
    pipeline.drain(lived.runtime, source, force=True)
    two_cycles(lived, "closed")
    for _ in range(3):
        if source in lived.waiting():
            pipeline.drain(lived.runtime, source)
    assert lived.waiting() == []


def test_a_history_that_cannot_be_read_does_not_stop_the_numbers_of_now(
    lived: World, jira, monkeypatch
) -> None:
    lived.apply(key_result("KR-1", link("jira:epic:PLAT-1")))
    with monkeypatch.context() as patch:
        failing_history(patch, lambda: Unavailable("no word"))
        lived.sync()
        jira.site.transition("PLAT-3", "Done", at=lived.clock.turn(minutes=2))
        lived.tick()
        assert (lived.value(), lived.link()["error"]) == (50, None)
        assert lived.waiting() == []
    lived.clock.turn(minutes=30)
    lived.sync()
    assert lived.explain()["links"][0]["history_from"] is not None


def test_a_limit_met_while_reading_history_is_a_pause_of_the_whole_account(
    lived: World, jira, monkeypatch
) -> None:
    lived.apply(key_result("KR-1", link("jira:epic:PLAT-1")))
    with monkeypatch.context() as patch:
        until = lived.clock() + timedelta(minutes=20)
        failing_history(patch, lambda: RateLimited("wait", until))
        lived.sync()
        first = lived.value()
        jira.site.transition("PLAT-3", "Done", at=lived.clock.turn(minutes=2))
        asked = lived.calls("jira")
        lived.tick()
        assert (lived.value(), lived.link()["error"]) == (first, None)
        assert lived.calls("jira") == asked
    lived.clock.turn(minutes=30)
    lived.sync()
    assert lived.value() == 50
    assert lived.explain()["links"][0]["history_from"] is not None


def test_a_link_made_while_a_look_without_its_field_is_under_way_stays_unread(
    one_field: World, monkeypatch
) -> None:
    first = key_result("KR-1", link("jira:epic:PLAT-1"))
    one_field.apply(first)
    one_field.sync()
    measured = {"number": "sum", "of": f"field:{OTHER}", "over": "all"}
    second = key_result("KR-2", link("jira:epic:PLAT-1", measured))
    once_read(monkeypatch, lambda: one_field.apply(first, second))
    one_field.clock.turn(minutes=5)
    pipeline.drain(one_field.runtime, one_field.sources()[0], force=True, full=True)
    assert one_field.link("KR-2")["as_of"] is None
    one_field.sync()
    assert one_field.value("KR-2") == 12


def test_a_mapping_saved_twice_during_a_look_waits_for_the_field_it_needs(
    one_field: World, monkeypatch
) -> None:
    one_field.apply(key_result("KR-1", link("jira:epic:PLAT-1", POINTS)))
    one_field.sync()

    def save() -> None:
        for weight in (0.3, 0.4):
            document = {"points": [f"field:{OTHER}"], "weights": {"doing": weight}}
            mappings.save(one_field.runtime, "jira", document, WHO)

    once_read(monkeypatch, save)
    one_field.clock.turn(minutes=5)
    pipeline.drain(one_field.runtime, one_field.sources()[0], force=True, full=True)
    assert one_field.link()["as_of"] is None
    one_field.sync()
    assert one_field.value() == 12


def test_a_cycle_opened_again_catches_up(lived: World, jira) -> None:
    two_cycles(lived)
    lived.sync()
    two_cycles(lived, "closed")
    lived.sync()
    jira.site.transition("PLAT-3", "Done", at=lived.clock.turn(hours=1))
    lived.tick()
    assert sorted(row.value for row in lived.rows("reading")) == [0.25, 0.5]
    mappings.save(lived.runtime, "jira", {"statuses": {"To Do": "done"}}, WHO)
    two_cycles(lived, "active")
    lived.sync()
    assert [row.value for row in lived.rows("reading")] == [1, 1]
    assert not audit.audit(lived.runtime)


def test_an_override_of_a_closed_cycle_stays(lived: World) -> None:
    two_cycles(lived)
    lived.sync()
    subject = Subject("old", "KR-1", "lead")
    said.override(lived.runtime, subject, 90, reason="counted by hand", until=day(lived, 3).date())
    two_cycles(lived, "closed")
    lived.clock.turn(days=5)
    assert said.end_due(lived.runtime) == 0


def test_two_new_links_are_previewed_as_they_will_be_pooled(lived: World, jira) -> None:
    second = jira.site.add_issue("PLAT", "Another", "Epic").key
    for number in range(3):
        jira.site.add_issue("PLAT", f"Part {number}", parent=second)
    both = key_result("KR-1", link("jira:epic:PLAT-1"), link(f"jira:epic:{second}"))
    shown = preview.preview_plan(lived.runtime, plan(both), name="plan.yaml")
    lived.apply(both)
    lived.sync()
    assert shown[0].after.value == shown[1].after.value == pytest.approx(lived.value())


def test_the_pace_of_a_past_day_knows_the_working_days_of_then(lived: World) -> None:
    lived.apply(key_result("KR-1", link("jira:epic:PLAT-1")))
    lived.sync()
    at = lived.clock.turn(hours=1)
    expected = lived.report()["expected"]
    lived.clock.turn(hours=1)
    mappings.save(lived.runtime, "jira", {"working_days": ["mon"]}, WHO)
    assert lived.explain("KR-1", at)["expected"] == expected


def test_what_its_repository_no_longer_lists_is_gone_whatever_a_board_said(
    connected: World, github
) -> None:
    for number in range(2):
        github.site.add_issue("acme/api", f"Change {number}", milestone=1)
    board = ("acme", github.site.add_project("acme", "Launch"))
    github.site.put_on_project(board, ("acme/api", 1))
    repository = key_result("KR-2", link("github:repo:acme/api"))
    connected.apply(key_result("KR-1", link(f"github:project:acme/{board[1]}")), repository)
    connected.sync()
    connected.apply(key_result("KR-1", links=[]), repository)
    github.site.delete("acme/api", 1)
    connected.clock.turn(hours=7)
    connected.poll()
    assert connected.link("KR-2")["items"] == 1


def test_an_idle_look_reads_no_tags_of_all_items(connected: World, github) -> None:
    for number in range(5):
        github.site.add_issue("acme/api", f"Change {number}", milestone=1)
    board = ("acme", github.site.add_project("acme", "Launch"))
    github.site.put_on_project(board, ("acme/api", 1))
    connected.apply(
        key_result("KR-1", link(f"github:project:acme/{board[1]}")),
        key_result("KR-2", link("github:repo:acme/api")),
    )
    connected.sync()
    connected.tick()
    statements: list[str] = []

    def note(*given: Any) -> None:
        statements.append(given[2])

    event.listen(connected.runtime.store.engine, "after_cursor_execute", note)
    connected.tick()
    event.remove(connected.runtime.store.engine, "after_cursor_execute", note)
    assert statements
    assert not [each for each in statements if "item_tag JOIN item" in each]


def test_a_plan_and_a_failure_of_one_connection_do_not_lock_each_other_out(
    tmp_path, clock, github, postgresql_url, monkeypatch
) -> None:
    github.site.add_repo("acme/web")
    github.site.now = clock
    for repository in ("acme/api", "acme/web"):
        github.site.add_issue(repository, "Change")
    chosen = settings(tmp_path, database_url=postgresql_url)
    made = composition.build(chosen, doorbell=SilentDoorbell(), clock=clock)
    world = World(made, clock, {"github": github})
    world.connect("github")
    issues = [link(f"github:issue:acme/{name}/1") for name in ("api", "web")]
    repositories = [link(f"github:repo:acme/{name}") for name in ("api", "web")]
    world.apply(*(key_result(f"KR-{n}", issues[n], repositories[n]) for n in range(2)))
    world.sync()
    claim = lease.claim(made, world.sources()[1], force=True)
    assert claim is not None
    original, between = sources.need_of, threading.Event()

    def slow(session, *given):
        if not between.is_set():
            session.flush()
            between.set()
            wait_for(
                lambda: not paused.is_alive() or somebody_waits(made.store),
                "the failure to be noted, or to wait",
            )
        return original(session, *given)

    monkeypatch.setattr(sources, "need_of", slow)
    paused = threading.Thread(
        target=lambda: (
            between.wait(PATIENCE),
            failures.note_failure(made, claim, RateLimited("wait", day(world, 1))),
        )
    )
    paused.start()
    world.apply(*(key_result(f"KR-{n}", issues[n]) for n in range(2)))
    paused.join(PATIENCE)
    assert not paused.is_alive()
    assert len([row for row in world.rows("source") if row.not_before is not None]) == 2
    made.store.close()


def test_a_typed_value_of_the_past_stays_what_was_shown(lived: World) -> None:
    lived.apply(key_result("KR-1", value=40))
    at = lived.clock.turn(hours=1)
    lived.clock.turn(hours=1)
    lived.apply(key_result("KR-1", link("jira:epic:PLAT-1"), value=None))
    lived.sync()
    assert lived.explain("KR-1", at)["value"] == 40


def test_a_number_that_waited_for_a_field_is_unknown_at_that_time_for_ever(
    one_field: World,
) -> None:
    counted = link("jira:epic:PLAT-1")
    one_field.apply(key_result("KR-1", counted, link("jira:jql:project = PLAT and type = Epic")))
    one_field.sync()
    before = one_field.clock.turn(hours=1)
    shown = one_field.value()
    one_field.clock.turn(hours=1)
    measured = link("jira:epic:PLAT-1", {"share": f"field:{OTHER}"})
    one_field.apply(key_result("KR-1", measured))
    waiting = one_field.clock.turn(minutes=5)
    assert one_field.value() is None
    one_field.clock.turn(minutes=5)
    one_field.sync()
    assert [one_field.explain("KR-1", at)["value"] for at in (before, waiting)] == [shown, None]
    told = one_field.explain()
    assert sum(each["delta"] for each in told["changes"]) == pytest.approx(told["progress"])


def test_an_old_item_moved_into_a_scope_is_added_when_it_moved(lived: World, jira) -> None:
    old = jira.site.add_issue("PLAT", "From the backlog", at=day(lived, -25)).key
    lived.apply(key_result("KR-1", link("jira:epic:PLAT-1")))
    lived.sync()
    moved = lived.clock.turn(days=2)
    jira.site.edit(old, parent="PLAT-1", at=moved)
    lived.clock.turn(minutes=3)
    lived.poll()
    newest = lived.explain()["links"][0]["movements"][0]
    assert (newest["kind"], newest["item"]) == ("scope_added", old)
    assert newest["at"][:19] == moved.isoformat()[:19]


SUPPORTED = {
    "key": "KR-9", "title": "All of it", "kind": "increase", "start": 0, "target": 100,
    "unit": "%", "progress_from": "supports",
}  # fmt: skip


def supported(world: World) -> None:
    """KR-9 of another objective takes its progress from O-1, which KR-1 makes."""
    document = yaml.safe_load(plan(key_result("KR-1", link("jira:epic:PLAT-1"))))
    above = {**document["objectives"][0], "key": "O-9", "team": "acme", "key_results": [SUPPORTED]}
    document["objectives"][0]["supports"] = "KR-9"
    document["objectives"].append(above)
    world.apply_text(json.dumps(document, default=str))
    world.sync()


def test_a_key_result_from_supports_is_as_old_as_what_supports_it(lived: World) -> None:
    supported(lived)
    assert lived.report("KR-9")["health"] == lived.report("KR-1")["health"] != "unknown"
    lived.clock.turn(days=3)
    for shown in (lived.report("KR-9"), lived.explain("KR-9")):
        assert shown["health"] == "unknown"
    said.override(lived.runtime, Subject("now", "KR-9", "lead"), 80, reason="known", until=None)
    assert lived.report("KR-9")["health"] != "unknown", "a person's word does not age"


def test_the_story_of_a_key_result_from_supports_adds_up(lived: World, jira) -> None:
    supported(lived)
    lived.clock.turn(minutes=5)
    subject = Subject("now", "KR-9", "lead")
    said.override(lived.runtime, subject, 80, reason="counted by hand", until=None)
    lived.clock.turn(minutes=5)
    said.end_override(lived.runtime, subject)
    jira.site.transition("PLAT-3", "Done", at=lived.clock.turn(minutes=5))
    lived.tick()
    told = lived.explain("KR-9")
    deltas = {each["kind"]: round(each["delta"], 9) for each in told["changes"]}
    assert (deltas["override_set"], deltas["override_ended"]) == (0.55, -0.55)
    assert sum(each["delta"] for each in told["changes"]) == pytest.approx(told["progress"])


@pytest.mark.parametrize(
    ("rule", "sentence"),
    [
        (LinkRule(measure=Measure(of="points")), "must share one size"),
        (LinkRule(weight=3.0), "only count with combine: weighted"),
        (LinkRule(measure=Measure(aggregate="count")), "do not mix"),
    ],
)
def test_a_preview_refuses_what_saving_would_refuse(lived: World, rule, sentence) -> None:
    lived.apply(key_result("KR-1", link("jira:epic:PLAT-1")), key_result("KR-2", value=4))
    with pytest.raises(Refused, match=sentence):
        preview.preview_link(lived.runtime, "now", "KR-1", "jira:project:PLAT", rule)
    with pytest.raises(Refused, match="a value"):
        preview.preview_link(lived.runtime, "now", "KR-2", "jira:project:PLAT", LinkRule())
