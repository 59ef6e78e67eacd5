"""The HTTP door of one connection, for tests of what comes in by it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient

from integrations.kit.signature import sign
from integrations.simulators import start_jira
from integrations.tracker import secret_path
from sync import refusals, runtime
from sync.queue import SilentDoorbell
from tests import world as service
from tests.databases import lay_out
from tests.world import World
from web.app import create_app


class Door:
    """The HTTP door of one connection, and what came in by it."""

    def __init__(self, world: World, client: FlaskClient) -> None:
        self.world, self.client = world, client
        self.secret = world.secrets["jira"]
        self.path = secret_path(self.secret)

    def post(self, body: bytes, headers: dict[str, str], at: str = "/hooks/jira") -> Any:
        return self.client.post(at, data=body, headers=headers)

    def signed(self, body: bytes, **headers: str) -> Any:
        return self.post(body, {"X-Hub-Signature": sign(body, self.secret), **headers})

    def unsigned(self, body: bytes, **headers: str) -> Any:
        return self.post(body, headers, f"/hooks/jira/{self.path}")

    def marks(self) -> tuple[int, int]:
        """(dirty_seq, lists_seq) of the one source."""
        (row,) = self.world.rows("source")
        return row.dirty_seq, row.lists_seq

    def refused(self) -> int:
        self.world.clock.turn(seconds=5)
        refusals.settle(self.world.runtime)
        (row,) = self.world.rows("connection")
        return int(row.refused_deliveries)


@contextmanager
def opened(folder: Path) -> Iterator[Door]:
    """A service in a folder with Jira connected and a project linked."""
    clock = service.Clock()
    lay_out(folder)
    made = runtime.build(service.settings(folder), doorbell=SilentDoorbell(), clock=clock)
    with start_jira() as jira:
        jira.site.add_project("PLAT", "Platform")
        world = World(made, clock, {"jira": jira})
        world.connect("jira")
        world.apply(service.key_result("KR-1", service.link("jira:project:PLAT")))
        yield Door(world, create_app(made).test_client())
    made.store.close()


def body(event: str, stamp: int, **more: Any) -> bytes:
    return json.dumps({"timestamp": stamp, "webhookEvent": event, **more}).encode()
