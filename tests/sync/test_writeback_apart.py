"""Notes of connections that write beside each other, of an earlier version, and of a moved site."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import delete, select

from connector import notes
from connector.store.tables import Connection, Keep, Note
from integrations.simulators import start_jira
from sync import writeback
from sync.writeback.telling import APART, INSTALLATION
from tests.noted import EPIC, Noted, noted
from tests.world import World, key_result, link

SAID = "Key result KR-1: 33 %, on track"


@pytest.fixture
def told(connected: World) -> Noted:
    return noted(connected)


def remote_links(told: Noted, key: str = "PLAT-1") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = told.notes.remote_links(told.site.held(key).id)
    return found


def beside(told: Noted) -> None:
    """A second connection to the same site, whose link serves the same key result."""
    assert told.world.connect("jira", "second").error is None
    scopes = [EPIC.replace("jira", f"jira@{name}", 1) for name in ("jira", "second")]
    told.apply(*(link(scope, write_back=["epic"]) for scope in scopes))
    for name in ("jira", "second"):
        writeback.allow(told.world.runtime, name, ["epic"])
    told.world.sync()
    told.send()


def test_two_connections_to_one_site_have_a_remote_link_each(told: Noted) -> None:
    beside(told)
    assert len(told.titles()) == 2
    assert len({each["globalId"] for each in remote_links(told)}) == 2

    writeback.allow(told.world.runtime, "second", [])
    told.send()
    assert len(told.titles()) == 1
    writeback.allow(told.world.runtime, "jira", [])
    told.send()
    assert told.titles() == []


def as_an_earlier_version_left_it(told: Noted) -> None:
    """One remote link by key result alone, however many connections wrote it."""
    with told.world.runtime.store.write() as session:
        installation = session.get_one(Keep, INSTALLATION).value
        session.execute(delete(Keep).where(Keep.name == APART))
        for row in session.scalars(select(Note)):
            assert row.wanted is not None
            body = {name: value for name, value in row.wanted.items() if name != "author"}
            row.wanted, row.wanted_hash, row.remote_id = body, notes.digest(body), "10001"
            row.sent_hash = row.wanted_hash
    held = remote_links(told)
    held[:] = [{**held[0], "globalId": notes.global_id(installation, "now/KR-1")}]


def test_a_remote_link_of_an_earlier_version_is_replaced_once(told: Noted) -> None:
    told.ask("epic")
    told.send()
    as_an_earlier_version_left_it(told)
    (before,) = remote_links(told)

    told.world.clock.turn(minutes=20)
    assert [call.split()[0] for call in told.send()] == ["POST", "DELETE"]
    (after,) = remote_links(told)
    assert after["globalId"] != before["globalId"]
    told.finish("PLAT-3")
    assert [call.split()[0] for call in told.send()] == ["POST"]
    assert len(told.titles()) == 1


def test_a_remote_link_that_two_shared_becomes_one_of_each(told: Noted) -> None:
    beside(told)
    as_an_earlier_version_left_it(told)
    told.world.clock.turn(minutes=20)
    told.send()
    assert len({each["globalId"] for each in remote_links(told)}) == 2


def test_a_remote_link_of_an_earlier_version_is_taken_away(told: Noted) -> None:
    told.ask("epic")
    told.send()
    as_an_earlier_version_left_it(told)
    told.allow()
    told.send()
    assert told.titles() == []


def test_a_remote_link_forgotten_by_an_earlier_version_does_not_stay(told: Noted) -> None:
    told.ask("epic")
    told.send()
    as_an_earlier_version_left_it(told)
    with told.world.runtime.store.write() as session:
        session.execute(delete(Note))
    told.world.clock.turn(minutes=20)
    told.send()
    assert told.titles() == [SAID]


@pytest.fixture
def moved(told: Noted) -> Iterator[Noted]:
    """A connection whose site is another one now, with the same keys and ids, not yet read."""
    told.ask("epic", "issues", "comment")
    told.send()
    with start_jira() as other:
        other.site.now = told.world.clock
        other.site.add_project("PLAT", "Other platform")
        other.site.add_issue("PLAT", "Of somebody else", "Bug")
        other.site.add_issue("PLAT", "The epic here", "Epic")
        told.world.trackers["jira"] = other
        assert told.world.connect("jira").error is None
        yield told


def test_nothing_is_written_at_another_site_before_it_was_looked_at(moved: Noted) -> None:
    moved.allow("epic", "issues", "comment")
    for _ in range(3):
        moved.world.clock.turn(minutes=20)
        moved.send()
        writeback.send(moved.world.runtime, moved.world.rows("connection")[0].id)
    assert [call for call in moved.writes() if not call.startswith("GET")] == []
    assert moved.world.rows("note") == []
    assert moved.report().waits_for_look


def test_at_another_site_only_what_is_there_is_written_on(moved: Noted) -> None:
    moved.allow("epic", "issues", "comment")
    moved.world.apply(key_result("KR-1", link("jira:epic:PLAT-2", write_back=["epic"])))
    moved.world.sync()
    moved.world.clock.turn(minutes=20)
    moved.send()
    assert not moved.report().waits_for_look
    assert (moved.titles("PLAT-1"), moved.comments("PLAT-1")) == ([], [])
    assert len(moved.titles("PLAT-2")) == 1


def test_reading_other_fields_of_the_same_site_holds_nothing_back(told: Noted) -> None:
    told.ask("epic")
    told.send()
    with told.world.runtime.store.read() as session:
        options = dict(session.scalars(select(Connection.options)).first() or {})
    typed = {name: value for name, value in options.items() if isinstance(value, str)}
    more = {**typed, "number_fields": "customfield_10036"}
    assert told.world.connect("jira", options=more).error is None
    assert not told.report().waits_for_look
