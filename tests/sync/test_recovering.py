"""Deliveries that GitHub could not bring are asked for again, within bounds; people see what
became of them."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest

from connector.store.tables import Connection
from sync import doctor, inbox, schedule
from sync.hooks import keeping
from sync.hooks.lost import summary
from sync.hooks.recovering import AT_ONCE
from sync.hooks.status import FailedDelivery, status
from tests.world import World, key_result, link

PUBLIC = "http://127.0.0.1:9"


@pytest.fixture
def kept(world: World) -> Iterator[World]:
    """GitHub with one repository linked and its webhook set up by us; nothing answers there."""
    settings = replace(world.runtime.settings, public_url=PUBLIC)
    world.runtime = replace(world.runtime, settings=settings)
    running = world.trackers["github"]
    running.site.now = world.clock
    running.site.delivered.clock = world.clock
    world.connect("github")
    for number in range(1, 4):
        running.site.add_issue("acme/api", f"Item {number}")
    world.apply(key_result("KR-1", link("github:repo:acme/api")))
    world.sync()
    running.faults.add("drop_webhooks", count=10_000)
    assert keeping.register(world.runtime, "github") is None
    world.clock.turn(minutes=1)
    yield world
    running.faults.clear()


def site(world: World) -> Any:
    return world.trackers["github"].site


def close(world: World, number: int) -> Any:
    """Close an issue, of which the delivery is lost; returns the delivery."""
    site(world).close("acme/api", number)
    return site(world).deliveries[-1]


def look(world: World, **later: float) -> None:
    world.clock.turn(**later)
    schedule.sweep(world.runtime)


def failed(world: World) -> tuple[FailedDelivery, ...]:
    return status(world.runtime, "github").failed


def asked(world: World) -> int:
    return len([call for call in site(world).calls if "/attempts" in str(call)])


def bring(world: World, delivery: Any) -> int:
    """What arrives when GitHub sends it again."""
    headers = dict(site(world).postman.headers(delivery))
    return inbox.receive(world.runtime, "github", headers, delivery.body).status


def told_by_doctor(world: World) -> tuple[bool, str]:
    found = {each.name: each for each in doctor.examine(world.runtime)}
    return found["webhooks github"].ok, found["webhooks github"].message


def test_a_dropped_delivery_is_asked_for_and_arrives(kept: World) -> None:
    delivery = close(kept, 1)
    look(kept, minutes=6)
    assert asked(kept) == 1
    (one,) = failed(kept)
    assert (one.event, one.state) == ("issues.closed", "waits")
    assert "failed to connect" in one.why
    assert bring(kept, delivery) == 202
    kept.poll()
    assert kept.value() == pytest.approx(100 / 3)
    look(kept, minutes=6)
    assert asked(kept) == 1
    (one,) = failed(kept)
    assert one.outcome == "arrived, sent again once"
    assert summary(failed(kept)) == "In the last 3 days 1 delivery failed: 1 arrived after all."
    assert told_by_doctor(kept)[0]
    kept.clock.turn(days=3)
    assert failed(kept) == ()


def test_without_any_redelivery_the_poll_finds_it(kept: World) -> None:
    close(kept, 1)
    kept.tick()
    assert kept.value() == pytest.approx(100 / 3)


def test_what_arrived_although_github_thinks_it_failed_is_not_asked_for(kept: World) -> None:
    delivery = close(kept, 1)
    assert bring(kept, delivery) == 202
    look(kept, minutes=6)
    assert asked(kept) == 0
    assert [each.outcome for each in failed(kept)] == ["arrived all the same"]


def test_each_is_asked_for_a_few_times_with_growing_gaps_and_then_given_up(kept: World) -> None:
    site(kept).postman.retries = ()
    close(kept, 1)
    times = []
    for _ in range(12 * 10):
        before = asked(kept)
        look(kept, minutes=5)
        if asked(kept) > before:
            times.append(kept.clock())
    gaps = [after - before for before, after in pairwise(times)]
    assert gaps == [timedelta(minutes=10), timedelta(hours=1)]
    (one,) = failed(kept)
    assert one.state == "given up"
    assert "3 times" in one.outcome
    ok, message = told_by_doctor(kept)
    assert not ok
    assert "issues.closed" in message
    kept.clock.turn(days=1)
    assert told_by_doctor(kept)[0]


def test_what_we_refused_ourselves_is_not_asked_for(kept: World) -> None:
    delivery = close(kept, 1)
    attempts = site(kept).delivered.attempts
    attempts[-1] = replace(attempts[-1], sent=replace(attempts[-1].sent, status=401, error=""))
    look(kept, minutes=6)
    assert asked(kept) == 0
    (one,) = failed(kept)
    assert (one.state, "of no use" in one.outcome) == ("refused", True)
    assert "401" in one.why
    assert delivery.event == "issues"
    assert not told_by_doctor(kept)[0]
    assert keeping.register(kept.runtime, "github") is None
    look(kept, minutes=6)
    assert [each.state for each in failed(kept)] == ["mended"]
    assert told_by_doctor(kept)[0]


def test_many_are_asked_for_some_at_a_time(kept: World) -> None:
    for number in range(AT_ONCE + 5):
        site(kept).edit("acme/api", 1, title=f"Title {number}")
    look(kept, minutes=6)
    assert asked(kept) == AT_ONCE
    look(kept, minutes=1)
    assert asked(kept) == AT_ONCE + 5


def test_a_limit_stops_asking_until_it_is_over(kept: World) -> None:
    for number in range(3):
        site(kept).edit("acme/api", 1, title=f"Title {number}")
    kept.trackers["github"].faults.add("rate_limited", count=1, method="POST", path="/attempts")
    look(kept, minutes=6)
    assert [each.state for each in failed(kept)] == ["waits"] * 3
    first = asked(kept)
    look(kept, minutes=61)
    assert asked(kept) >= first + 3


def test_while_nothing_fails_a_look_is_one_call_every_five_minutes(kept: World) -> None:
    look(kept, minutes=6)
    before = kept.calls("github")
    for _ in range(4):
        look(kept, minutes=1)
    assert kept.calls("github") == before
    look(kept, minutes=1)
    assert kept.calls("github") == before + 1


def test_a_right_that_is_lost_is_said(kept: World) -> None:
    token = site(kept).tokens.fine("acme", {"issues": "read", "pull_requests": "read"})
    assert kept.connect("github", token=token).error is None
    look(kept, minutes=6)
    ok, message = told_by_doctor(kept)
    assert not ok
    assert "webhooks" in message.lower()


def test_what_is_kept_of_before_needs_nothing_new(kept: World) -> None:
    (row,) = kept.rows("connection", name="github")
    old = {name: row.registered[name] for name in ("ids", "site", "door", "secret", "places",
                                                   "expires_at", "error", "again_at")}  # fmt: skip
    with kept.runtime.store.write() as session:
        session.get_one(Connection, row.id).registered = old
    assert failed(kept) == ()
    close(kept, 2)
    look(kept, minutes=6)
    assert len(failed(kept)) == 1
