"""The same line on PostgreSQL, where several processes write at once."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import update

from connector.errors import RateLimited
from connector.store.tables import Source
from sync import finish, inbox, lease, pausing, pipeline
from sync.audit import audit
from sync.failures import note_failure
from sync.rebuild import rebuild
from tests.databases import somebody_waits
from tests.servers import PATIENCE, wait_for
from tests.world import World, key_result, link


@pytest.fixture
def linked(pg_world: World, jira, github) -> World:
    for number in (1, 2):
        jira.site.add_issue("PLAT", f"Item {number}", points=0.1)
        github.site.add_issue("acme/api", f"Change {number}", milestone=1)
    pg_world.apply(
        key_result("KR-1", link("jira:project:PLAT"), link("github:milestone:acme/api/1")),
        key_result("KR-2", link("github:milestone:acme/api/1")),
    )
    pg_world.sync()
    pg_world.clock.turn(minutes=1)
    return pg_world


def test_the_whole_line_works_and_nothing_differs(linked: World, jira, github) -> None:
    jira.site.transition("PLAT-1", "Done")
    linked.deliver("jira")
    linked.deliver("jira")
    linked.poll()
    github.site.close("acme/api", 1)
    linked.tick()
    assert linked.value() == 50
    assert linked.explain("KR-1", linked.clock())["value"] == 50
    assert audit(linked.runtime) == []
    before = linked.rows("contribution"), linked.rows("score")
    rebuild(linked.runtime)
    assert (linked.rows("contribution"), linked.rows("score")) == before


def test_words_a_database_cannot_hold_do_not_stop_a_read(linked: World, jira) -> None:
    with jira.site.quiet():
        key = jira.site.add_issue("PLAT", "Nothing\x00here at all", labels=["a\x00b"]).key
    assert [each.error for each in linked.tick()] == [None, None]
    assert linked.part(key)["included"]
    assert "\x00" not in linked.part(key)["title"]


def test_two_drains_that_end_together_do_not_miss_each_other(
    linked: World, jira, github, monkeypatch
) -> None:
    linked.clock.turn(minutes=1)
    jira.site.transition("PLAT-1", "Done")
    github.site.close("acme/api", 1)
    attach, reached, go_on = finish.attach, threading.Event(), threading.Event()

    def stop_the_first(*given):
        if not reached.is_set():
            reached.set()
            assert go_on.wait(PATIENCE)
        return attach(*given)

    monkeypatch.setattr(finish, "attach", stop_the_first)
    first, second = (
        threading.Thread(target=pipeline.drain, args=(linked.runtime, each))
        for each in linked.sources()
    )
    first.start()
    assert reached.wait(PATIENCE)
    second.start()
    wait_for(
        lambda: not second.is_alive() or somebody_waits(linked.runtime.store),
        "the second drain to end or wait",
    )
    go_on.set()
    first.join(PATIENCE)
    second.join(PATIENCE)
    assert linked.value() == 50
    before = linked.rows("score")
    rebuild(linked.runtime)
    assert linked.rows("score") == before


def test_of_many_claims_at_once_one_wins(linked: World) -> None:
    source, *_ = linked.sources()
    found: list[object] = []
    start = threading.Barrier(6)

    def claim() -> None:
        start.wait(PATIENCE)
        found.append(lease.claim(linked.runtime, source, force=True))

    threads = [threading.Thread(target=claim) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(each is not None for each in found) == 1


@pytest.mark.parametrize("when", ["before", "during"])
def test_who_takes_a_source_while_it_is_paused_does_not_read_on(
    linked: World, jira, monkeypatch, when: str
) -> None:
    jira.site.transition("PLAT-1", "Done")
    linked.deliver("jira")
    taken, (source, *_) = lease._taken, linked.sources()
    pause = partial(pausing.pause, linked.runtime, "jira", author="lead", why="It is moved")
    pausing_now = threading.Thread(target=pause)

    def late(*given, **more):
        if when == "before":
            pause()
            return taken(*given, **more)
        found = taken(*given, **more)
        pausing_now.start()  # sees what was before, and waits for what is
        wait_for(
            lambda: not pausing_now.is_alive() or somebody_waits(linked.runtime.store),
            "the pause to end or wait",
        )
        return found

    monkeypatch.setattr(lease, "_taken", late)
    found = pipeline.drain(linked.runtime, source)
    if when == "during":
        pausing_now.join(PATIENCE)
    assert found.skipped or found.error == "jira was paused while it was read"
    assert linked.value() == 0


def test_one_delivery_that_arrives_at_several_processes_is_stored_once(linked: World, jira) -> None:
    jira.site.transition("PLAT-1", "Done")
    headers, body = linked.last_delivery("jira")
    found: list[int] = []
    start = threading.Barrier(5)

    def receive() -> None:
        start.wait(PATIENCE)
        found.append(inbox.receive(linked.runtime, "jira", headers, body).status)

    threads = [threading.Thread(target=receive) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [202] * 5
    assert len(linked.rows("delivery")) == 1
    assert len(linked.rows("hint")) == 1


def test_sources_told_to_wait_at_once_do_not_lock_each_other_out(pg_world: World, github) -> None:
    count = 6
    for number in range(count):
        github.site.add_repo(f"acme/r{number}")
    pg_world.apply(*[key_result(f"KR-{n}", link(f"github:repo:acme/r{n}")) for n in range(count)])
    until = pg_world.clock() + timedelta(hours=1)
    for _ in range(10):
        with pg_world.runtime.store.write() as session:
            session.execute(update(Source).values(lease_until=None, not_before=None))
        claims = [lease.claim(pg_world.runtime, each, force=True) for each in pg_world.sources()]
        assert None not in claims
        start = threading.Barrier(count)

        def pause(claim: lease.Claim, start: threading.Barrier = start) -> str | None:
            start.wait(PATIENCE)
            return note_failure(pg_world.runtime, claim, RateLimited("wait", until))

        with ThreadPoolExecutor(count) as pool:
            assert list(pool.map(pause, claims)) == [None] * count
        assert {row.not_before for row in pg_world.rows("source")} == {until}
