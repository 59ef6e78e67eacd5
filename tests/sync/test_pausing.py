"""A connection that an admin pauses: left alone, never green, and read at once afterwards."""

from datetime import timedelta

import pytest

from connector.errors import Refused
from connector.failpoints import acting
from connector.freshness import ConnectionReport
from sync import auditing, connections, pausing, pipeline, renaming, reports, schedule, writeback
from sync.doctor import examine
from sync.reports.figures import figures
from tests.noted import ALL, Noted, noted
from tests.sync.halves import half_done
from tests.world import World

WHY = "Jira is moved until Friday"


@pytest.fixture
def read(world: World) -> World:
    """Jira with one open issue of two, linked, read, and sending webhooks."""
    return half_done(world, "jira:project:PLAT")


def pause(world: World) -> None:
    pausing.pause(world.runtime, "jira", author="ada", why=WHY)


def report(world: World) -> ConnectionReport:
    running = world.runtime
    with running.store.read() as session:
        (found,) = reports.connection_reports(
            session, world.clock(), running.settings, running.trackers
        )
    return found


def test_a_paused_connection_is_asked_nothing_by_anybody(read: World) -> None:
    pause(read)
    calls = read.calls("jira")
    read.clock.turn(days=2)
    assert schedule.due(read.runtime) == []
    assert schedule.sweep(read.runtime) == []
    for source_id in read.sources():
        assert pipeline.drain(read.runtime, source_id, force=True).skipped
        assert auditing.audit_source(read.runtime, source_id) is None
    assert auditing.ring(read.runtime) is None
    assert read.calls("jira") == calls


def test_deliveries_are_accepted_meanwhile_and_followed_once_it_is_resumed(read: World) -> None:
    pause(read)
    read.trackers["jira"].site.transition("PLAT-2", "Done")
    assert read.deliver("jira").status == 202
    (source,) = read.rows("source")
    assert source.dirty_seq > source.done_seq
    assert read.tick() == []
    assert read.value() == 50
    assert pausing.resume(read.runtime, "jira") == 1
    assert len(read.poll()) == 1
    assert read.value() == 100


def test_it_is_read_at_once_when_resumed_though_no_poll_is_due(read: World) -> None:
    pause(read)
    read.trackers["jira"].site.transition("PLAT-2", "Done")
    assert schedule.due(read.runtime) == []
    pausing.resume(read.runtime, "jira")
    assert schedule.due(read.runtime) == read.sources()
    read.poll()
    assert read.value() == 100
    assert report(read).pause is None


def test_it_is_shown_as_paused_at_once_and_goes_stale_as_any_other(read: World) -> None:
    pause(read)
    found = report(read)
    assert (found.word, [each.word for each in found.sources]) == ("paused", ["paused"])
    assert [each.next_at for each in found.sources] == [None]
    assert found.pause is not None
    assert (found.pause.by, found.pause.why, found.pause.since) == ("ada", WHY, read.clock())
    assert found.as_json()["pause"]["why"] == WHY
    said = f"reads of jira are paused by ada ({WHY})"
    assert read.link()["error"] == said
    assert read.report()["health"] != "unknown"
    read.clock.now += read.runtime.settings.freshness + timedelta(minutes=1)
    found = report(read)
    assert (found.word, [each.word for each in found.sources]) == ("stale", ["stale"])
    assert found.fix is None  # not that a worker should run: somebody wanted it so
    assert read.report()["health"] == "unknown"


def test_a_look_under_way_stops_at_its_next_page(read: World) -> None:
    read.clock.turn(minutes=2)

    def paused(place: str) -> None:
        if place == "drain.read":
            pause(read)

    with acting(paused):
        (found,) = read.poll()
    assert found.error == "jira was paused while it was read"
    (source,) = read.rows("source")
    assert (source.lease_until, source.error, source.deaths) == (None, None, 0)
    pausing.resume(read.runtime, "jira")
    assert [each.error for each in read.poll()] == [None]


def test_pausing_says_why_and_happens_once(read: World) -> None:
    with pytest.raises(Refused, match="say why"):
        pausing.pause(read.runtime, "jira", author="ada", why="  ")
    with pytest.raises(Refused, match="500 characters"):
        pausing.pause(read.runtime, "jira", author="ada", why="x" * 501)
    with pytest.raises(Refused, match="jira is not paused"):
        pausing.resume(read.runtime, "jira")
    pause(read)
    with pytest.raises(Refused, match="paused already, by ada"):
        pausing.pause(read.runtime, "jira", author="bob", why="mine")
    assert report(read).pause.by == "ada"  # type: ignore[union-attr]


def test_a_good_test_and_another_name_leave_it_paused(read: World) -> None:
    pause(read)
    assert connections.again(read.runtime, "jira").error is None
    renaming.rename(read.runtime, "jira", "eu", author="ada")
    assert report(read).word == "paused"
    assert schedule.due(read.runtime) == []


def test_disconnecting_ends_a_pause(read: World) -> None:
    pause(read)
    connections.disconnect(read.runtime, "jira")
    assert read.link()["error"].startswith("disconnected")
    read.connect("jira")
    assert report(read).pause is None


def test_the_doctor_and_monitoring_tell_of_it(read: World) -> None:
    pause(read)
    checks = {each.name: each for each in examine(read.runtime)}
    fresh = checks["freshness jira"]
    assert (fresh.ok, fresh.fix) == (True, "once it may be read again, run: worklift resume jira")
    assert f"by ada ({WHY})" in fresh.message
    read.clock.now += read.runtime.settings.freshness + timedelta(minutes=1)
    assert not {each.name: each for each in examine(read.runtime)}["freshness jira"].ok
    with read.runtime.store.read() as session:
        (source,) = figures(session).sources
    assert source.left_alone is not None
    assert source.overdue_since(read.clock(), read.runtime.settings.poll) is None


def test_nothing_is_written_to_it_meanwhile(connected: World) -> None:
    told: Noted = noted(connected)
    told.ask(*ALL)
    pause(connected)
    assert writeback.waiting(connected.runtime) == []
    told.send()
    assert told.writes() == []
    pausing.resume(connected.runtime, "jira")
    told.send()
    assert told.writes() != []


def test_a_slice_of_notes_under_way_ends_with_the_note_that_is_written(connected: World) -> None:
    told: Noted = noted(connected)
    told.ask(*ALL)

    def paused(place: str) -> None:
        if place == "note.written" and len(told.writes()) == 1:
            pause(connected)

    with acting(paused):
        told.send()
    assert len(told.writes()) == 1
    pausing.resume(connected.runtime, "jira")
    told.send()
    assert len(told.writes()) > 1
