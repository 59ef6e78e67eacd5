"""Fixtures every test may use; no test reaches beyond this machine."""

import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest

from connector.store import Store, open_store
from connector.store.migrate import upgrade
from integrations.simulators import start_github, start_jira
from sync import runtime as composition
from sync.queue import SilentDoorbell
from tests import servers
from tests.world import Clock, World, settings

LOOPBACK = ("127.", "::1", "localhost")

# How long drawing an example takes says how busy the machine is, and nothing of the code.
hypothesis.settings.register_profile(
    "project", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("project")


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
    made = composition.build(settings(tmp_path), doorbell=SilentDoorbell(), clock=clock)
    upgrade(made.store)
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
def postgresql_url(postgresql: str, request: pytest.FixtureRequest) -> str:
    """An empty database of its own."""
    name = f"t{abs(hash(request.node.nodeid)):x}"
    admin = open_store(f"postgresql://postgres@/postgres?host={postgresql}")
    with admin.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    admin.close()
    return f"postgresql://postgres@/{name}?host={postgresql}"


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database, of each kind in turn."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'worklift.db'}"
    return str(request.getfixturevalue("postgresql_url"))


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    """A store with all its tables, on each database in turn."""
    opened = open_store(database_url)
    upgrade(opened)
    yield opened
    opened.close()
