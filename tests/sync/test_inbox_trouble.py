"""Whatever the database does, an answer comes in time, and it goes on when that is over."""

import sqlite3
import threading
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from connector import failpoints
from connector.store import Store, open_store
from connector.store.tables import Connection
from sync import inbox
from sync.hook_secret import HookSecret, opened, sealed
from sync.inbox import ringing, writer
from sync.inbox.entry import Entry
from tests.databases import lay_out
from tests.servers import wait_for
from tests.sync.posted import Post, held, posted, seen, threads, told_each_transaction
from tests.world import Clock


@pytest.fixture
def post(store: Store, tmp_path: Path, clock: Clock) -> Post:
    return posted(store, tmp_path, clock)


@pytest.fixture
def on_sqlite(tmp_path: Path, clock: Clock):
    lay_out(tmp_path)
    store = open_store(f"sqlite:///{tmp_path / 'worklift.db'}")
    yield posted(store, tmp_path, clock)
    store.close()


@pytest.fixture
def on_postgresql(postgresql_url: str, tmp_path: Path, clock: Clock):
    store = open_store(postgresql_url)
    yield posted(store, tmp_path, clock)
    store.close()


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits long."""
    monkeypatch.setattr(writer, "ANSWER_WITHIN", 0.3)


@pytest.mark.usefixtures("hasty")
def test_a_slow_database_is_answered_in_time_and_said_so(post: Post) -> None:
    with threads(1) as pool, seen() as places, held("inbox.begun") as gate:
        answer = pool.submit(post.send, post.told(1))
        assert gate.come.wait(30)
        assert answer.result() == inbox.receipt.BUSY
        assert (answer.result().status, answer.result().again_in) == (503, 5)
        # Sooner or later they do not even begin to wait.
        assert post.send(post.told(2)).status == 503
        assert post.send(post.told(3)).status == 503
        assert places.count("inbox.queued") < 3
    wait_for(lambda: post.send(post.told(4)).status == 202, "the inbox to go on")


def test_a_full_queue_is_answered_at_once(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer, "MOST_WAITING", 1)
    with threads(2) as pool, seen() as places, held("inbox.stored") as gate:
        first = pool.submit(post.send, post.told(1))
        assert gate.come.wait(30)
        second = pool.submit(post.send, post.told(2))
        wait_for(lambda: inbox.state.inbox_of(post.runtime.store).writer._waiting, "one to wait")
        assert post.send(post.told(3)).status == 503
        assert places.count("inbox.queued") == 2
        gate.go.set()
        assert [each.result().status for each in (first, second)] == [202, 202]
    assert len(post.rows("delivery")) == 2


def test_a_full_disk_loses_nothing_that_was_accepted(on_sqlite: Post) -> None:
    store = on_sqlite.runtime.store
    with store.read() as session:
        pages = session.scalar(text("PRAGMA page_count"))
    on_sqlite.send(on_sqlite.told())
    accepted = 1
    with told_each_transaction(store, f"max_page_count = {pages + 2}"):
        for number in range(2, 4000):
            status = on_sqlite.send(on_sqlite.told(number)).status
            if status == 503:
                break
            accepted += status == 202
        assert status == 503
        assert len(on_sqlite.rows("delivery")) == accepted
    with told_each_transaction(store, "max_page_count = 1073741823"):
        assert on_sqlite.send(on_sqlite.told(5000)).status == 202
    assert len(on_sqlite.rows("delivery")) == accepted + 1
    with store.read() as session:
        assert session.scalar(text("PRAGMA integrity_check")) == "ok"


@pytest.mark.usefixtures("hasty")
def test_a_database_locked_by_a_stranger_is_waited_for_only_so_long(
    on_sqlite: Post, tmp_path: Path
) -> None:
    on_sqlite.send(on_sqlite.told(1))
    stranger = sqlite3.connect(tmp_path / "worklift.db", isolation_level=None)
    stranger.execute("BEGIN IMMEDIATE")
    assert on_sqlite.send(on_sqlite.told(2)).status == 503
    stranger.execute("ROLLBACK")
    stranger.close()
    wait_for(lambda: on_sqlite.send(on_sqlite.told(3)).status == 202, "the lock to be free")


def test_a_row_that_is_held_for_a_while_stops_only_its_own_connection(on_postgresql: Post) -> None:
    post = on_postgresql
    other = open_store(post.runtime.store.engine.url.render_as_string(hide_password=False))
    with threads(1) as pool, seen() as places:
        with other.write() as session:
            session.execute(text("SELECT id FROM connection WHERE id = 1 FOR UPDATE"))
            waits = pool.submit(post.send, post.told(1))
            wait_for(lambda: places.count("inbox.begun") > 1, "a second try")
            assert post.send(post.told(2), "other").status == 202
            assert not waits.done()
        assert waits.result().status == 202
    other.close()
    assert sorted(post.bell.rung) == [1, 3]


@pytest.mark.usefixtures("hasty")
def test_a_row_that_is_held_too_long_is_said_so(on_postgresql: Post) -> None:
    other = open_store(on_postgresql.runtime.store.engine.url.render_as_string(hide_password=False))
    with other.write() as session:
        session.execute(text("SELECT id FROM connection WHERE id = 1 FOR UPDATE"))
        assert on_postgresql.send(on_postgresql.told(1)).status == 503
    other.close()
    wait_for(lambda: on_postgresql.send(on_postgresql.told(2)).status == 202, "the row to be free")


def test_after_the_database_cut_all_connections_it_goes_on(on_postgresql: Post) -> None:
    store = on_postgresql.runtime.store

    def cut(place: str) -> None:
        if place == "inbox.storing":
            failpoints._acts.remove(cut)
            other = open_store(store.engine.url.render_as_string(hide_password=False))
            with other.write() as session:
                session.execute(text(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                ))  # fmt: skip
            other.close()

    sent = on_postgresql.told(1)
    failpoints._acts.append(cut)
    assert on_postgresql.send(sent).status == 503
    assert on_postgresql.send(sent).status == 202
    assert len(on_postgresql.rows("delivery")) == 1


def test_a_database_that_is_away_is_no_crash(tmp_path: Path, on_sqlite: Post) -> None:
    away = open_store("postgresql://nobody@127.0.0.1:9/none?connect_timeout=1")
    post = Post(replace(on_sqlite.runtime, store=away), on_sqlite.clock, on_sqlite.bell)
    assert post.send(post.told()).status == 503
    away.close()


def test_the_thread_that_stores_ends_when_nothing_comes(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer, "IDLE", 0.05)
    mine = inbox.state.inbox_of(post.runtime.store).writer
    for _ in range(2):
        assert post.send(post.told()).status == 202
        wait_for(lambda: mine._thread is None, "the thread to end")


class Ending(writer.Writer):
    """Its round ends as soon as somebody looked at it."""

    @property
    def _since(self) -> float | None:
        return self._told.pop() if self._told else None

    @_since.setter
    def _since(self, value: float | None) -> None:
        self._told = [] if value is None else [value]


def test_a_round_that_ends_while_one_is_handed_in_is_no_trouble(post: Post) -> None:
    mine, doors = Ending(), inbox.state.inbox_of(post.runtime.store).doors
    mine._thread = threading.current_thread()  # nobody takes it
    mine._since = time.monotonic()
    judged = doors.read(post.runtime.store, "github")
    assert judged is not None
    headers, body = post.told()
    delivery = post.runtime.tracker("github").delivery(headers, body)
    mine.put(Entry(post.runtime, judged, delivery, post.clock(), time.monotonic() + 60))
    assert len(mine._waiting) == 1


def secrets(post: Post, secret: HookSecret) -> bytes:
    with post.runtime.store.read() as session:
        row = session.get_one(Connection, 1)
        return sealed(post.runtime.vault, row, secret)


def rotated(post: Post) -> str:
    """A new secret; the one before stays good for a day."""
    with post.runtime.store.read() as session:
        held = opened(post.runtime.vault, session.get_one(Connection, 1))
    new = held.rotated(post.clock())
    post.change(hook_cipher=secrets(post, new))
    return new.now


def test_both_secrets_are_good_for_a_day_and_then_the_new_one(post: Post) -> None:
    body = post.told()[1]
    assert post.send(post.signed(body)).status == 202
    new = rotated(post)
    old_and_new = [post.signed(body), post.signed(body, secret=new)]
    assert [post.send(each).status for each in old_and_new] == [202, 202]
    post.clock.turn(hours=25)
    old_and_new = [post.signed(body), post.signed(body, secret=new)]
    assert [post.send(each).status for each in old_and_new] == [401, 202]


@pytest.mark.parametrize(("secret", "status"), [(HookSecret(now="other"), 401), (None, 202)])
def test_what_changed_since_it_was_judged_is_judged_anew(
    post: Post, secret: HookSecret | None, status: int
) -> None:
    assert post.send(post.told()).status == 202
    changed = threading.Event()

    def change(place: str) -> None:
        if place == "inbox.verified" and not changed.is_set():
            changed.set()
            if secret is None:
                rotated(post)
            else:
                post.change(hook_cipher=secrets(post, secret))

    with failpoints.acting(change), seen() as places:
        assert post.send(post.told(2)).status == status
    assert places.count("inbox.verified") == (2 if status == 202 else 1)
    assert len(post.rows("delivery")) == (2 if status == 202 else 1)


def test_a_connection_that_ended_meanwhile_takes_nothing(post: Post) -> None:
    assert post.send(post.told()).status == 202

    def end(place: str) -> None:
        if place == "inbox.verified":
            post.change(ended_at=post.clock())

    with failpoints.acting(end):
        assert post.send(post.told(2)) == inbox.NOBODY
    assert post.send(post.told(3)) == inbox.NOBODY
    assert len(post.rows("delivery")) == 1


def test_a_doorbell_that_hangs_holds_up_no_answer(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on, rung = threading.Event(), threading.Event()

    class Hangs:
        def ring(self, source_id: int) -> None:
            assert go_on.wait(60)
            rung.set()

    monkeypatch.setattr(ringing, "RqDoorbell", Hangs)
    runtime = replace(post.runtime, doorbell=Hangs())
    assert inbox.receive(runtime, "github", *post.told()).status == 202
    assert not rung.is_set()
    go_on.set()
    assert rung.wait(60)


def test_old_times_are_kept(post: Post) -> None:
    post.send(post.told())
    before = post.rows("connection")[0].delivered_at
    assert before == post.clock()
    post.clock.turn(minutes=1)
    post.send(post.told())
    assert post.rows("connection")[0].delivered_at - before == timedelta(minutes=1)
