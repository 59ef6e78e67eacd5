"""Fixtures of the page tests."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from flask.testing import FlaskClient

from sync.runtime import Trackers
from tests.web import acme
from tests.web.world import World, make
from web.accounts import passwords


@pytest.fixture(autouse=True)
def _cheap_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same algorithm at a fraction of its cost: these tests are not about its strength."""
    monkeypatch.setattr(passwords, "_hasher", PasswordHasher(time_cost=1, memory_cost=64))


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A service with an empty database."""
    made = make(tmp_path)
    yield made
    made.runtime.store.close()


@pytest.fixture
def filled(world: World) -> World:
    """A service with the company in it."""
    acme.fill(world)
    return world


@pytest.fixture
def planned(filled: World) -> World:
    """The company in a service that knows its trackers, so that its plan can be changed."""
    filled.runtime = replace(filled.runtime, trackers=Trackers())
    return filled


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[World]:
    """A demo with the company in it."""
    made = make(tmp_path, demo=True)
    acme.fill(made)
    yield made
    made.runtime.store.close()


@pytest.fixture
def service(tmp_path: Path, jira: Any) -> Iterator[World]:
    """A service that knows both trackers, beside a simulated Jira."""
    made = make(tmp_path)
    made.runtime = replace(made.runtime, trackers=Trackers())
    jira.site.now = made.clock
    yield made
    made.runtime.store.close()


@pytest.fixture
def admin(service: World) -> FlaskClient:
    """A browser signed in as an admin of it."""
    return service.client("admin")
