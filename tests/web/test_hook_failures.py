"""The page of a connection and the command tell what became of deliveries that failed."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from connector.store.tables import Connection
from sync.hooks.failed import Failed, Recovery
from sync.hooks.kept import Kept
from tests.web.test_hook_pages import admin
from web.commands import hooking

__all__ = ["admin"]


class Lines:
    """A terminal that keeps what is shown."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def out(self, text: str) -> None:
        self.lines.append(text)

    err = progress = out


@pytest.fixture
def failed(admin: Any) -> Any:
    """A connection of whose deliveries one arrived, one is refused and one waits."""
    door, post = admin
    now = door.world.clock()
    one = Failed(
        identifier="1", event="issues.closed", at=now, status=502, attempt="x", again_at=now,
        why="failed to connect to host",
    )  # fmt: skip
    three = (
        replace(one, asked=1, arrived=True),
        replace(one, identifier="2", event="milestone.edited", status=401, why="Invalid"),
        replace(one, identifier="3", event="label.edited", again_at=now + timedelta(minutes=5)),
    )
    held = Kept(ids=("x",), lacking=("<b>Not</b> for acme/web.",), recovery=Recovery(failed=three))
    with door.world.runtime.store.write() as session:
        session.query(Connection).one().registered = held.as_json()
    return door, post


def test_the_page_tells_of_each(failed: Any) -> None:
    _, post = failed
    shown = post("/connections/jira/test").text
    assert "In the last 3 days 3 deliveries failed" in shown
    assert "1 arrived after all, 1 to be sent again, 1 refused by Worklift" in shown
    for word in ("milestone.edited", "failed to connect to host", "Arrived, sent again once",
                 "of no use", "Set it up again"):  # fmt: skip
        assert word in shown
    assert "&lt;b&gt;Not&lt;/b&gt; for acme/web." in shown


def test_the_command_tells_of_each(failed: Any) -> None:
    door, _ = failed
    console = Lines()
    hooking.hooks(door.world.runtime, {"name": "jira", "do": None, "as_json": False}, console)
    told = "\n".join(console.lines)
    assert "not everywhere: <b>Not</b> for acme/web." in told
    assert "issues.closed: failed to connect to host, HTTP 502; arrived, sent again once" in told
    assert "3 deliveries failed" in told
