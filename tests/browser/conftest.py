"""A served company and a real browser."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from tests.browser import serving
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
    with serving.served(world) as address:
        yield world, address
