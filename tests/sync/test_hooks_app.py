"""The webhook of a GitHub App: kept by itself, heard for its own installation alone."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from integrations.tracker import Client
from sync import schedule
from sync.grants import Renewal
from sync.hooks import keeping
from sync.hooks.status import status
from tests.world import World, key_result, link

PUBLIC = "https://worklift.example"
EVENTS = ["issues", "issue_comment", "pull_request", "milestone", "label", "repository",
          "sub_issues", "projects_v2_item"]  # fmt: skip
MAY = {"issues": "read", "metadata": "read", "pull_requests": "read"}


@pytest.fixture
def app(world: World) -> tuple[World, Any, Any]:
    """A service connected by a GitHub App that was made for it: (service, app, installation)."""
    settings = replace(world.runtime.settings, public_url=PUBLIC)
    world.runtime = replace(world.runtime, settings=settings)
    site = world.trackers["github"].site
    world.trackers["github"].faults.add("drop_webhooks", count=10_000)  # nobody is there
    made = site.add_app("Worklift", "acme", permissions=MAY, events=EVENTS, hook_url=PUBLIC)
    where = site.install_app(made, "acme", repos=None)
    site.add_issue("acme/api", "One")
    client = Client(
        id=str(made.id), secret=made.pem, redirect="", server=world.trackers["github"].url,
        allow_private=True, page=f"{world.trackers['github'].url}/apps/{made.slug}",
    )  # fmt: skip
    token = str(_consent(world).exchange(client, str(where.id)).token)
    renewal = Renewal(client=client, secret=str(where.id), until=world.clock() + timedelta(hours=1))
    connected = world.connect(
        "github", token=token, renewal=renewal, hook_secret=made.webhook_secret,
        options={"installation": str(where.id)},
    )  # fmt: skip
    assert connected.error is None
    world.apply(key_result("KR-1", link("github:repo:acme/api")))
    world.sync()
    return world, made, where


def _consent(world: World) -> Any:
    return world.runtime.tracker("github").consent


def row(world: World) -> Any:
    (found,) = world.rows("connection", name="github")
    return found


def test_it_is_led_to_our_door_without_anybody_asking(app: Any) -> None:
    world, made, _ = app
    schedule.sweep(world.runtime)
    assert made.hook_url == f"{PUBLIC}/hooks/github"
    found = status(world.runtime, "github")
    assert (found.ids, found.lacking, found.error) == (("app",), (), None)


def test_events_the_app_is_not_told_of_are_named(app: Any) -> None:
    world, made, where = app
    world.trackers["github"].site.permit(where, MAY, ["issues"])
    made.events = ["issues"]
    assert keeping.register(world.runtime, "github") is None
    (sentence,) = status(world.runtime, "github").lacking
    assert "Milestone, Label" in sentence


def test_a_new_secret_is_told_to_the_app(app: Any) -> None:
    world, made, _ = app
    schedule.sweep(world.runtime)
    rotated = keeping.rotate(world.runtime, "github")
    assert rotated.error is None
    assert made.webhook_secret == rotated.secret


def test_a_connection_that_becomes_an_app_takes_the_old_secret_for_a_day(world: World) -> None:
    world.connect("github")
    world.hook("github")
    world.apply(key_result("KR-1", link("github:repo:acme/api")))
    world.connect("github", hook_secret="made-by-github")
    site = world.trackers["github"].site
    for hours, status_ in ((0, 202), (23, 202), (2, 401)):
        world.clock.turn(hours=hours)
        site.add_issue("acme/api", "Signed as before")
        assert world.deliver("github").status == status_


def test_another_connections_webhook_is_left_alone(app: Any) -> None:
    world, made, _ = app
    made.hook_url = f"{PUBLIC}/hooks/other"
    world.trackers["github"].site.hook_app(made)
    said = keeping.register(world.runtime, "github")
    assert said is not None
    assert "another connection's" in said
    assert made.hook_url == f"{PUBLIC}/hooks/other"


def test_it_goes_with_the_app_alone(app: Any) -> None:
    world, _, _ = app
    schedule.sweep(world.runtime)
    said = keeping.remove(world.runtime, "github")
    assert said is not None
    assert "delete the app" in said
    assert status(world.runtime, "github").ids == ("app",)
    _, left = keeping.disconnect(world.runtime, "github")
    assert left == said


def test_deliveries_of_other_installations_are_accepted_and_nothing_follows(app: Any) -> None:
    world, made, _ = app
    site = world.trackers["github"].site
    schedule.sweep(world.runtime)
    site.add_repo("other/api")
    site.install_app(made, "other", repos=None)
    site.add_issue("other/api", "Elsewhere")
    assert world.deliver("github").status == 202
    assert world.waiting() == []
    site.close("acme/api", 1)
    assert world.deliver("github").status == 202
    assert len(world.waiting()) == 1


def test_a_suspended_installation_is_found_at_once_and_so_is_its_return(app: Any) -> None:
    world, _, where = app
    site = world.trackers["github"].site
    schedule.sweep(world.runtime)
    site.suspend(where)
    assert world.deliver("github").status == 202
    world.clock.turn(seconds=15)
    schedule.sweep(world.runtime)
    assert row(world).broken_at is not None
    assert "suspended" in row(world).error
    site.unsuspend(where)
    assert world.deliver("github").status == 202
    world.clock.turn(seconds=15)
    schedule.sweep(world.runtime)
    assert (row(world).broken_at, row(world).error) == (None, None)


def test_what_the_app_could_not_bring_is_asked_for_as_the_app(app: Any) -> None:
    world, _, _ = app
    site = world.trackers["github"].site
    site.close("acme/api", 1)
    schedule.sweep(world.runtime)
    failed = {each.event: each.state for each in status(world.runtime, "github").failed}
    assert failed["issues.closed"] == "waits"
    assert [call for call in site.calls if "/app/hook/deliveries/" in str(call)]
