"""The page of a connection sets up its webhooks, and says what stays when it ends."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.web.doors import Door, opened
from tests.web.world import PASSWORD
from web.accounts import people
from web.app import create_app


@pytest.fixture
def admin(tmp_path: Path) -> Iterator[tuple[Door, Any]]:
    """A service that knows its address, and an admin's browser."""
    with opened(tmp_path) as door:
        settings = replace(door.world.runtime.settings, public_url="https://worklift.example")
        running = replace(door.world.runtime, settings=settings)
        with running.store.write() as session:
            people.add_user(session, "admin", PASSWORD, "admin", running.clock())
        app = create_app(running)
        app.config["WTF_CSRF_ENABLED"] = False
        client = app.test_client()
        base = {"base_url": "https://worklift.example"}
        client.post("/sign-in", data={"name": "admin", "password": PASSWORD}, **base)
        yield door, lambda path, **form: client.post(path, data=form, follow_redirects=True, **base)


def test_webhooks_are_set_up_and_a_new_secret_is_shown_once(admin: Any) -> None:
    door, post = admin
    hooks = door.world.trackers["jira"].site.postman.hooks
    assert "Set up by Worklift" in post("/connections/jira/hooks", do="register").text
    assert [hook.url for hook in hooks] == ["https://worklift.example/hooks/jira"]
    shown = post("/connections/jira/hooks", do="rotate").text
    (hook,) = door.world.trackers["jira"].site.postman.hooks
    assert hook.secret in shown
    assert hook.secret not in post("/connections/jira/test").text


def test_disconnecting_says_that_webhooks_stayed(admin: Any) -> None:
    door, post = admin
    post("/connections/jira/hooks", do="register")
    door.world.trackers["jira"].site.is_admin = False
    answer = post("/connections/jira/disconnect")
    assert answer.status_code == 200
    assert "webhooks are still in the tracker" in answer.text
    assert "lets this account delete no webhooks" in answer.text
