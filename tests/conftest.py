"""Fixtures every test may use; no test reaches beyond this machine."""

import logging
import socket
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import hypothesis
import pytest
import structlog

from connector.store import Store, open_store
from integrations.simulators import start_github, start_jira
from sync import runtime as composition
from sync.queue import SilentDoorbell
from tests import compiled, databases, servers
from tests.world import Clock, World, settings

LOOPBACK = ("127.", "::1", "localhost")

# How long drawing an example takes says how busy the machine is, and nothing of the code.
hypothesis.settings.register_profile(
    "explore", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
# The same examples in every run; --hypothesis-profile=explore looks for others.
hypothesis.settings.register_profile(
    "project", hypothesis.settings.get_profile("explore"), derandomize=True, database=None
)
hypothesis.settings.load_profile("project")


def pytest_collection_finish() -> None:
    compiled.loaded()


@pytest.fixture(scope="session", autouse=True)
def _no_outside_sockets() -> Iterator[None]:
    """Connecting beyond loopback fails the test that tries."""
    patch = pytest.MonkeyPatch()
    for name in ("connect", "connect_ex"):
        patch.setattr(socket.socket, name, _guarded(getattr(socket.socket, name)))
    yield
    patch.undo()


def _guarded(connect: Callable[..., Any]) -> Callable[..., Any]:
    def guard(self: socket.socket, address: Any) -> Any:
        if isinstance(address, tuple) and not str(address[0]).startswith(LOOPBACK):
            pytest.fail(f"a test tried to reach {address[0]}")
        return connect(self, address)

    return guard


@pytest.fixture(scope="session", autouse=True)
def _compiled_once() -> Iterator[None]:
    with compiled.statements(), compiled.apps(), compiled.keys(), compiled.hurry():
        yield


@pytest.fixture(autouse=True)
def _logs_as_found() -> Iterator[None]:
    """Commands set up the logs of their process; the next test finds them as this one did."""
    root = logging.getLogger()
    level, handlers = root.level, root.handlers[:]
    yield
    structlog.reset_defaults()
    root.setLevel(level)
    root.handlers[:] = handlers


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def jira() -> Iterator[Any]:
    """A simulated Jira Cloud with project PLAT."""
    with start_jira() as running:
        running.site.add_project("PLAT", "Platform")
        yield running


@pytest.fixture
def github() -> Iterator[Any]:
    """A simulated GitHub with repository acme/api and its milestone 1."""
    with start_github() as running:
        running.site.add_repo("acme/api")
        running.site.add_milestone("acme/api", "v1")
        yield running


@pytest.fixture
def world(tmp_path: Path, clock: Clock, jira: Any, github: Any) -> Iterator[World]:
    """A service on SQLite beside both trackers, which follow its clock; nothing is connected."""
    for running in (jira, github):
        running.site.now = clock
    databases.lay_out(tmp_path)
    made = composition.build(settings(tmp_path), doorbell=SilentDoorbell(), clock=clock)
    made = replace(made, draw=lambda: 0.5)  # what is left to chance is the same in every run
    yield World(made, clock, {"jira": jira, "github": github})
    made.store.close()


@pytest.fixture
def connected(world: World) -> World:
    """The same with both trackers connected, webhooks signed and recorded."""
    for tracker in ("jira", "github"):
        assert world.connect(tracker).error is None
        world.hook(tracker)
    return world


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """A real PostgreSQL for the tests of this process: the folder of its socket."""
    with servers.postgresql() as folder:
        yield folder


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """A real Redis for the tests of this process."""
    with servers.redis() as url:
        yield url


@pytest.fixture
def postgresql_url(postgresql: str) -> Iterator[str]:
    """A database of its own, with all its tables."""
    url = databases.with_tables(postgresql)
    yield url
    databases.dropped(postgresql, url)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database without tables, of each kind in turn."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'worklift.db'}"
        return
    server = request.getfixturevalue("postgresql")
    url = databases.empty(server)
    yield url
    databases.dropped(server, url)


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """A store with all its tables, on each database in turn."""
    if request.param == "sqlite":
        databases.lay_out(tmp_path)
        url = f"sqlite:///{tmp_path / 'worklift.db'}"
    else:
        url = request.getfixturevalue("postgresql_url")
    opened = open_store(url)
    yield opened
    opened.close()
