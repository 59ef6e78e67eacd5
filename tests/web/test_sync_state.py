"""What the sync says of itself while it rests, is late, or cannot write."""

import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, insert, select, text, update
from sqlalchemy.exc import OperationalError
from structlog.testing import capture_logs

from connector import settings
from connector.store import Store
from connector.store.tables import Connection, Delivery, Lease, Note, Run, Source, UnreadableItem
from sync import schedule, ticking, writable
from sync.queue import SilentDoorbell, ThreadDoorbell
from sync.runtime import NoDatabase, opened
from tests.sync.posted import told_each_transaction
from tests.web.test_sync_page import Told, figures
from tests.web.world import World
from web import control

FULL = "database or disk is full"


@pytest.fixture
def served(filled: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """A server that looked at everything just now; each page tries a write of its own."""
    monkeypatch.setattr(writable, "KEPT", 0.0)
    change(filled, looked_at=filled.clock(), due_at=filled.clock() + timedelta(minutes=1))
    with filled.runtime.store.write() as session:
        session.execute(delete(UnreadableItem))
        session.execute(delete(Note))
        session.execute(update(Connection).values(broken_at=None, error=None))
    change(filled, failing_since=None, error=None, done_seq=Source.dirty_seq, audit={})
    return filled


def change(world: World, **values: Any) -> None:
    with world.runtime.store.write() as session:
        session.execute(update(Source).values(**values))


def one_of(world: World) -> Source:
    with world.runtime.store.read() as session:
        return session.scalars(select(Source).order_by(Source.id).limit(1)).one()


def status(world: World, *, alone: bool = False) -> tuple[int, str]:
    """The exit code and what is said, by a server or beside none."""
    console = Told()
    bell = SilentDoorbell() if alone else ThreadDoorbell()
    code = control.carry_out(replace(world.runtime, doorbell=bell), "status", {}, console)
    return code, "\n".join(console.lines)


def test_all_is_well_where_everything_was_looked_at(served: World) -> None:
    code, said = status(served)
    assert (code, "no server" in said, "followed" in said) == (0, False, True)


def test_what_several_polls_missed_needs_somebody(served: World) -> None:
    served.clock.turn(minutes=3)
    assert status(served)[0] == 0
    served.clock.turn(minutes=2)
    code, said = status(served)
    assert (code, "overdue since" in said) == (1, True)
    change(served, lease_until=served.clock() + timedelta(seconds=20))
    assert status(served)[0] == 0


def test_a_delivery_may_wait_a_minute(served: World) -> None:
    source = one_of(served)
    with served.runtime.store.write() as session:
        session.add(Delivery(connection_id=source.connection_id, identifier="waits", event="x",
                             received_at=served.clock()))  # fmt: skip
    change(served, dirty_seq=Source.done_seq + 3)
    served.clock.turn(seconds=59)
    assert status(served)[0] == 0
    served.clock.turn(seconds=2)
    code, said = status(served)
    assert (code, "3 to follow" in said, "a delivery waits since" in said) == (1, True, True)
    change(served, not_before=served.clock() + timedelta(seconds=30))
    assert status(served)[0] == 0


def test_what_waits_beside_no_server_needs_somebody_at_once(served: World) -> None:
    code, said = status(served, alone=True)
    assert (code, "no server is running here" in said) == (0, True)
    change(served, dirty_seq=Source.done_seq + 3)
    assert (status(served)[0], status(served, alone=True)[0]) == (0, 1)


def test_the_doctor_says_that_no_server_reads_what_waits(served: World) -> None:
    def server(*, alone: bool) -> list[tuple[bool, str]]:
        console, bell = Told(), SilentDoorbell() if alone else ThreadDoorbell()
        runtime = replace(served.runtime, doorbell=bell)
        control.carry_out(runtime, "doctor", {"as_json": True}, console)
        checks = json.loads("\n".join(console.lines))["checks"]
        return [(each["ok"], each["fix"]) for each in checks if each["name"] == "server"]

    assert server(alone=True) == [(True, "start it with: worklift up")]
    change(served, dirty_seq=Source.done_seq + 3)
    assert server(alone=True) == [(False, "start it with: worklift up")]
    assert server(alone=False) == []


def test_what_is_told_of_a_failing_source_reads_as_a_sentence(served: World) -> None:
    error = "Jira at jira.example could not be reached."
    change(served, failing_since=served.clock(), error=error)
    _, said = status(served)
    assert "Jira at jira.example could not be reached; see worklift connections" in said


def test_a_pause_is_told_at_every_door(served: World) -> None:
    until = served.clock() + timedelta(minutes=20)
    change(served, not_before=until, due_at=served.clock())
    served.clock.turn(minutes=10)
    code, said = status(served)
    assert (code, f"paused until {until.isoformat(timespec='seconds')}" in said) == (0, True)
    console = Told()
    control.carry_out(served.runtime, "status", {"as_json": True}, console)
    found = json.loads("".join(console.lines))["figures"]["sources"]
    assert {each["not_before"] for each in found} == {until.isoformat()}
    console = Told()
    control.carry_out(served.runtime, "connections", {}, console)
    assert "paused until" in "\n".join(console.lines)
    assert "paused until" in served.client("admin").get("/sync").text
    paused = {
        v for name, v in figures(served).items() if name[0] == "worklift_source_paused_seconds"
    }
    assert paused == {600.0}
    served.clock.turn(minutes=10)
    assert "paused until" not in status(served)[1]


def test_a_source_that_fails_is_said_to_with_its_reason(served: World) -> None:
    since = served.clock() - timedelta(minutes=4)
    source = one_of(served)
    with served.runtime.store.write() as session:
        looks = {"looked_at": served.clock(), "due_at": served.clock()}
        owner = source.connection_id
        session.add(Source(connection_id=owner, key="a-sound-one", need=source.need, **looks))
        mine = update(Source).where(Source.id == source.id)
        session.execute(mine.values(failing_since=since, error="the board is gone"))
    code, said = status(served)
    assert code == 1
    assert f"failing since {since.isoformat(timespec='seconds')}" in said
    assert "the board is gone" in said
    page = served.client("admin").get("/sync").text
    assert "failing since" in page
    assert '<td colspan="6"><span class="error">The board is gone' in page
    assert "ageing</td>" not in page


def test_equal_errors_of_a_source_are_told_once(served: World) -> None:
    source, now = one_of(served), served.clock()
    with served.runtime.store.write() as session:
        session.execute(update(Run).values(error=None))
        for number, error in enumerate(["again", "again", "other", "again", "again", "again"]):
            session.add(Run(source_id=source.id, started_at=now + timedelta(minutes=number),
                            seconds=1, calls=1, items_read=0, items_changed=0, items_gone=0,
                            error=f"it fails {error}"))  # fmt: skip
    page = served.client("admin").get("/sync").text
    assert "Last looks that changed something or failed" in page
    runs = page[page.index('id="runs"') :]
    assert (runs.count("It fails again"), runs.count("It fails other")) == (2, 1)
    assert "3 times since" in runs
    assert "2 times since" in runs


def fill(world: World) -> None:
    """Use all the room there is."""
    for number in range(1000):
        with world.runtime.store.write() as session:
            filling = {"name": f"{number}" + "." * 3000, "until": world.clock()}
            session.execute(insert(Lease).values(**filling))


@contextmanager
def full(world: World) -> Iterator[None]:
    """No room is left in the database."""
    with world.runtime.store.read() as session:
        pages = session.scalar(text("PRAGMA page_count"))
    with told_each_transaction(world.runtime.store, f"max_page_count = {pages}"):
        with pytest.raises(OperationalError, match=FULL):
            fill(world)
        yield
    with told_each_transaction(world.runtime.store, "max_page_count = 1073741823"):
        assert writable.look(world.runtime.store) == ""


def test_a_full_disk_is_said_at_every_door(served: World) -> None:
    admin, anybody = served.client("admin"), served.client()
    assert anybody.get("/healthz").status_code == 200
    with full(served):
        told = anybody.get("/healthz")
        assert (told.status_code, told.headers["Retry-After"]) == (503, "60")
        for path in ("/sync", "/connections"):
            assert f"The database cannot be written: {FULL}" in admin.get(path).text
        code, said = status(served)
        assert (code, f"the database cannot be written: {FULL}" in said) == (1, True)
        console = Told()
        assert control.carry_out(served.runtime, "doctor", {"as_json": False}, console) == 1
        assert f"BAD database: the database cannot be written: {FULL}" in console.lines
    assert anybody.get("/healthz").status_code == 200
    assert "cannot be written" not in admin.get("/sync").text


def test_a_full_disk_is_one_line_in_the_log(served: World, monkeypatch: pytest.MonkeyPatch) -> None:
    tried = threading.Semaphore(0)

    def fail(*_given: object) -> None:
        tried.release()
        raise OperationalError("INSERT", None, sqlite3.OperationalError(FULL))

    monkeypatch.setattr(schedule, "sweep", fail)
    stopping = threading.Event()
    with capture_logs() as logs:
        thread = threading.Thread(target=ticking.tick, args=(served.runtime, 0.01, stopping))
        thread.start()
        for _ in range(4):
            assert tried.acquire(timeout=30)
        stopping.set()
        thread.join(30)
    assert [(each["event"], each["reason"]) for each in logs] == [("clock.no_database", FULL)]


@pytest.mark.parametrize("named", [False, True])
def test_a_start_on_a_full_disk_names_the_data_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, named: bool
) -> None:
    def fail(_store: Store) -> None:
        raise OperationalError("CREATE", None, sqlite3.OperationalError(FULL))

    monkeypatch.setattr("sync.runtime.upgrade", fail)
    environ = {"WORKLIFT_HOME": str(tmp_path)}
    if named:
        environ["DATABASE_URL"] = f"sqlite:///{tmp_path / 'other.db'}"
    with pytest.raises(NoDatabase, match=FULL) as told, opened(settings.read(environ)):
        pass
    assert ("DATABASE_URL" in str(told.value), str(tmp_path) in str(told.value)) == (
        named,
        not named,
    )
