"""What a tracker could not take when it was told is told again, until it has the secret of now."""

from typing import Any

import pytest

from sync import doctor, schedule
from sync.hooks import keeping
from tests.sync.test_hooks import as_app, hooks, public, receive, send, shown
from tests.world import World

__all__ = ["as_app", "public"]


def test_a_new_secret_that_jira_could_not_take_is_told_later(public: World) -> None:
    assert keeping.register(public.runtime, "jira") is None
    public.trackers["jira"].faults.add("error", count=50)
    rotated = keeping.rotate(public.runtime, "jira")
    assert rotated.error is not None
    public.trackers["jira"].faults.clear()
    public.clock.turn(hours=1)
    schedule.sweep(public.runtime)
    (hook,) = hooks(public)
    assert (hook.secret, shown(public).error) == (rotated.secret, None)
    public.clock.turn(hours=25)
    assert receive(public, send(public)) == 202


def test_a_new_secret_is_told_even_when_its_first_try_died(
    public: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert keeping.register(public.runtime, "jira") is None

    def die(*_: object) -> None:
        raise MemoryError

    with monkeypatch.context() as broken:
        broken.setattr(keeping, "register", die)
        with pytest.raises(MemoryError):
            keeping.rotate(public.runtime, "jira")
    first = hooks(public)[0].secret
    schedule.sweep(public.runtime)
    (hook,) = hooks(public)
    assert hook.secret != first
    count = len(calls(public))
    schedule.sweep(public.runtime)
    assert len(calls(public)) == count


def told_by_doctor(world: World) -> list[tuple[bool, str]]:
    found = doctor.examine(world.runtime)
    return [(each.ok, each.message) for each in found if each.name == "webhooks jira"]


def test_the_doctor_tells_of_webhooks_that_could_not_be_kept(as_app: World) -> None:
    assert told_by_doctor(as_app) == []
    assert keeping.register(as_app.runtime, "jira") is None
    assert told_by_doctor(as_app) == [(True, "kept set up by Worklift")]

    as_app.clock.turn(days=25)
    as_app.trackers["jira"].faults.add("error", count=50, path="/webhook")
    keeping.renew_due(as_app.runtime)
    ((ok, message),) = told_by_doctor(as_app)
    assert not ok
    assert str(shown(as_app).error) in message
    as_app.trackers["jira"].faults.clear()
    as_app.clock.turn(hours=1)
    keeping.renew_due(as_app.runtime)
    assert told_by_doctor(as_app) == [(True, "kept set up by Worklift")]

    as_app.clock.turn(days=40)
    ((ok, message),) = told_by_doctor(as_app)
    assert (ok, "nobody renewed them" in message) == (False, True)


def calls(world: World) -> list[Any]:
    return [each for each in world.trackers["jira"].site.calls if "webhook" in str(each)]


def test_an_app_told_of_a_new_secret_that_failed_has_it_later(as_app: World) -> None:
    assert keeping.register(as_app.runtime, "jira") is None
    old = hooks(as_app)[0].url
    as_app.trackers["jira"].faults.add("error", count=50)
    keeping.rotate(as_app.runtime, "jira")
    as_app.trackers["jira"].faults.clear()
    as_app.clock.turn(hours=1)
    keeping.renew_due(as_app.runtime)
    (hook,) = hooks(as_app)
    assert hook.url != old
    assert shown(as_app).error is None


def test_what_was_taken_away_before_the_new_could_be_made_is_made_later(as_app: World) -> None:
    assert keeping.register(as_app.runtime, "jira") is None
    as_app.trackers["jira"].faults.add("error", count=1, method="POST", path="/webhook")
    assert keeping.register(as_app.runtime, "jira") is not None
    found = shown(as_app)
    assert (hooks(as_app), found.ids, found.expires_at) == ([], (), None)
    as_app.clock.turn(hours=1)
    keeping.renew_due(as_app.runtime)
    assert len(hooks(as_app)) == 1
    assert shown(as_app).error is None


def test_a_new_secret_that_a_missing_right_keeps_from_jira_leaves_the_sentence(
    public: World,
) -> None:
    assert keeping.register(public.runtime, "jira") is None
    site = public.trackers["jira"].site
    site.is_admin = False
    rotated = keeping.rotate(public.runtime, "jira")
    assert "Administer Jira" in (rotated.error or "")
    assert (shown(public).error, shown(public).ids) == (rotated.error, ("admin/1",))
    site.is_admin = True
    public.clock.turn(days=1)
    keeping.renew_due(public.runtime)
    assert hooks(public)[0].secret == rotated.secret
    assert shown(public).error is None
