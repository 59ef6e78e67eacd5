"""The plug is pulled: databases that vanish or are full, workers that are killed."""

import itertools
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psutil
import pytest
from flask.testing import FlaskClient
from redis import Redis
from sqlalchemy import event, update

from connector.store.tables import Source
from sync import pipeline, ticking
from sync import runtime as composition
from sync.queue import RqDoorbell, SilentDoorbell
from tests import databases
from tests.scaled.outage import Power, powered
from tests.servers import PATIENCE, wait_for
from tests.world import Clock, World, key_result, link, settings
from web.app import create_app

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.timeout(300)


class Sender:
    """Sends deliveries, each under an identifier of its own, and keeps what was acknowledged."""

    def __init__(self, world: World) -> None:
        self.app = create_app(world.runtime)
        self.headers, self.body = world.last_delivery("jira")
        self.numbers = itertools.count()
        self.acked: list[str] = []
        self.answers: list[tuple[int, str | None]] = []

    def send(self) -> int:
        identifier = f"sent-{next(self.numbers)}"
        headers = {**self.headers, "X-Atlassian-Webhook-Identifier": identifier}
        told = self.app.test_client().post("/hooks/jira", data=self.body, headers=headers)
        self.answers.append((told.status_code, told.headers.get("Retry-After")))
        if told.status_code == 202:
            self.acked.append(identifier)
        return told.status_code

    def go_on(self, stopping: threading.Event) -> None:
        while not stopping.is_set():
            self.send()


@pytest.fixture
def power() -> Iterator[Power]:
    with powered() as found:
        yield found


@pytest.fixture
def shaken(tmp_path: Path, clock: Clock, jira: Any, power: Power) -> Iterator[World]:
    """A service on a PostgreSQL that can be switched off, with one source that was read."""
    jira.site.now = clock
    given = settings(tmp_path, database_url=databases.with_tables(str(power.folder)))
    world = World(composition.build(given, doorbell=SilentDoorbell(), clock=clock), clock,
                  {"jira": jira})  # fmt: skip
    yield linked(world)
    world.runtime.store.close()


def linked(world: World) -> World:
    site = world.trackers["jira"].site
    assert world.connect("jira").error is None
    world.hook("jira")
    site.add_issue("PLAT", "One")
    world.apply(key_result("KR-1", link("jira:project:PLAT")))
    world.sync()
    world.clock.turn(seconds=20)
    site.transition("PLAT-1", "Done")
    return world


def test_what_was_acknowledged_survives_a_database_that_dies_under_load(
    shaken: World, power: Power
) -> None:
    sender, stopping = Sender(shaken), threading.Event()
    with ThreadPoolExecutor(4) as several:
        sending = [several.submit(sender.go_on, stopping) for _ in range(4)]
        wait_for(lambda: len(sender.acked) > 20, "the first deliveries")
        power.off()
        wait_for(lambda: sender.answers[-1][0] == 503, "the outage")
        power.on()
        before = len(sender.acked)
        wait_for(lambda: len(sender.acked) > before + 20, "deliveries to be accepted again")
        stopping.set()
        assert [each.result(PATIENCE) for each in sending] == [None] * 4
    assert {status for status, _ in sender.answers} == {202, 503}
    assert all(again for status, again in sender.answers if status == 503)
    stored = {row.identifier for row in shaken.rows("delivery")}
    assert set(sender.acked) <= stored
    assert [each.error for each in shaken.poll()] == [None]
    assert (shaken.value(), shaken.waiting()) == (100, [])


def test_a_worker_and_a_page_go_on_with_the_first_try_after_an_outage(
    shaken: World, power: Power
) -> None:
    assert shaken.deliver("jira").status == 202
    app = create_app(shaken.runtime)
    client: FlaskClient = app.test_client()
    client.set_cookie(app.config["SIGN_IN_COOKIE"], "of nobody")
    power.off()
    gone = client.get("/connections")
    assert (gone.status_code, gone.headers["Retry-After"]) == (503, "60")
    ticking.tick(shaken.runtime, 15, _once())
    power.on()
    assert client.get("/connections").status_code != 503
    (source,) = shaken.sources()
    assert pipeline.drain(shaken.runtime, source).error is None
    assert shaken.value() == 100


def _once() -> threading.Event:
    stopping = threading.Event()
    stopping.set()
    return stopping


def _room(world: World, pages: int) -> Callable[[], None]:
    """Leave so many pages to an SQLite database; returns what makes room again."""
    engine = world.runtime.store.engine

    def limit(raw: Any, _record: Any) -> None:
        used = raw.execute("PRAGMA page_count").fetchone()[0]
        raw.execute(f"PRAGMA max_page_count = {used + pages}")

    engine.dispose()
    event.listen(engine, "connect", limit)

    def more() -> None:
        event.remove(engine, "connect", limit)
        engine.dispose()

    return more


def test_a_full_disk_refuses_deliveries_loses_none_and_needs_no_restart(
    world: World, jira: Any
) -> None:
    linked(world)
    sender = Sender(world)
    more = _room(world, 3)
    for _ in range(300):
        if sender.send() == 503:
            break
    assert sender.answers[-1][0] == 503
    assert sender.answers[-1][1]
    assert set(sender.acked) <= {row.identifier for row in world.rows("delivery")}
    assert world.value() == 0
    more()
    assert sender.send() == 202
    assert {row.identifier for row in world.rows("delivery")} == set(sender.acked)
    world.poll()
    assert (world.value(), world.waiting()) == (100, [])


@pytest.fixture
def workers(tmp_path: Path, redis_url: str) -> Iterator[Callable[[str], psutil.Process]]:
    """Starts RQ workers as the Procfile does."""
    Redis.from_url(redis_url).flushall()
    started: list[subprocess.Popen[bytes]] = []

    def start(database_url: str) -> psutil.Process:
        environ = {
            **os.environ, "DATABASE_URL": database_url, "REDIS_URL": redis_url,
            "WORKLIFT_HOME": str(tmp_path), "WORKLIFT_KEY": KEY, "PYTHONPATH": str(ROOT),
        }  # fmt: skip
        command = [
            str(Path(sys.executable).parent / "rq"), "worker", "worklift", "--url", redis_url,
            "--serializer", "rq.serializers.JSONSerializer",
            "--worker-class", "sync.worker.Worker", "--worker-ttl", "30",
        ]  # fmt: skip
        with (tmp_path / f"worker-{len(started)}").open("wb") as log:
            started.append(subprocess.Popen(command, env=environ, cwd=ROOT, stdout=log, stderr=log))
        return psutil.Process(started[-1].pid)

    yield start
    for each in started:
        each.kill()
        each.wait()


KEY = "a2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2s="
"""What ``tests.world.settings`` uses, as the environment holds it."""


def test_a_worker_that_was_killed_in_mid_drain_is_recovered_by_another(
    pg_world: World, jira: Any, redis_url: str, workers
) -> None:
    pg_world.clock.turn(seconds=-30)  # the workers' clock is the machine's
    linked(pg_world)
    jira.faults.add("slow", seconds=60, count=1)
    url = pg_world.runtime.settings.database_url
    assert pg_world.deliver("jira").status == 202
    (source,) = pg_world.sources()
    first = workers(url)
    RqDoorbell(redis_url).ring(source)
    wait_for(lambda: pg_world.rows("source")[0].lease_until, "the drain to begin")
    wait_for(lambda: not jira.faults.listed(), "the drain to wait for its tracker")
    assert first.children() == []  # nothing that could outlive it
    first.kill()
    assert pg_world.value() == 0
    workers(url)
    with pg_world.runtime.store.write() as session:  # instead of waiting for its end
        session.execute(update(Source).values(lease_until=pg_world.rows("source")[0].looked_at))
    wait_for(lambda: pg_world.value() == 100, "the other worker to finish the work")
    wait_for(lambda: not pg_world.waiting(), "its end")
