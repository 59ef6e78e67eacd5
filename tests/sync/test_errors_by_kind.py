"""What each kind of error does to a connection: calls made, state told, next try, recovery."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest

from connector.freshness import ConnectionReport
from sync import connections, doctor, lease, reports
from tests.world import World, key_result, link

POLL = timedelta(seconds=60)


@dataclass(frozen=True, kw_only=True)
class Case:
    """A fault and what follows. ``calls`` are those of the first look and of an hour's after it;
    ``pause`` how long it waits for its first try again, None where only a person ends it."""

    fault: str
    how: Mapping[str, Any] = field(default_factory=dict)
    calls: tuple[int, range]
    word: str
    kind: str | None
    pause: timedelta | None = 2 * POLL
    said: str = ""


KEEPS = range(4, 8)
"""Calls within an hour of growing gaps."""
CASES = {
    "500": Case(fault="error", calls=(1, KEEPS), word="ageing", kind="unanswered", said="HTTP 500"),
    "502": Case(fault="error", how={"status": 502}, calls=(1, KEEPS), word="ageing",
                kind="unanswered", said="HTTP 502"),
    "truncated": Case(fault="truncated", calls=(1, KEEPS), word="ageing", kind="unanswered",
                      said="only a part"),
    "a sign-in page": Case(fault="html", calls=(1, KEEPS), word="ageing", kind="unanswered",
                           said="instead of JSON"),
    "a refused token": Case(fault="unauthorized", calls=(3, range(1)), word="broken",
                            kind="denied", pause=None, said="token"),
}  # fmt: skip
SCOPES = {"jira": "jira:project:PLAT", "github": "github:repo:acme/api"}


@pytest.fixture(params=["jira", "github"])
def tracker(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def read(world: World, tracker: str) -> World:
    """One source of a tracker, read; chance always chooses the longest gap, and a poll is due."""
    world.runtime = replace(world.runtime, draw=lambda: 1.0)
    add(world, tracker)
    world.connect(tracker)
    world.apply(key_result("KR-1", link(SCOPES[tracker])))
    world.sync()
    world.clock.turn(minutes=2)
    return world


def add(world: World, tracker: str) -> None:
    world.trackers[tracker].site.add_issue({"jira": "PLAT"}.get(tracker, "acme/api"), "Item")


def report(world: World, name: str) -> ConnectionReport:
    with world.runtime.store.read() as session:
        found = reports.connection_reports(
            session, world.clock(), world.runtime.settings, world.runtime.trackers
        )
    return next(each for each in found if each.name == name)


def calls(world: World, tracker: str, do: Callable[[], object]) -> int:
    before = world.calls(tracker)
    do()
    return world.calls(tracker) - before


def an_hour(world: World) -> None:
    for _ in range(120):
        world.clock.turn(seconds=30)
        world.poll()


@pytest.mark.parametrize("name", CASES)
def test_each_kind_of_error(read: World, tracker: str, name: str) -> None:
    case, begun = CASES[name], read.clock()
    faults = read.trackers[tracker].faults
    add(read, tracker)
    faults.add(case.fault, **case.how)
    assert 1 <= calls(read, tracker, read.poll) <= case.calls[0]

    shown = report(read, tracker)
    (source,) = shown.sources
    assert (shown.word, shown.error_kind) == (case.word, case.kind)
    assert case.said in (shown.error or "")
    assert (shown.failing_since == begun) == (case.kind is not None)
    again = begun + case.pause if case.pause else None
    assert source.next_at is None if again is None else abs(source.next_at - again) <= 4 * POLL
    assert read.link()["reading"] == 0

    assert calls(read, tracker, lambda: an_hour(read)) in case.calls[1]
    faults.clear()
    add(read, tracker)
    if again is None:
        assert calls(read, tracker, lambda: an_hour(read)) == 0
        assert read.connect(tracker).error is None
    read.clock.turn(hours=1, minutes=20)
    read.poll()
    shown = report(read, tracker)
    assert (shown.word, shown.error, shown.fix, shown.failing_since) == ("fresh", None, None, None)
    assert read.link()["items"] == 3


def test_a_pause_is_kept_as_a_time_not_as_a_failure(read: World, tracker: str) -> None:
    add(read, tracker)
    read.trackers[tracker].faults.add("rate_limited", seconds=3600, count=1)
    assert calls(read, tracker, read.poll) == 1
    shown = report(read, tracker)
    (source,) = shown.sources
    assert (shown.word, shown.error, shown.failing_since) == ("fresh", None, None)
    assert source.next_at is not None
    assert source.next_at - read.clock() > timedelta(minutes=50)
    read.clock.now = source.next_at - timedelta(seconds=1)
    assert calls(read, tracker, read.poll) == 0
    read.clock.turn(seconds=1)
    read.poll()
    assert read.link()["items"] == 2


@pytest.mark.parametrize(
    ("fault", "how", "fix"),
    [("error", {}, "keeps trying by itself"), ("unauthorized", {}, "No call is made until")],
)
def test_an_error_has_one_fix_wherever_it_is_told(
    read: World, tracker: str, fault, how, fix
) -> None:
    read.trackers[tracker].faults.add(fault, **how)
    read.poll()
    shown = report(read, tracker)
    assert fix in (shown.fix or "")
    checks = {each.name: each for each in doctor.examine(read.runtime)}
    answer, fresh = checks[f"connection {tracker}"], checks[f"freshness {tracker}"]
    assert not answer.ok
    assert not fresh.ok
    assert shown.error in {answer.message, None} or shown.error.rstrip(".") in fresh.message
    assert fresh.fix == shown.fix
    assert "since" in fresh.message


@pytest.fixture
def many(world: World) -> World:
    """Seven repositories of one GitHub, read; the next poll is due."""
    world.runtime = replace(world.runtime, draw=lambda: 1.0)
    site = world.trackers["github"].site
    for number in range(7):
        site.add_repo(f"acme/r{number}")
        site.add_issue(f"acme/r{number}", "Item")
    world.connect("github")
    world.apply(*(key_result(f"KR-{n}", link(f"github:repo:acme/r{n}")) for n in range(7)))
    world.sync()
    world.clock.turn(minutes=2)
    return world


def test_where_nobody_answers_one_source_asks_for_all(many: World) -> None:
    faults = many.trackers["github"].faults
    faults.add("error")
    assert calls(many, "github", many.poll) == 5
    shown = report(many, "github")
    assert shown.rests_until is not None
    assert len(shown.failing) == 5
    for _ in range(6):
        rest = report(many, "github").rests_until
        assert rest is not None
        many.clock.now = rest - timedelta(seconds=1)
        assert calls(many, "github", many.poll) == 0
        many.clock.now = rest
        assert calls(many, "github", many.poll) <= 1
    faults.clear()
    while (rest := report(many, "github").rests_until) is not None:
        many.clock.now = rest
        many.poll()
    shown = report(many, "github")
    assert (shown.word, shown.failing, shown.rests_until) == ("fresh", (), None)
    assert {each.looked_at for each in shown.sources} == {many.clock()}


def test_a_try_that_dies_lets_another_one_ask(many: World) -> None:
    many.trackers["github"].faults.add("error")
    many.poll()
    many.clock.now = report(many, "github").rests_until or many.clock()
    many.trackers["github"].faults.clear()
    with many.runtime.store.write() as session:
        session.connection().exec_driver_sql("update source set due_at = null")
    first, second = many.sources()[:2]
    assert lease.claim(many.runtime, first) is not None
    assert lease.claim(many.runtime, second) is None
    many.clock.turn(seconds=61)
    assert lease.claim(many.runtime, second) is not None


def test_a_source_that_is_answered_keeps_the_others_going(many: World) -> None:
    """Some repositories fail for ever; the circuit is of the tracker, not of them."""
    faults = many.trackers["github"].faults
    for number in range(3):
        faults.add("error", path=f"/repos/acme/r{number}/")
    for _ in range(6):
        many.tick()
    shown = report(many, "github")
    assert (shown.word, shown.rests_until) == ("partly", None)
    assert [each.key for each in shown.failing] == ["acme/r0", "acme/r1", "acme/r2"]


def test_one_repository_out_of_sight_leaves_the_others_fresh(many: World) -> None:
    site, begun = many.trackers["github"].site, many.clock()
    site.hide_repo("acme/r3")
    for _ in range(3):
        many.clock.turn(hours=13)
        many.poll()
    shown = report(many, "github")
    (lost,) = shown.failing
    assert (shown.word, lost.key, lost.error_kind) == ("partly", "acme/r3", "gone")
    assert (shown.error, shown.fix, shown.looked_at) == (None, None, many.clock())
    assert lost.failing_since is not None
    assert lost.failing_since >= begun
    assert many.report("KR-1")["health"] != "unknown"
    assert many.report("KR-3")["health"] == "unknown"
    assert "acme/r3" in many.link("KR-3")["error"]
    (check,) = [e for e in doctor.examine(many.runtime) if e.name == "freshness github"]
    assert "1 of 7 sources fail, the others were read completely at" in check.message
    assert "acme/r3 since" in check.message


def test_a_test_answers_for_the_account_and_not_for_a_single_repository(many: World) -> None:
    site = many.trackers["github"].site
    site.hide_repo("acme/r3")
    many.clock.turn(hours=13)
    many.poll()
    (lost,) = report(many, "github").failing
    (links,) = [each for each in doctor.examine(many.runtime) if each.name == "links"]
    assert (links.ok, links.message.endswith("now: KR-3 github:repo:acme/r3")) == (False, True)
    many.clock.turn(minutes=5)
    assert connections.again(many.runtime, "github").error is None
    assert report(many, "github").failing[0].failing_since == lost.failing_since
    many.poll()
    (still,) = report(many, "github").failing
    assert (still.failing_since, still.looked_at) == (lost.failing_since, lost.looked_at)
    site.show_repo("acme/r3")
    assert connections.again(many.runtime, "github").error is None
    many.poll()
    assert report(many, "github").failing == ()


def test_a_refusal_lasts_since_it_began_and_is_told_without_other_advice(
    read: World, tracker: str
) -> None:
    with read.runtime.store.write() as session:
        connection = connections.find(session, tracker)
        connection.token_until = read.clock() + timedelta(days=6)
    assert "ends in" in (report(read, tracker).token_warning or "")
    read.trackers[tracker].faults.add("unauthorized")
    read.poll()
    shown = report(read, tracker)
    assert shown.word == "broken"
    assert shown.token_warning is None
    assert "Issues: Read-only" not in (shown.error or "")
    read.clock.turn(minutes=5)
    assert connections.again(read.runtime, tracker).error is not None
    assert report(read, tracker).failing_since == shown.failing_since
    with read.runtime.store.write() as session:
        connections.find(session, tracker).token_until = read.clock()
    assert "The token ended on" in (report(read, tracker).token_warning or "")
