"""The scaled form: PostgreSQL, Redis, and the Procfile's processes."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sync import runtime as composition
from sync.queue import SilentDoorbell
from tests.world import Clock, World, settings


@pytest.fixture
def pg_world(
    tmp_path: Path, clock: Clock, jira: Any, github: Any, postgresql_url: str
) -> Iterator[World]:
    """A service on PostgreSQL, as one process of several sees it, both trackers connected."""
    for running in (jira, github):
        running.site.now = clock
    given = settings(tmp_path, database_url=postgresql_url)
    made = composition.build(given, doorbell=SilentDoorbell(), clock=clock)
    world = World(made, clock, {"jira": jira, "github": github})
    for tracker in ("jira", "github"):
        assert world.connect(tracker).error is None
        world.hook(tracker)
    yield world
    made.store.close()
