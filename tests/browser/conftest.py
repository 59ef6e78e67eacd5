"""A served company and a real browser."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect, sync_playwright
from werkzeug.serving import make_server

from tests.web import acme, staff
from tests.web.world import World, make

CHROMIUM = Path("/usr/bin/chromium")
expect.set_options(timeout=20_000)  # two busy cores may take their time; nothing asserts it


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium as the system installed it."""
    if not CHROMIUM.exists():
        pytest.skip("no browser here: apt-get install chromium")
    with sync_playwright() as playwright:
        options = ["--no-sandbox"]
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=options)
        yield started
        started.close()


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[World, str]]:
    """The company's world, and the address it is served at."""
    world = make(tmp_path_factory.mktemp("browser"))
    acme.fill(world)
    staff.engage(world)
    world.add("admin", "admin")
    staff.tie(world, "admin", "maker")
    server = make_server("127.0.0.1", 0, world.app(), threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield world, f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()
    world.runtime.store.close()
