"""Duplicates, replays and forgeries in any number are counted, and cost and change nothing."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from connector import failpoints
from connector.store import Store
from sync import refusals
from sync.inbox import bodies, peers
from sync.inbox.bodies import Bodies
from sync.inbox.peers import BURST, Peers
from sync.line import Line
from tests.sync.posted import Post, posted, seen
from tests.world import Clock

FORGED = {"X-GitHub-Event": "issues", "X-Hub-Signature-256": "sha256=" + "0" * 64}


@pytest.fixture
def post(store: Store, tmp_path: Path, clock: Clock) -> Post:
    return posted(store, tmp_path, clock)


def settled(post: Post) -> dict[str, int]:
    post.clock.turn(seconds=5)
    refusals.settle(post.runtime)
    return post.counted()


def test_what_moved_nothing_is_counted_by_its_kind(post: Post) -> None:
    sent = post.told()
    for _ in range(3):
        assert post.send(sent).status == 202
    assert post.send(post.signed(sent[1])).status == 202
    for _ in range(2):
        assert post.send((FORGED, sent[1])).status == 401
    assert post.send(post.signed(b"[]")).status == 422
    assert settled(post) == {"forged": 2, "repeated": 2, "replayed": 1, "unreadable": 1}
    assert post.rows("connection")[0].refused_deliveries == 3
    with post.runtime.store.read() as session:
        assert refusals.counts(session, 1) == settled(post)
        assert refusals.counts(session, 2) == {}


def test_a_replayed_body_is_a_hint_and_no_more(post: Post) -> None:
    _, body = post.told()
    for _ in range(50):
        assert post.send(post.signed(body)).status == 202
    assert post.bell.rung == [1]
    assert len(post.rows("hint")) == 1
    assert settled(post) == {"replayed": 49}
    post.done()
    assert post.send(post.signed(body)).status == 202
    assert post.bell.rung == [1, 1]


def test_a_storm_of_forgeries_costs_one_write_and_keeps_no_good_one_out(post: Post) -> None:
    sent = post.told()
    with seen() as places:
        found = [
            post.send((FORGED, sent[1]), peer="192.0.2.1").status for _ in range(int(BURST) + 80)
        ]
    assert found.count(401) >= BURST
    assert found[-1] == 429
    assert places.count("store.committed") == 1
    assert post.send((FORGED, sent[1]), peer="192.0.2.1").again_in is not None
    assert post.send((FORGED, sent[1]), peer="192.0.2.2").status == 401
    assert post.send(sent, peer="192.0.2.1").status == 202
    assert len(post.rows("delivery")) == 1
    assert settled(post)["forged"] == BURST + 82


def test_names_that_are_tried_out_are_held_back_too(post: Post) -> None:
    found = [
        post.send(post.told(), f"name-{number}", peer="2001:db8::1").status
        for number in range(int(BURST) + 30)
    ]
    assert (found[0], found[-1]) == (404, 429)
    assert post.send((FORGED, b""), "name", peer="2001:db8::2:3").status == 429  # its network
    assert post.send((FORGED, b""), "name", peer="2001:db8:1::1").status == 404


def test_refused_addresses_are_forgiven_in_time_and_forgotten_in_number() -> None:
    now = [0.0]
    some = Peers(clock=lambda: now[0])
    for _ in range(int(BURST)):
        assert not some.is_spent("192.0.2.1")
        some.refused("192.0.2.1")
    assert some.is_spent("192.0.2.1")
    now[0] += 1
    assert not some.is_spent("192.0.2.1")
    for number in range(peers.MOST + 10):
        some.refused(f"somebody {number}")
    assert len(some) == peers.MOST


def test_bodies_are_remembered_up_to_a_number() -> None:
    some = Bodies()
    assert not some.is_replay(1, "a", b"body")
    assert not some.is_replay(1, "a", b"body")
    assert some.is_replay(1, "b", b"body")
    assert not some.is_replay(2, "b", b"body")
    for number in range(bodies.MOST):
        some.is_replay(1, "c", str(number).encode())
    assert not some.is_replay(1, "d", b"body")


def test_counts_wait_for_a_database_that_is_away(post: Post) -> None:
    def away(place: str) -> None:
        if place == "store.committing":
            raise OperationalError("away", None, Exception())

    with failpoints.acting(away):
        assert post.send((FORGED, b"{}")).status == 401
    assert post.counted() == {}
    assert settled(post) == {"forged": 1}


def test_disorder_ends_in_the_same_hints(post: Post) -> None:
    times = [f"2026-11-03T1{hour}:00:00Z" for hour in range(5)]
    for order in (times, times[::-1], times[2:] + times[:2]):
        for at in order:
            assert post.send(post.told(1, at=at)).status == 202
        (row,) = post.rows("hint")
        assert row.updated_at is not None
        assert row.updated_at.hour == 14


def test_a_source_that_is_dirty_already_is_not_rung_for_again(post: Post) -> None:
    for number in range(5):
        post.send(post.told(number))
    assert post.bell.rung == [1]
    post.done()
    post.send(post.told(9))
    assert post.bell.rung == [1, 1]


def test_who_was_served_a_moment_ago_waits_and_others_do_not() -> None:
    line = Line(0.2)
    line.put(1)
    assert line.get() == 1
    line.ended(1, again=True)
    for subject in (1, 2):
        line.put(subject)
    assert [line.get(), line.get()] == [2, 1]


def test_the_pause_of_a_flooded_one_grows_past_that_of_others() -> None:
    line = Line(0.1)
    for _ in range(3):
        line.ended(1, again=True)
    line.ended(2, again=True)
    for subject in (1, 2):
        line.put(subject)
    assert [line.get(), line.get()] == [2, 1]
    line.ended(1, again=False)
    line.ended(2, again=True)
    for subject in (2, 1):
        line.put(subject)
    assert [line.get(), line.get()] == [1, 2]


def test_the_line_tells_its_threads_to_end_without_waiting_for_pauses() -> None:
    line = Line(3600)
    line.ended(1, again=False)
    line.put(1)
    line.put(None)
    assert line.get() is None


def test_without_a_pause_everything_goes_in_its_order() -> None:
    line = Line(0)
    line.ended(1, again=False)
    for subject in (1, 2, 3):
        line.put(subject)
    assert [line.get() for _ in range(3)] == [1, 2, 3]


def test_counts_are_stored_although_the_clock_was_set_back(post: Post) -> None:
    for _ in range(2):
        post.send((FORGED, b"{}"))
        post.clock.turn(hours=-1)
    assert post.counted() == {"forged": 2}
    assert post.rows("delivery_count")[0].last_at - post.clock() == timedelta(hours=1)


def test_counts_are_told_in_words() -> None:
    assert refusals.told({"forged": 2, "repeated": 1}) == (
        "2 with a signature that does not fit, 1 sent again"
    )
