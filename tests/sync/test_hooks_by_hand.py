"""Webhooks that people entered at GitHub by hand: what failed of them is told, and left alone."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from sync import doctor, schedule
from sync.hooks.status import status
from sync.hooks.watching import FIND_EVERY
from tests.world import World, key_result, link

PUBLIC = "http://127.0.0.1:9"


@pytest.fixture
def by_hand(world: World, site: Any) -> World:
    """GitHub with two repositories linked; a webhook of one leads here, and nothing arrives."""
    settings = replace(world.runtime.settings, public_url=PUBLIC)
    world.runtime = replace(world.runtime, settings=settings)
    site.now = site.delivered.clock = world.clock
    assert world.connect("github").error is None
    site.add_issue("acme/api", "Item 1")
    world.apply(key_result("KR-1", link("github:repo:acme/api"), link("github:repo:acme/web")))
    world.sync()
    site.add_hook(f"{PUBLIC}/hooks/github", world.secrets["github"], repo="acme/api")
    world.trackers["github"].faults.add("drop_webhooks", count=10_000)
    return world


@pytest.fixture
def site(world: World) -> Any:
    made = world.trackers["github"].site
    made.add_repo("acme/web")
    return made


def look(world: World, **later: float) -> None:
    world.clock.turn(**later)
    schedule.sweep(world.runtime)


def told(world: World) -> list[tuple[bool, str]]:
    found = doctor.examine(world.runtime)
    return [(each.ok, each.message) for each in found if each.name == "webhooks github"]


def hook_calls(site: Any) -> list[str]:
    found = [f"{each.method} {each.path.partition('/repos')[2]}" for each in site.calls]
    return [each for each in found if "/hooks" in each]


def test_what_failed_is_told_and_not_sent_again(by_hand: World, site: Any) -> None:
    site.close("acme/api", 1)
    look(by_hand, minutes=6)
    shown = status(by_hand.runtime, "github")
    (one,) = shown.failed
    assert (one.event, one.state) == ("issues.closed", "given up")
    assert "entered by hand" in one.outcome
    assert [each.rpartition("/")[0] for each in shown.by_hand] == ["repo/acme/api"]
    ((ok, message),) = told(by_hand)
    assert not ok
    assert "In the last 3 days 1 delivery failed" in message
    assert "issues.closed" in message
    for _ in range(4):
        look(by_hand, minutes=6)
    assert {each.partition(" ")[0] for each in hook_calls(site)} == {"GET"}
    by_hand.clock.turn(days=3)
    assert status(by_hand.runtime, "github").failed == ()


def test_it_costs_a_call_a_day_for_each_repository_and_one_a_look(
    by_hand: World, site: Any
) -> None:
    look(by_hand, minutes=1)
    found = [each for each in hook_calls(site) if each.endswith("/hooks")]
    assert found == [f"GET /acme/{name}/hooks" for name in ("api", "web")]
    before = len(hook_calls(site))
    look(by_hand, minutes=1)
    assert len(hook_calls(site)) == before
    look(by_hand, minutes=6)
    assert len(hook_calls(site)) == before + 1


def test_what_a_token_may_not_see_is_said_where_deliveries_come(by_hand: World, site: Any) -> None:
    token = site.tokens.fine("acme", {"issues": "read", "pull_requests": "read"})
    assert by_hand.connect("github", token=token).error is None
    look(by_hand, minutes=6)
    assert status(by_hand.runtime, "github").unseen is None
    site.close("acme/api", 1)
    assert by_hand.deliver("github").status == 202
    unseen = status(by_hand.runtime, "github").unseen or ""
    assert "no webhooks and no failed deliveries of acme/api, acme/web" in unseen
    assert "Webhooks: Read-only" in unseen
    ((ok, message),) = told(by_hand)
    assert ok
    assert unseen in message


def test_one_that_was_taken_away_is_forgotten_and_one_that_came_is_found(
    by_hand: World, site: Any
) -> None:
    look(by_hand, minutes=1)
    assert status(by_hand.runtime, "github").by_hand
    hooks = list(site.postman.hooks)
    site.postman.hooks.clear()
    for _ in range(2):
        look(by_hand, minutes=6)
    assert status(by_hand.runtime, "github").by_hand == ()
    site.postman.hooks += hooks
    look(by_hand, seconds=(FIND_EVERY + timedelta(minutes=1)).total_seconds())
    assert status(by_hand.runtime, "github").by_hand
