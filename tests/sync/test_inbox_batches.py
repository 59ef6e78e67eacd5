"""Deliveries that wait together are stored together, and none goes down with another."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from connector import failpoints
from connector.store import Store, open_store
from sync import inbox
from tests.servers import wait_for
from tests.sync.posted import Post, held, posted, seen, threads
from tests.world import Clock

STEPS = ["received", "verified", "queued", "begun", "storing", "stored", "committed", "answered",
         "rung"]  # fmt: skip


@pytest.fixture
def post(store: Store, tmp_path: Path, clock: Clock) -> Post:
    return posted(store, tmp_path, clock)


def waiting(post: Post) -> int:
    return len(inbox.state.inbox_of(post.runtime.store).writer._waiting)


def test_those_that_wait_share_one_transaction(post: Post) -> None:
    with threads(7) as pool, seen() as places, held("inbox.stored") as gate:
        first = pool.submit(post.send, post.told(0))
        assert gate.come.wait(30)
        rest = [pool.submit(post.send, post.told(n, f"acme/{'ab'[n % 2]}")) for n in range(1, 7)]
        wait_for(lambda: waiting(post) == 6, "the others to wait")
        assert not first.done()
        gate.go.set()
        assert {each.result().status for each in [first, *rest]} == {202}
        assert places.count("inbox.committed") == 2
    assert len(post.rows("delivery")) == 7
    assert len(post.rows("hint")) == 7
    assert [row.dirty_seq for row in post.rows("source", connection_id=1)] == [2, 1]
    assert sorted(post.bell.rung) == [1, 2]


def test_every_step_has_a_place(post: Post) -> None:
    with seen() as places:
        assert post.send(post.told()).status == 202
    mine = [each.removeprefix("inbox.") for each in places if each.startswith("inbox.")]
    assert sorted(mine) == sorted(STEPS)
    # The writer may be at its first place before the one who waits has said that it waits.
    assert [each for each in mine if each != "queued"] == [
        each for each in STEPS if each != "queued"
    ]


def test_nobody_is_answered_before_the_commit(post: Post) -> None:
    with threads(1) as pool, held("inbox.storing") as gate:
        sent = pool.submit(post.send, post.told())
        assert gate.come.wait(30)
        assert not sent.done()
        gate.go.set()
        assert sent.result().status == 202


def test_what_fails_before_the_commit_is_neither_stored_nor_accepted(post: Post) -> None:
    class Stop(BaseException):
        pass

    def stop(place: str) -> None:
        if place == "inbox.storing":
            raise Stop

    sent = post.told()
    with failpoints.acting(stop), pytest.raises(Stop):
        post.send(sent)
    assert post.rows("delivery") == []
    assert post.bell.rung == []
    assert post.send(sent).status == 202


def test_one_that_cannot_be_stored_takes_none_with_it(post: Post) -> None:
    with post.runtime.store.write() as session:
        session.execute(text(
            "CREATE TRIGGER odd BEFORE INSERT ON delivery WHEN NEW.event = 'issues.odd'"
            " BEGIN SELECT RAISE(ABORT, 'odd'); END"
            if post.runtime.store.is_sqlite else
            "ALTER TABLE delivery ADD CONSTRAINT odd CHECK (event <> 'issues.odd')"
        ))  # fmt: skip
    with threads(5) as pool, held("inbox.stored") as gate:
        first = pool.submit(post.send, post.told(0))
        assert gate.come.wait(30)
        told = [post.told(n, action="odd" if n == 2 else "edited") for n in range(1, 5)]
        rest = [pool.submit(post.send, each) for each in told]
        wait_for(lambda: waiting(post) == 4, "the others to wait")
        gate.go.set()
        assert first.result().status == 202
        assert [each.result().status for each in rest] == [202, 422, 202, 202]
    assert len(post.rows("delivery")) == 4
    assert len(post.rows("hint")) == 4


def test_one_delivery_from_eight_threads_is_stored_once(post: Post) -> None:
    sent = post.told(name="the-same")
    with threads(8) as pool:
        found = [pool.submit(post.send, sent) for _ in range(8)]
        assert {each.result().status for each in found} == {202}
    assert len(post.rows("delivery")) == 1
    assert post.rows("source")[0].dirty_seq == 1
    assert post.bell.rung == [1]


def test_one_name_at_two_connections_is_two_deliveries(post: Post) -> None:
    sent = post.told(name="the-same")
    assert [post.send(sent, to).status for to in ("github", "other")] == [202, 202]
    assert [row.connection_id for row in post.rows("delivery")] == [1, 2]
    assert [row.dirty_seq for row in post.rows("source")] == [1, 0, 1, 0]


def test_hints_of_one_item_are_folded_whatever_their_order(post: Post) -> None:
    early, late = "2026-11-03T10:00:00Z", "2026-11-03T11:00:00Z"
    for times in ((early, late), (late, early)):
        for at in times:
            post.send(post.told(1, at=at))
        (row,) = post.rows("hint")
        assert row.updated_at is not None
        assert row.updated_at.hour == 11
    post.send(post.told(1, action="deleted"))
    post.send(post.told(1, at=late))
    (row,) = post.rows("hint")
    assert (row.gone, row.updated_at, row.key) == (True, None, "acme/a#1")
    assert row.seq == post.rows("source")[0].dirty_seq


def test_items_known_by_their_key_alone_have_one_hint_each(post: Post) -> None:
    for number in (1, 2, 1):
        pull = {"id": 9, "number": number, "updated_at": "2026-11-03T10:00:00Z"}
        body = {"action": "edited", "pull_request": pull, "repository": {"full_name": "acme/a"}}
        headers, raw = post.signed(json.dumps(body).encode())
        assert post.send(({**headers, "X-GitHub-Event": "pull_request"}, raw)).status == 202
    assert [(row.external_id, row.key) for row in post.rows("hint")] == [
        (None, "acme/a#1"),
        (None, "acme/a#2"),
    ]


def test_two_processes_never_lock_each_other_out(post: Post, tmp_path: Path) -> None:
    """Each has deliveries for both connections and both sources, in no order."""
    if post.runtime.store.is_sqlite:
        return  # which belongs to one process
    url = post.runtime.store.engine.url.render_as_string(hide_password=False)
    second = open_store(url)
    there = Post(replace(post.runtime, store=second), post.clock, post.bell)
    with threads(8) as pool:
        found = [
            pool.submit(
                (post, there)[number % 2].send,
                post.told(number, f"acme/{'ab'[number // 4 % 2]}"),
                ("github", "other")[number // 2 % 2],
            )
            for number in range(80)
        ]
        assert {each.result().status for each in found} == {202}
    second.close()
    assert len(post.rows("delivery")) == 80
    assert len(post.rows("hint")) == 80
