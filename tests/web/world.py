"""A runtime on its own database, a clock that is turned by hand, and an app over it."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from flask import Flask
from flask.testing import FlaskClient

from connector.settings import Settings
from connector.store import open_store
from sync.queue import SilentDoorbell
from sync.runtime import Runtime
from sync.vault import Vault
from tests.databases import lay_out
from web.accounts import people
from web.app import create_app

START = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
PASSWORD = "open the calm gate"
ROLES = ("member", "lead", "viewer", "admin")


class Clock:
    """Stands still until it is turned."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now

    def turn(self, **by: float) -> None:
        self.now += timedelta(**by)


@dataclass
class World:
    runtime: Runtime
    clock: Clock

    def app(self) -> Flask:
        app = create_app(self.runtime)
        app.config["TESTING"] = True
        return app

    def add(self, name: str, role: str) -> None:
        with self.runtime.store.write() as session:
            people.add_user(session, name, PASSWORD, role, self.clock())

    def client(self, role: str | None = None) -> FlaskClient:
        """A browser without form tokens to fill in; signed in when a role is given."""
        app = self.app()
        app.config["WTF_CSRF_ENABLED"] = False
        client = app.test_client()
        if role is not None:
            self.add(role, role)
            answer = client.post("/sign-in", data={"name": role, "password": PASSWORD})
            assert answer.status_code == 303
        return client


def make(home: Path, *, demo: bool = False, public_url: str | None = None) -> World:
    """A world with an empty database."""
    lay_out(home)
    settings = Settings(
        home=home,
        database_url=f"sqlite:///{home / 'worklift.db'}",
        zone=ZoneInfo("Europe/Berlin"),
        public_url=public_url,
        demo=demo,
    )
    clock = Clock()
    runtime = Runtime(
        settings=settings,
        store=open_store(settings.database_url),
        vault=Vault(b"k" * 32),
        doorbell=SilentDoorbell(),
        clock=clock,
        trackers={},
    )
    return World(runtime, clock)
