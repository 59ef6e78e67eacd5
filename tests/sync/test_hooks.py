"""Webhooks set up by us, kept from ending, and taken away; secrets that can be changed."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from connector.errors import Refused
from integrations.simulators import start_jira
from integrations.simulators.jira.passes import CLOUD_ID, READING, Pass
from integrations.tracker import secret_path
from sync import connections, inbox, schedule
from sync.hooks import keeping
from sync.hooks.status import HookStatus, status
from tests.world import World, key_result, link

PUBLIC = "https://worklift.example"


@pytest.fixture
def public(world: World) -> World:
    """A service that knows its own address, with Jira connected and one issue read."""
    return started(world)


def started(world: World) -> World:
    world.runtime = replace(
        world.runtime, settings=replace(world.runtime.settings, public_url=PUBLIC)
    )
    world.connect("jira")
    world.trackers["jira"].site.add_issue("PLAT", "One")
    world.apply(key_result("KR-1", link("jira:project:PLAT")))
    world.sync()
    return world


@pytest.fixture
def center(world: World) -> Any:
    """The same with a Data Center."""
    with start_jira(deployment="datacenter") as running:
        running.site.add_project("PLAT", "Platform")
        running.site.now = world.clock
        world.trackers["jira"] = running
        yield started(world)


@pytest.fixture
def as_app(public: World) -> World:
    """The same, signed in as an app through Atlassian's gateway."""
    jira = public.trackers["jira"]
    far = public.clock() + timedelta(days=365)
    jira.site.passes.service["access"] = Pass(READING | {"manage:jira-webhook"}, far)
    gateway = f"{jira.url}/ex/jira/{CLOUD_ID}"
    assert public.connect("jira", url=gateway, token="access", options={}).error is None
    public.sync()
    return public


def hooks(world: World) -> list[Any]:
    return list(world.trackers["jira"].site.postman.hooks)


def shown(world: World) -> HookStatus:
    return status(world.runtime, "jira")


def send(world: World, event: str = "jira:issue_updated") -> tuple[dict[str, str], bytes]:
    """What Jira would send now of a changed issue."""
    world.trackers["jira"].site.edit("PLAT-1", summary=f"At {world.clock()}", at=world.clock())
    return world.last_delivery("jira")


def receive(world: World, sent: tuple[dict[str, str], bytes], path: str | None = None) -> int:
    return inbox.receive(world.runtime, "jira", *sent, path=path).status


def test_an_admins_webhook_is_set_up_signed_and_followed(public: World) -> None:
    assert keeping.register(public.runtime, "jira") is None
    (hook,) = hooks(public)
    assert (hook.url, hook.secret) == (f"{PUBLIC}/hooks/jira", public.secrets["jira"])
    assert {"jira:issue_deleted", "issuelink_created", "sprint_closed"} < hook.events
    found = shown(public)
    assert (found.ids, found.expires_at, found.steps) == (("admin/1",), None, ())
    assert receive(public, send(public)) == 202


def test_data_center_sends_to_the_secret_path_and_signs_where_it_can(center: World) -> None:
    assert keeping.register(center.runtime, "jira") is None
    (hook,) = hooks(center)
    path = secret_path(center.secrets["jira"])
    assert (hook.url, hook.secret) == (f"{PUBLIC}/hooks/jira/{path}", center.secrets["jira"])
    assert shown(center).ids == ("newer/1",)
    assert shown(center).secret_url == hook.url
    assert receive(center, send(center), path) == 202


def test_an_old_data_center_never_signs(center: World) -> None:
    center.trackers["jira"].site.version = 9
    assert keeping.register(center.runtime, "jira") is None
    (hook,) = hooks(center)
    assert (hook.secret, shown(center).ids) == ("", ("admin/1",))
    sent = send(center)
    assert "X-Hub-Signature" not in sent[0]
    assert receive(center, sent) == 401
    assert receive(center, sent, secret_path(center.secrets["jira"])) == 202


def test_registering_again_leaves_one_webhook_and_those_of_others(public: World) -> None:
    others = public.trackers["jira"].site.add_hook("https://elsewhere.example/hooks/jira")
    left = public.trackers["jira"].site.add_hook(f"{PUBLIC}/hooks/jira/left-by-an-earlier-try")
    for _ in range(3):
        assert keeping.register(public.runtime, "jira") is None
    assert len(hooks(public)) == 2
    assert others in hooks(public)
    assert left not in hooks(public)


def test_without_the_right_a_sentence_says_who_can_and_nothing_is_tried_again(
    public: World,
) -> None:
    public.trackers["jira"].site.is_admin = False
    said = keeping.register(public.runtime, "jira")
    assert said is not None
    assert "Administer Jira" in said
    assert "by hand" in said
    (row,) = public.rows("connection", name="jira")
    assert (row.registered, row.broken_at, row.error) == (None, None, None)
    assert any("WebHooks" in each for each in shown(public).steps)


def test_without_our_own_address_a_sentence_says_what_to_set(world: World) -> None:
    world.connect("jira")
    with pytest.raises(Refused, match="WORKLIFT_PUBLIC_URL"):
        keeping.register(world.runtime, "jira")
    assert "WORKLIFT_PUBLIC_URL" in shown(world).steps[0]
    assert shown(world).url is None


def test_trackers_that_sign_everything_have_no_secret_path(public: World) -> None:
    public.connect("github")
    found = status(public.runtime, "github")
    assert (found.secret_url, found.can_register) == (None, True)
    public.trackers["github"].site.add_hook(PUBLIC)
    public.trackers["github"].site.add_issue("acme/api", "Unsigned")
    sent = public.last_delivery("github")
    path = secret_path(public.secrets["github"])
    assert inbox.receive(public.runtime, "github", *sent, path=path) == inbox.NOBODY


def test_what_jira_cannot_do_now_is_done_by_the_clock_later(public: World) -> None:
    public.trackers["jira"].faults.add("error", count=50)
    said = keeping.register(public.runtime, "jira")
    assert said is not None
    assert shown(public).error == said
    assert (shown(public).asked, shown(public).ids) == (True, ())
    public.trackers["jira"].faults.clear()
    schedule.sweep(public.runtime)
    assert hooks(public) == []
    public.clock.turn(hours=1)
    schedule.sweep(public.runtime)
    assert len(hooks(public)) == 1
    assert (shown(public).error, shown(public).ids) == (None, ("admin/1",))


def test_another_public_address_has_them_set_up_anew(public: World) -> None:
    keeping.register(public.runtime, "jira")
    moved = replace(public.runtime.settings, public_url="https://new.example")
    public.runtime = replace(public.runtime, settings=moved)
    keeping.renew_due(public.runtime)
    assert [hook.url for hook in hooks(public)] == ["https://new.example/hooks/jira"]


def test_those_of_an_app_end_and_are_renewed_before(as_app: World) -> None:
    assert keeping.register(as_app.runtime, "jira") is None
    (hook,) = hooks(as_app)
    assert hook.url == f"{PUBLIC}/hooks/jira/{secret_path(as_app.secrets['jira'])}"
    assert hook.projects == {"PLAT"}
    first = shown(as_app).expires_at
    assert first == as_app.clock() + timedelta(days=30)
    as_app.clock.turn(days=22)
    keeping.renew_due(as_app.runtime)
    assert shown(as_app).expires_at == first
    as_app.clock.turn(days=2)
    keeping.renew_due(as_app.runtime)
    assert shown(as_app).expires_at == as_app.clock() + timedelta(days=30)
    assert hooks(as_app)[0].until == shown(as_app).expires_at
    as_app.clock.turn(days=40)
    keeping.renew_due(as_app.runtime)
    assert hooks(as_app)[0].until == as_app.clock() + timedelta(days=30)


def test_those_of_an_app_that_were_deleted_there_are_made_anew(as_app: World) -> None:
    keeping.register(as_app.runtime, "jira")
    as_app.trackers["jira"].site.postman.hooks.clear()
    as_app.clock.turn(days=25)
    keeping.renew_due(as_app.runtime)
    assert len(hooks(as_app)) == 1
    assert shown(as_app).error is None


def test_those_of_an_app_follow_the_projects_that_are_read(as_app: World) -> None:
    site = as_app.trackers["jira"].site
    keeping.register(as_app.runtime, "jira")
    site.add_project("OPS", "Operations")
    site.add_issue("OPS", "There")
    sent = len(site.deliveries)
    assert sent == 0
    as_app.apply(key_result("KR-1", link("jira:project:PLAT"), link("jira:project:OPS")))
    as_app.sync()
    keeping.renew_due(as_app.runtime)
    assert shown(as_app).places == ("OPS", "PLAT")
    assert [hook.projects for hook in hooks(as_app)] == [{"OPS", "PLAT"}]


def test_before_anything_is_read_those_of_an_app_wait(as_app: World) -> None:
    as_app.trackers["jira"].site.delete("PLAT-1")
    as_app.sync(full=True)
    said = keeping.register(as_app.runtime, "jira")
    assert said is not None
    assert "none was read yet" in said
    assert shown(as_app).asked
    as_app.trackers["jira"].site.add_issue("PLAT", "Two")
    as_app.sync(full=True)
    as_app.clock.turn(hours=1)
    keeping.renew_due(as_app.runtime)
    assert len(hooks(as_app)) == 1


def test_removing_takes_them_away_and_keeps_them_away(public: World) -> None:
    keeping.register(public.runtime, "jira")
    assert keeping.remove(public.runtime, "jira") is None
    assert hooks(public) == []
    keeping.renew_due(public.runtime)
    assert hooks(public) == []
    assert keeping.remove(public.runtime, "jira") is None


def test_disconnecting_takes_them_away_or_says_that_they_stayed(public: World) -> None:
    keeping.register(public.runtime, "jira")
    assert keeping.disconnect(public.runtime, "jira") == (1, None)
    assert hooks(public) == []
    public.connect("jira")
    assert not shown(public).asked
    keeping.register(public.runtime, "jira")
    public.trackers["jira"].faults.add("error", count=50)
    _, said = keeping.disconnect(public.runtime, "jira")
    assert said is not None
    assert len(hooks(public)) == 1
    public.trackers["jira"].faults.clear()
    public.connect("jira")
    assert not shown(public).asked


def test_a_new_secret_holds_at_once_and_the_old_one_for_a_day(public: World) -> None:
    keeping.register(public.runtime, "jira")
    old = send(public)
    rotated = keeping.rotate(public.runtime, "jira")
    assert rotated.error is None
    assert rotated.until == public.clock() + timedelta(hours=24)
    (hook,) = hooks(public)
    assert hook.secret == rotated.secret != public.secrets["jira"]
    assert receive(public, send(public)) == 202
    assert receive(public, old) == 202
    old_path, new_path = map(secret_path, (public.secrets["jira"], rotated.secret))
    unsigned = {"X-Atlassian-Webhook-Identifier": "x"}, old[1]
    assert receive(public, unsigned, old_path) == 202
    public.clock.turn(hours=24)
    assert receive(public, send(public)) == 202
    assert receive(public, old) == 401
    assert receive(public, unsigned, old_path) == 404
    assert receive(public, unsigned, new_path) == 202
    assert shown(public).old_until is None


def test_two_new_secrets_leave_only_the_last_two_good(public: World) -> None:
    first = public.secrets["jira"]
    second, third = (keeping.rotate(public.runtime, "jira").secret for _ in range(2))
    body = {"X-Atlassian-Webhook-Identifier": "x"}, b'{"webhookEvent": "x"}'
    found = [receive(public, body, secret_path(each)) for each in (first, second, third)]
    assert found == [404, 202, 202]


def test_no_sentence_of_jira_tells_our_secret(public: World, monkeypatch: Any) -> None:
    secret = public.secrets["jira"]
    echo = f"bad URL {PUBLIC}/hooks/jira/{secret_path(secret)} or secret {secret}"

    def refuse(*_: Any) -> Any:
        raise connections.TrackerError(echo)

    monkeypatch.setattr(keeping.calling, "set_up", refuse)
    said = keeping.register(public.runtime, "jira") or ""
    assert "bad URL" in said
    stored = json.dumps([row._asdict() for row in public.rows("connection")], default=str)
    for each in (secret, secret_path(secret)):
        assert each not in said + stored
